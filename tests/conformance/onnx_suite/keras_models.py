"""Runs where TensorFlow and tf2onnx are: models of Keras 2 that tf2onnx writes.

``python keras_models.py FOLDER COUNT SEED``; leaves ``index.json``, and ``.npz`` beside the files.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ |= {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np

from support.pairwise import Options, Pairwise

KERAS = Pairwise(
    {
        "input": ["ids", "features"],
        "free": [True, False],
        "rows": [1, 3],
        "steps": [2, 7],
        "layers": [1, 2],
        "kind": ["LSTM", "Bidirectional"],
        "merge": ["concat", "sum", "mul"],
        "bias": [True, False],
        "before": ["nothing", "Dense", "Conv1D", "SpatialDropout1D"],
        "pool": ["last", "largest", "mean", "none"],
        "behind": ["nothing", "relu", "BatchNormalization", "TimeDistributed"],
        "head": ["softmax", "sigmoid", "linear", "tanh"],
    }
)
VOCABULARY, SIZE, UNITS = 11, 5, 4


def build(keras: Any, options: Options) -> Any:
    """Return a model with random weights."""
    layers = keras.layers
    steps = None if options["free"] else options["steps"]
    ids = options["input"] == "ids"
    chain = [keras.Input((steps,) if ids else (steps, SIZE), dtype="int32" if ids else "float32")]
    chain += [layers.Embedding(VOCABULARY, SIZE)] if ids else []
    chain += {
        "nothing": lambda: [],
        "Dense": lambda: [layers.Dense(6, activation="relu")],
        "Conv1D": lambda: [layers.Conv1D(6, 3, padding="same", activation="relu")],
        "SpatialDropout1D": lambda: [layers.SpatialDropout1D(0.2)],
    }[options["before"]]()
    for index in range(options["layers"]):
        sequences = index + 1 < options["layers"] or options["pool"] != "last"
        one = layers.LSTM(UNITS, return_sequences=sequences, use_bias=options["bias"])
        both = options["kind"] == "Bidirectional"
        chain.append(layers.Bidirectional(one, merge_mode=options["merge"]) if both else one)
    chain += {
        "largest": lambda: [layers.GlobalMaxPooling1D()],
        "mean": lambda: [layers.GlobalAveragePooling1D()],
    }.get(options["pool"], lambda: [])()
    if options["behind"] == "relu":
        chain.append(layers.Dense(5, activation="relu"))
    elif options["behind"] == "BatchNormalization" and options["pool"] != "none":
        chain.append(layers.BatchNormalization())
    elif options["behind"] == "TimeDistributed" and options["pool"] == "none":
        chain.append(layers.TimeDistributed(layers.Dense(5)))
    model = keras.Sequential([*chain, layers.Dense(3, activation=options["head"])])
    rng = np.random.default_rng(options["seed"])
    for weight in model.weights:
        low = 0.5 if "variance" in weight.name else -0.7
        weight.assign(rng.uniform(low, 0.7, weight.shape))
    return model


def main() -> None:
    """Write the models."""
    import tensorflow as tf
    import tf2onnx
    import tf_keras

    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    made = []
    for index, options in enumerate(KERAS.draw(count, seed)):
        tf_keras.backend.clear_session()
        model = build(tf_keras, options)
        rng = np.random.default_rng(options["seed"])
        shape = (options["rows"], options["steps"])
        ids = options["input"] == "ids"
        x = rng.integers(0, VOCABULARY, shape) if ids else rng.standard_normal((*shape, SIZE))
        x = x.astype(np.int32 if ids else np.float32)
        signature = [tf.TensorSpec([None, *model.input_shape[1:]], x.dtype, name="x")]
        path = folder / f"{index}.onnx"
        tf2onnx.convert.from_keras(model, signature, opset=15, output_path=str(path))
        np.savez(path.with_suffix(".npz"), x=x)
        made.append(options | {"file": path.name})
    version = f"tf2onnx {tf2onnx.__version__}, TensorFlow {tf.__version__}"
    (folder / "index.json").write_text(json.dumps({"version": version, "made": made}))


if __name__ == "__main__":
    main()
