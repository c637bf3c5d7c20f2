"""A model of 2 MB loads in no time, whatever its format, and no framework is imported."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import lstmetrics
from lstmetrics.models import LSTM, Dense, Embedding, Sequential
from support.keras_files import (
    arrays,
    layer,
    lstm,
    lstm_shapes,
    named,
    sequential,
    weights_npz,
    write_archive,
    write_legacy,
)
from support.onnx_files import GraphWriter

WORDS, SIZE, UNITS = 3000, 128, 64
GIVEN = arrays([(WORDS, SIZE), *lstm_shapes(SIZE, UNITS), (UNITS, 2), (2,)])
CONFIG = sequential(
    [
        layer(
            "Embedding", "table", input_dim=WORDS, output_dim=SIZE, batch_input_shape=[None, None]
        ),
        lstm("reader", UNITS),
        layer("Dense", "head", units=2, activation="softmax"),
    ]
)
PLACES = {
    "layers/embedding": GIVEN[:1],
    "layers/lstm/cell": GIVEN[1:4],
    "layers/dense": GIVEN[4:],
}
FRAMEWORKS = ("keras", "tensorflow", "tf_keras", "torch", "onnxruntime", "jax")


def native(folder: Path, *, self_test: bool = False) -> Path:
    model = Sequential([Embedding(WORDS, SIZE), LSTM(UNITS), Dense(2, "softmax")])
    model.set_weights(GIVEN)
    model.save(folder / "m.safetensors", self_test=self_test)
    return folder / "m.safetensors"


def hdf5(folder: Path) -> Path:
    weights = {
        "table": named("table", "embeddings", GIVEN[:1]),
        "reader": named("reader", "kernel recurrent_kernel bias", GIVEN[1:4]),
        "head": named("head", "kernel bias", GIVEN[4:]),
    }
    return write_legacy(folder / "m.h5", CONFIG, weights)


def npz(folder: Path) -> Path:
    more = {"model.weights.npz": weights_npz(PLACES)}
    return write_archive(folder / "m.keras", CONFIG, None, more=more)


def onnx(folder: Path) -> Path:
    writer = GraphWriter({"ids": ["batch", "steps"]})
    steps = writer.node("Transpose", writer.embedding(GIVEN[0]), perm=[1, 0, 2])
    order = [0, 3, 1, 2]  # i, o, f, c of Keras's i, f, c, o
    kernel, recurrent = (
        np.concatenate([np.hsplit(one, 4)[gate].T for gate in order])[None] for one in GIVEN[1:3]
    )
    bias = np.concatenate([np.split(GIVEN[3], 4)[gate] for gate in order])
    both = np.concatenate([bias, np.zeros_like(bias)])[None]
    weights = [writer.array(one) for one in (kernel, recurrent, both)]
    _, hidden, _ = writer.node("LSTM", steps, *weights, outputs=3, hidden_size=UNITS)
    last = writer.node("Squeeze", hidden, writer.ints(0))
    head = writer.node("Gemm", last, writer.array(GIVEN[4]), writer.array(GIVEN[5]))
    return writer.write(folder, writer.node("Softmax", head, axis=-1))


FORMATS: dict[str, Callable[[Path], Path]] = {
    "native": native,
    "native with a self-test": lambda folder: native(folder, self_test=True),
    ".keras": lambda folder: write_archive(folder / "m.keras", CONFIG, PLACES),
    ".keras with npz": npz,
    ".h5": hdf5,
    ".onnx": onnx,
}
IDS = np.arange(24).reshape(2, 12) * 97


@pytest.mark.parametrize("name", FORMATS)
def test_it_loads_in_no_time(name: str, tmp_path: Path) -> None:
    """In the processor's time, which what else runs on the machine does not change much."""
    path = FORMATS[name](tmp_path)
    assert path.stat().st_size > 1.6e6
    first = lstmetrics.load_model(path)  # what importing h5py or onnx takes is not the model's
    times = []
    for _ in range(15):
        start = time.thread_time()
        lstmetrics.load_model(path)
        times.append(time.thread_time() - start)
    print(f"\n{name}: {path.stat().st_size / 1e6:.2f} MB in {1000 * min(times):.1f} ms")
    assert min(times) < 0.020
    assert (
        first.predict(IDS).tobytes()
        == lstmetrics.load_model(native(tmp_path)).predict(IDS).tobytes()
    )


@pytest.mark.parametrize("name", FORMATS)
def test_no_framework_is_imported(name: str, tmp_path: Path) -> None:
    path = FORMATS[name](tmp_path)
    program = (
        "import sys, lstmetrics\n"
        f"lstmetrics.load_model({str(path)!r}).predict([[1, 2, 3]])\n"
        f"print([m for m in {FRAMEWORKS} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
