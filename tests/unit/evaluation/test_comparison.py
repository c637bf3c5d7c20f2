"""Two models on the same samples."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.evaluation import Predictions, compare
from lstmetrics.metrics import accuracy_score, f1_score
from lstmetrics.streaming import PairedOutcomes


def model(truth: Any, right: float, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(len(truth)) < right, truth, 1 - truth)


@pytest.fixture
def truth() -> Any:
    return np.random.default_rng(0).integers(0, 2, 1000)


def test_better_and_worse(truth: Any) -> None:
    old, new = model(truth, 0.7, 1), model(truth, 0.85, 2)
    found = compare(Predictions(truth, y_pred=old), Predictions(truth, y_pred=new))
    assert found.change == "better"
    assert found.samples == 1000
    assert found.baseline["accuracy"] == accuracy_score(truth, old)
    assert found.candidate["f1"] == f1_score(truth, new)
    pair = PairedOutcomes().update(truth, new, old)
    assert found.tests["mcnemar"] == pair.mcnemar()
    assert found.differences["accuracy"] == pair.interval("accuracy")
    assert found.differences["f1_macro"] == pair.interval("f1", average="macro")
    back = compare(Predictions(truth, y_pred=new), Predictions(truth, y_pred=old))
    assert back.change == "worse"
    assert back.worse()
    assert not back.worse("f1", tolerance=0.5)
    assert not found.worse()
    assert json.loads(found.to_json())["change"] == "better"
    assert "better" in repr(found)


def test_the_same_twice_is_no_difference(truth: Any) -> None:
    one = Predictions(truth, y_pred=model(truth, 0.8, 3))
    found = compare(one, one)
    assert found.change == "no difference"
    assert found.tests["mcnemar"].p_value == 1


def test_rows_are_matched_by_id(truth: Any) -> None:
    old, new = model(truth, 0.7, 1), model(truth, 0.85, 2)
    names = np.array([f"text {row}" for row in range(1000)])
    order = np.random.default_rng(5).permutation(1000)[:900]
    found = compare(
        Predictions(truth, y_pred=old, ids=names),
        Predictions(truth[order], y_pred=new[order], ids=names[order]),
    )
    kept = np.sort(order)
    straight = compare(
        Predictions(truth[kept], y_pred=old[kept]), Predictions(truth[kept], y_pred=new[kept])
    )
    assert found.unmatched == {"baseline": 100, "candidate": 0}
    assert found.differences == straight.differences


def test_scores_have_areas(truth: Any) -> None:
    rng = np.random.default_rng(6)
    old = np.clip(0.5 + (truth - 0.5) * 0.2 + rng.normal(0, 0.2, 1000), 0, 1)
    new = np.clip(0.5 + (truth - 0.5) * 0.6 + rng.normal(0, 0.2, 1000), 0, 1)
    found = compare(Predictions(truth, scores=old), Predictions(truth, scores=new))
    assert found.tests["delong"].p_value < 1e-6
    assert found.differences["roc_auc"].estimate > 0.1
    assert found.candidate["roc_auc"] - found.baseline["roc_auc"] == pytest.approx(
        found.differences["roc_auc"].estimate
    )


def test_slices_that_got_worse(truth: Any) -> None:
    """Better as a whole, worse for one of the sources."""
    source = np.random.default_rng(7).choice(["web", "mail", "chat"], 1000)
    old = model(truth, 0.7, 1)
    new = np.where(source == "chat", model(truth, 0.4, 2), model(truth, 0.95, 3))
    found = compare(
        Predictions(truth, y_pred=old, by={"source": source}), Predictions(truth, y_pred=new)
    )
    changes = {row["value"]: row["change"] for row in found.slices}
    assert changes == {"chat": "worse", "mail": "better", "web": "better"}
    (chat,) = [row for row in found.slices if row["value"] == "chat"]
    assert chat["p_adjusted"] == min(1, 3 * chat["p_value"])
    assert chat["low"] <= chat["difference"] <= chat["high"]


def test_refusals() -> None:
    one = Predictions([0, 1], y_pred=[0, 1])
    with pytest.raises(ShapeError, match="rows of baseline"):
        compare(one, Predictions([0], y_pred=[0]))
    with pytest.raises(InvalidTypeError, match="both models have ids"):
        compare(one, Predictions([0, 1], y_pred=[0, 1], ids=[1, 2]))
    with pytest.raises(InvalidTypeError, match="either y_pred or scores"):
        compare(one, Predictions([0, 1]))
    with pytest.raises(InvalidValueError, match="the id 'a' of candidate repeats"):
        compare(
            Predictions([0, 1], y_pred=[0, 1], ids=["a", "b"]),
            Predictions([0, 1], y_pred=[0, 1], ids=["a", "a"]),
        )
    with pytest.raises(InvalidValueError, match="labels of 1 samples differ, first that of row 1"):
        compare(one, Predictions([0, 0], y_pred=[0, 1]))
    with pytest.raises(InvalidValueError, match="no difference of 'auc'"):
        compare(one, one).worse("auc")
