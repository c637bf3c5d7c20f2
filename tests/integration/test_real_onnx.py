"""A real dialogue model, exported by torch 1.13: 22 utterances of 512 tokens, 18 outputs each."""

from __future__ import annotations

import numpy as np
import pytest

import lstmetrics
from support import real_data

# What ONNX Runtime 1.32 gives for these ids.
IDS = (np.arange(22 * 512).reshape(22, 512) * 7919) % 2770
FIRST = [0.1662544, -0.15228981, 0.14973599, -0.18844762, -0.2635526]
LAST = [0.02240376, 0.25308275, -0.24770217]


def model() -> lstmetrics.models.Model:
    folder = real_data.find("onnx_dialog_bilstm")
    return lstmetrics.load_model(folder / "dialog_bilstm_torch113.onnx")


def test_known_outputs() -> None:
    found = model().predict(IDS)
    assert found.shape == (22, 18)
    assert np.allclose(found[0, :5], FIRST, rtol=0, atol=2e-6)
    assert np.allclose(found[21, -3:], LAST, rtol=0, atol=2e-6)


def test_equal_to_onnx_runtime() -> None:
    onnxruntime = pytest.importorskip(
        "onnxruntime", reason="ONNX Runtime is not installed: nox -s conformance"
    )
    path = real_data.find("onnx_dialog_bilstm") / "dialog_bilstm_torch113.onnx"
    session = onnxruntime.InferenceSession(str(path))
    rng = np.random.default_rng(0)
    for _ in range(3):
        ids = rng.integers(0, 2770, (22, 512))
        (expected,) = session.run(None, {session.get_inputs()[0].name: ids[None]})
        assert np.allclose(model().predict(ids), expected[0], rtol=0, atol=2e-6)
