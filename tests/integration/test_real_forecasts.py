"""Published forecasts of basketball games, with their known losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from lstmetrics.metrics import brier_score_loss, log_loss
from lstmetrics.streaming import Loss
from support.real_data import find, read_csv


@pytest.fixture(scope="module")
def games() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    rows = [
        (int(row["prob1_outcome"]), float(row["prob1"]))
        for row in read_csv(find("predictions") / "nba_games.csv")
        if row["prob1_outcome"]
    ]
    assert len(rows) == 8886
    outcomes, forecasts = zip(*rows, strict=True)
    return np.array(outcomes), np.array(forecasts)


def test_log_loss(games: Any) -> None:
    assert round(log_loss(*games), 6) == 0.619093
    assert Loss("log_loss").update(*games).value() == log_loss(*games)


def test_brier(games: Any) -> None:
    assert round(brier_score_loss(*games), 6) == 0.214654
    assert Loss("brier").update(*games).brier_score() == brier_score_loss(*games)


def test_season_by_season(games: Any) -> None:
    parts = zip(*(np.array_split(array, 17) for array in games), strict=True)
    merged = Loss("log_loss", labels=[0, 1])
    for part in parts:
        merged += Loss("log_loss", labels=[0, 1]).update(*part)
    whole = Loss("log_loss", labels=[0, 1]).update(*games)
    assert merged.digest() == whole.digest()
