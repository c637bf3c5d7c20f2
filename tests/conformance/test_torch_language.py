"""Language-model metrics that PyTorch and torchmetrics have too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics

torch = pytest.importorskip("torch", reason="compares with PyTorch: nox -s conformance")

SHAPE, VOCABULARY = (3, 7), 11
BOUNDS = {"float64": 1e-13, "float32": 1e-6, "float16": 2e-3, "bfloat16": 2e-2}


def example(dtype: str) -> tuple[Any, Any]:
    generator = torch.Generator().manual_seed(len(dtype))
    logits = torch.randn(*SHAPE, VOCABULARY, generator=generator, dtype=torch.float64) * 5
    targets = torch.randint(0, VOCABULARY, SHAPE, generator=generator)
    targets[0, 3] = targets[2, 0] = -100
    return logits.to(getattr(torch, dtype)), targets


def flat(logits: Any, targets: Any) -> tuple[Any, Any]:
    return logits.reshape(-1, VOCABULARY), targets.reshape(-1)


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_cross_entropy(dtype: str, reduction: str) -> None:
    logits, targets = example(dtype)
    exact = torch.nn.functional.cross_entropy(*flat(logits.double(), targets), reduction=reduction)
    got = metrics.cross_entropy(logits, targets, reduction=reduction)  # type: ignore[arg-type]
    # Half precision is read without loss; exponentials of all but float64 are float32.
    bound = 1e-13 if dtype == "float64" else 1e-6
    np.testing.assert_allclose(np.ravel(got), np.ravel(exact.numpy()), rtol=bound, atol=bound)
    theirs = torch.nn.functional.cross_entropy(*flat(logits, targets), reduction=reduction)
    scale = float(exact.max())
    np.testing.assert_allclose(
        np.ravel(got),
        np.ravel(theirs.double().numpy()),
        rtol=BOUNDS[dtype],
        atol=BOUNDS[dtype] * scale,
    )


@pytest.mark.parametrize("dtype", BOUNDS)
def test_log_probabilities(dtype: str) -> None:
    logits, targets = example(dtype)
    log_probs = torch.log_softmax(logits, -1)
    got = metrics.cross_entropy(log_probs, targets, inputs="log_probs")
    expected = torch.nn.functional.nll_loss(*flat(log_probs.double(), targets))
    np.testing.assert_allclose(got, float(expected), rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_torchmetrics(dtype: str) -> None:
    text = pytest.importorskip(
        "torchmetrics.functional.text", reason="compares with torchmetrics: nox -s conformance"
    )
    classification = pytest.importorskip("torchmetrics.functional.classification")
    logits, targets = example(dtype)
    got = metrics.perplexity(logits, targets)
    assert got == pytest.approx(
        float(text.perplexity(logits, targets, ignore_index=-100)), rel=1e-5
    )
    for k in (1, 3):
        expected = classification.multiclass_accuracy(
            *flat(logits, targets),
            num_classes=VOCABULARY,
            top_k=k,
            average="micro",
            ignore_index=-100,
        )
        assert metrics.top_k_token_accuracy(logits, targets, k=k) == pytest.approx(
            float(expected), rel=1e-6
        )
    assert metrics.token_accuracy(logits, targets) == metrics.top_k_token_accuracy(
        logits, targets, k=1
    )
