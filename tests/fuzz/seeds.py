"""Valid files of each format, of as many shapes as its reader tells apart."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from conformance.onnx_suite.nodes import NODES, write
from golden.states import STATES
from lstmetrics.models import (
    CharVocabulary,
    TextVectorization,
    Tokenizer,
    WordVocabulary,
    load_model,
)
from support.keras_files import weights_npz, write_archive
from support.keras_small import PLACES, config, legacy
from support.model_files import small_file
from support.onnx_files import GraphWriter, lstm_weights

GOLDEN = Path(__file__).parents[1] / "golden"
_NODES = 6  # LSTM nodes: directions, lengths, states, activations, outputs


def golden(pattern: str) -> Callable[[], list[bytes]]:
    return lambda: [path.read_bytes() for path in sorted(GOLDEN.glob(pattern))]


def states() -> list[bytes]:
    return golden("*.bin")() + [make().to_bytes() for make in STATES.values()]


def _made(make: Callable[[Path], Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder))
        return bytes(made) if isinstance(made, bytes) else Path(made).read_bytes()


def native() -> list[bytes]:
    def tested(folder: Path) -> Path:
        path = folder / "model.safetensors"
        path.write_bytes(small_file(folder))
        load_model(path).save(folder / "tested.safetensors", self_test=True)
        return folder / "tested.safetensors"

    return [*golden("model_*.safetensors")(), _made(small_file), _made(tested)]


def keras_archives() -> list[bytes]:
    npz = {"model.weights.npz": weights_npz(PLACES)}
    return [
        _made(lambda folder: write_archive(folder / "m.keras", config(), PLACES)),
        _made(lambda folder: write_archive(folder / "m.keras", config(), None, more=npz)),
    ]


def keras_hdf5() -> list[bytes]:
    return [_made(lambda folder: legacy(folder / "m.h5"))]


def onnx() -> list[bytes]:
    def node(options: Any) -> Callable[[Path], Path]:
        def make(folder: Path) -> Path:
            write(options, folder / "m.onnx")
            return folder / "m.onnx"

        return make

    graphs = (_last_state, _both_directions, _folded_shapes)
    return [_made(make) for make in (*graphs, *map(node, NODES.draw(_NODES, 1)))]


def _last_state(folder: Path) -> Path:
    writer = GraphWriter({"ids": ["batch", 4]})
    value = writer.embedding(np.ones((5, 3), np.float32))
    steps = writer.node("Transpose", value, perm=[1, 0, 2])
    weights = [writer.array(one) for one in lstm_weights(2, 3)]
    hidden, _, _ = writer.node("LSTM", steps, *weights, outputs=3, hidden_size=2)
    last = writer.node("Squeeze", hidden, writer.ints(1))
    return writer.write(folder, writer.node("Transpose", last, perm=[1, 0, 2]))


def _both_directions(folder: Path) -> Path:
    """Convolution, two directions one by one and joined, pooling, a head."""
    writer = GraphWriter({"x": ["batch", "steps", 4]})
    turned = writer.node("Transpose", "x", perm=[0, 2, 1])
    kernel = writer.array(np.ones((3, 4, 3)))
    windows = writer.node("Relu", writer.node("Conv", turned, kernel, pads=[1, 1]))
    steps = writer.node("Transpose", windows, perm=[2, 0, 1])
    weights = [writer.array(one) for one in lstm_weights(2, 3, 2)]
    out, _, _ = writer.node(
        "LSTM", steps, *weights, outputs=3, hidden_size=2, direction="bidirectional"
    )
    ways = writer.node("Split", out, outputs=2, axis=1)
    ways = [writer.node("Squeeze", one, writer.ints(1)) for one in ways]
    joined = writer.node("Concat", *ways, axis=2)
    largest = writer.node("ReduceMax", joined, axes=[0], keepdims=0)
    head = writer.node("Gemm", largest, writer.array(np.ones((4, 2))), writer.array([0, 1]))
    return writer.write(folder, writer.node("Softmax", head, axis=-1))


def _folded_shapes(folder: Path) -> Path:
    """Sizes looked up, joined and used; a step cut out; a product with a broadcast bias."""
    writer = GraphWriter({"ids": ["batch", "steps"]})
    value = writer.embedding(np.ones((5, 3), np.float32))
    steps = writer.node("Transpose", value, perm=[1, 0, 2])
    weights = [writer.array(one) for one in lstm_weights(2, 3)]
    out, _, _ = writer.node("LSTM", steps, *weights, outputs=3, hidden_size=2)
    sizes = writer.node("Shape", out)
    parts = [writer.node("Gather", sizes, writer.ints(axis)) for axis in (0, 2)]
    shape = writer.node("Concat", *parts, writer.ints(-1), axis=0)
    moved = writer.node("Transpose", out, perm=[0, 2, 1, 3])
    flat = writer.node("Reshape", moved, shape)
    rows = writer.node("Transpose", flat, perm=[1, 0, 2])
    last = writer.node("Gather", rows, writer.array(-1, np.int64), axis=1)
    product = writer.node("MatMul", last, writer.array(np.ones((2, 3))))
    return writer.write(
        folder, writer.node("Sigmoid", writer.node("Add", product, writer.array([1])))
    )


def vocabularies() -> list[bytes]:
    words = ["", "?", "good", "größe"]
    made = [
        WordVocabulary(words),
        CharVocabulary(["a", "é", "b"], unknown=0),
        Tokenizer({"good": 1, "bad": 2}, num_words=3),
        TextVectorization(words),
    ]
    return [json.dumps({"kind": x.kind, "config": x.get_config()}).encode() for x in made]


def tokenizers_json() -> list[bytes]:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    words = Tokenizer(models.WordLevel({"[UNK]": 0, "good": 1, "bad": 2}, unk_token="[UNK]"))
    words.normalizer = normalizers.Lowercase()
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="[UNK] $A", special_tokens=[("[UNK]", 0)]
    )
    words.enable_padding(length=6)
    pieces = Tokenizer(models.BPE({"g": 0, "o": 1, "d": 2, "oo": 3, "é": 4}, [("o", "o")]))
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel()
    return [words.to_str().encode(), pieces.to_str().encode()]


def checkpoints() -> list[bytes]:
    import torch

    module = torch.nn.Sequential(torch.nn.Embedding(5, 3), torch.nn.Linear(3, 2))
    half = module.half().state_dict()

    def saved(held: Any) -> bytes:
        return _made(lambda folder: (torch.save(held, folder / "m.pt"), folder / "m.pt")[1])

    return [saved(module.float().state_dict()), saved({"state_dict": half, "epoch": 3})]
