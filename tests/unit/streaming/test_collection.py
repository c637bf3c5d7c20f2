"""Several states fed together: who gets which argument, and that all or none of them change."""

from __future__ import annotations

from typing import Any

import pytest

from lstmetrics.errors import (
    FormatError,
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    MergeError,
)
from lstmetrics.streaming import (
    Calibration,
    ClusteredLoss,
    ClusteredPairedLoss,
    Collection,
    Confusion,
    Loss,
    TopK,
)

BATCH: dict[str, Any] = {
    "y_true": [0, 1, 1],
    "y_pred": [0, 1, 0],
    "y_proba": [0.25, 0.75, 0.5],
    "sample_weight": [1.0, 2.0, 0.5],
}


def make() -> Collection:
    return Collection({"hits": Confusion(), "loss": Loss("brier", [0, 1])})


def test_each_gets_its_own() -> None:
    both = make().update(**BATCH)
    hits = Confusion().update(BATCH["y_true"], BATCH["y_pred"], BATCH["sample_weight"])
    loss = Loss("brier", [0, 1]).update(BATCH["y_true"], BATCH["y_proba"], BATCH["sample_weight"])
    assert both["hits"] == hits
    assert both["loss"] == loss
    assert both.names == list(both) == ["hits", "loss"]
    assert len(both) == 2
    assert both.compute() == {
        **{f"hits.{key}": value for key, value in hits.compute().items()},
        **{f"loss.{key}": value for key, value in loss.compute().items()},
    }
    assert both.interval("loss.value") == loss.interval("value")


def test_members_are_copies() -> None:
    own = Confusion()
    both = Collection({"hits": own})
    both["hits"].update([0], [0])  # type: ignore[attr-defined]
    own.update([0], [0])
    assert both["hits"] == Confusion()


def refused(both: Collection, error: type[LstmetricsError], text: str, **arrays: Any) -> None:
    before = both.to_bytes()
    with pytest.raises(error, match=text):
        both.update(**arrays)
    assert both.to_bytes() == before


def test_all_or_none() -> None:
    both = make().update(**BATCH)
    refused(both, InvalidValueError, "greater than 1", **{**BATCH, "y_proba": [0.5, 0.5, 2]})
    refused(both, InvalidValueError, "y_pred", **{**BATCH, "y_pred": [0, 0.5, 1]})
    refused(both, InvalidTypeError, "text", **{**BATCH, "y_pred": ["a", "b", "c"]})
    refused(both, InvalidParameterError, "loss, a Loss, needs y_proba", y_true=[0], y_pred=[1])
    refused(both, InvalidParameterError, "no state takes y_score", **BATCH, y_score=[1, 2, 3])


def test_merges_refuse() -> None:
    both = make().update(**BATCH)
    for other in (
        Collection({"hits": Confusion()}),
        Collection({"hits": Confusion(), "loss": Confusion()}),
        Collection({"hits": Confusion(), "loss": Loss("log_loss", [0, 1])}),
        Collection({"hits": Confusion(["a"]), "loss": Loss("brier", [0, 1])}),
    ):
        before = both.to_bytes()
        with pytest.raises(MergeError):
            both.merge(other)
        assert both.to_bytes() == before


def test_what_is_no_collection() -> None:
    for members, error in (
        ({}, InvalidTypeError),
        ([Confusion()], InvalidTypeError),
        ({"a b": Confusion()}, InvalidValueError),
        ({"a": 3}, InvalidTypeError),
    ):
        with pytest.raises(error):
            Collection(members)  # type: ignore[arg-type]
    for metric in ("accuracy", "none.accuracy", len):
        with pytest.raises(InvalidParameterError, match=r"state\.metric"):
            make().interval(metric)
    with pytest.raises(FormatError):
        Collection.from_bytes(Confusion().to_bytes())


def test_other_states() -> None:
    several = Collection({"calibration": Calibration(5), "top": TopK((1, 2))})
    several.update(y_true=[0, 1], y_prob=[0.25, 0.5], y_score=[[0.1, 0.3, 0.2], [0.5, 0.25, 0.125]])
    assert several["top"] == TopK((1, 2)).update([0, 1], [[0.1, 0.3, 0.2], [0.5, 0.25, 0.125]])
    assert Collection.from_bytes(several.to_bytes()) == several
    assert several.copy().reset()["top"] == TopK((1, 2))


@pytest.mark.parametrize("kind", [ClusteredLoss, ClusteredPairedLoss])
def test_losses_of_clusters_come_back_from_bytes(kind: Any) -> None:
    losses = Collection({"losses": kind()})
    assert Collection.from_bytes(losses.to_bytes()) == losses
