"""The published calibration error of a text model, from its kept probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstmetrics.metrics import expected_calibration_error
from lstmetrics.streaming import Calibration
from support.real_data import find


@pytest.fixture(scope="module")
def predictions() -> tuple[Any, Any]:
    with np.load(find("rt_bilstm_torch") / "expected.npz") as file:
        return file["label"], file["prob"]


def test_expected_calibration_error(predictions: tuple[Any, Any]) -> None:
    truth, table = predictions
    error = expected_calibration_error(truth, table, n_bins=10)
    assert round(error, 4) == 0.2669
    state = Calibration(10, kind="top_label", labels=[0, 1])
    for part in np.array_split(np.arange(len(truth)), 7):
        state += Calibration(10, kind="top_label", labels=[0, 1]).update(truth[part], table[part])
    assert state.expected_error() == error
