"""What a report shows to people and to machines."""

from __future__ import annotations

import json

import numpy as np
import pytest

import lstmetrics
from lstmetrics.evaluation.digests import OutputDigest, combined


@pytest.fixture
def report() -> lstmetrics.Report:
    return lstmetrics.evaluate_predictions(["spam", "ham", "ham"], y_pred=["spam", "spam", "ham"])


def test_json_holds_everything(report: lstmetrics.Report) -> None:
    found = json.loads(report.to_json())
    assert found == json.loads(json.dumps(report.to_dict()))
    assert found["metrics"]["accuracy"] == 2 / 3
    assert found["confusion_matrix"] == [[1, 1], [0, 1]]
    assert found["digest"] == report.digest
    assert found["versions"]["isa"] == lstmetrics.info()["isa"]


def test_json_has_no_nan() -> None:
    empty = lstmetrics.evaluate_predictions([], y_pred=[], labels=["a", "b"])
    assert json.loads(empty.to_json())["metrics"]["accuracy"] is None
    assert empty.samples == 0


def test_repr_is_readable(report: lstmetrics.Report) -> None:
    text = repr(report)
    for part in ("Classification report", "accuracy", "0.666667", "true/pred", report.digest):
        assert part in text


def test_digest_tells_states_apart(report: lstmetrics.Report) -> None:
    other = lstmetrics.evaluate_predictions(["spam", "ham", "ham"], y_pred=["spam"] * 3)
    assert other.digest != report.digest
    assert combined({"a": "1", "b": "2"}) == combined({"b": "2", "a": "1"})


def test_output_digest_refuses_another_kind_of_rows() -> None:
    digest = OutputDigest("probabilities")
    digest.update(np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match="one kind"):
        digest.update(np.zeros((2, 4), np.float32))


def test_output_digest_does_not_see_byte_order_or_strides() -> None:
    rows = np.arange(12, dtype=np.float32).reshape(4, 3)
    digests = set()
    for variant in (rows, rows.astype(">f4"), np.asfortranarray(rows)):
        digest = OutputDigest("x")
        digest.update(variant)
        digests.add(digest.hexdigest())
    assert len(digests) == 1
