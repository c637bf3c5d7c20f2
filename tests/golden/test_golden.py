"""Bytes written by every version so far still load, and today's bytes are the newest ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from golden.states import STATES
from lstmetrics.streaming import (
    Calibration,
    ClusteredConfusion,
    ClusteredLoss,
    ClusteredPairedLoss,
    ClusteredPairedOutcomes,
    Collection,
    Confusion,
    Entities,
    Grouped,
    Loss,
    MultilabelConfusion,
    PairedOutcomes,
    PairedScores,
    Scores,
    Tokens,
    TopK,
)

FILES = sorted(Path(__file__).parent.glob("*.bin"))
CLASSES = {
    "calibration": Calibration,
    "clusteredconfusion": ClusteredConfusion,
    "clusteredloss": ClusteredLoss,
    "clusteredpairedloss": ClusteredPairedLoss,
    "clusteredpairedoutcomes": ClusteredPairedOutcomes,
    "collection": Collection,
    "confusion": Confusion,
    "entities": Entities,
    "grouped": Grouped,
    "loss": Loss,
    "multilabel": MultilabelConfusion,
    "pairedoutcomes": PairedOutcomes,
    "pairedscores": PairedScores,
    "tokens": Tokens,
    "scores": Scores,
    "topk": TopK,
}


def _versions(name: str) -> list[Path]:
    found = [path for path in FILES if path.name.split(".")[0] == name]
    return sorted(found, key=lambda path: int(path.suffixes[0].removeprefix(".v")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_old_bytes_load(path: Path) -> None:
    name = path.name.split(".")[0]
    kind = CLASSES[name.split("_")[0]]
    restored = kind.from_bytes(path.read_bytes())
    assert restored == STATES[name]()
    assert restored.digest() == STATES[name]().digest()


@pytest.mark.parametrize("name", STATES)
def test_new_bytes_are_the_newest_kept(name: str) -> None:
    newest = _versions(name)[-1].read_bytes()
    assert STATES[name]().to_bytes() == newest
    assert CLASSES[name.split("_")[0]].from_bytes(newest).to_bytes() == newest
