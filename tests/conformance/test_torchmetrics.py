"""Metrics that torchmetrics has too, away from the ties and edges where the definitions differ.

It computes in single precision.
"""

from __future__ import annotations

import numpy as np
import pytest

from lstmetrics import metrics

torch = pytest.importorskip("torch", reason="compares with PyTorch: nox -s conformance")
theirs = pytest.importorskip(
    "torchmetrics.functional.classification",
    reason="compares with torchmetrics: nox -s conformance",
)


@pytest.mark.parametrize("norm", ["l1", "l2", "max"])
@pytest.mark.parametrize("bins", [1, 10, 15])
def test_calibration_error(norm: str, bins: int) -> None:
    generator = np.random.default_rng(bins)
    column = generator.random(3000)
    hits = (generator.random(3000) < column**2).astype(np.int64)
    expected = theirs.binary_calibration_error(
        torch.from_numpy(column), torch.from_numpy(hits), n_bins=bins, norm=norm
    )
    ours = metrics.expected_calibration_error(hits, column, n_bins=bins, norm=norm)
    assert ours == pytest.approx(float(expected), rel=1e-5)

    table = generator.dirichlet(np.ones(7) / 3, 3000)
    truth = generator.integers(0, 7, 3000)
    expected = theirs.multiclass_calibration_error(
        torch.from_numpy(table), torch.from_numpy(truth), num_classes=7, n_bins=bins, norm=norm
    )
    ours = metrics.expected_calibration_error(truth, table, n_bins=bins, norm=norm)
    assert ours == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_top_k_accuracy(k: int) -> None:
    generator = np.random.default_rng(k)
    scores = generator.standard_normal((2000, 9))
    truth = generator.integers(0, 9, 2000)
    expected = theirs.multiclass_accuracy(
        torch.from_numpy(scores), torch.from_numpy(truth), num_classes=9, top_k=k, average="micro"
    )
    ours = metrics.top_k_accuracy_score(truth, scores, k=k)
    assert ours == pytest.approx(float(expected), rel=1e-6)
