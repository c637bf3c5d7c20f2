"""Runs where Keras is installed: draws models, saves them, and writes what Keras gives.

``python make.py FOLDER COUNT SEED [MODULE]``, where MODULE is keras, tf_keras or tensorflow.keras;
needs nothing but that and numpy, of any version from Keras 2.2 and Python 3.7 on.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
# With these, TensorFlow 2.12 gives an LSTM other numbers by predict than by call.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[n]) for n in (0, 2)]
from draw import CONFIGURATIONS  # noqa: E402

from support.pairwise import Options  # noqa: E402

VOCABULARY, FEATURES, UNITS, ROWS = 9, 5, 4, 4


class Maker:
    """One model and its inputs."""

    def __init__(self, keras: Any, options: Options) -> None:
        self.keras, self.layers, self.options = keras, keras.layers, options
        self.generator = np.random.default_rng(options["seed"])
        self.steps: int = options["steps"]
        self.stateful: bool = options["stateful"]
        self.rows = ROWS if self.stateful else None

    # ---- layers -----------------------------------------------------------------------------

    def shape(self) -> dict[str, Any]:
        """The shape of the first input, rows included, and its type."""
        ids = self.options["input"].startswith("ids")
        # Flatten needs the number of steps; states carried over batches need that of rows.
        steps = self.steps if self.options["end"] == "Flatten" or self.stateful else None
        shape = (self.rows, steps) if ids else (self.rows, steps, FEATURES)
        return {"shape": shape, "dtype": "int32" if ids else None}

    def input(self) -> Any:
        shape = self.shape()
        return self.keras.Input(batch_shape=shape["shape"], dtype=shape["dtype"])

    def start_of_chain(self) -> Any:
        if not first_keras(self.keras):
            return self.input()
        shape = self.shape()  # its chains take layers alone
        return self.layers.InputLayer(batch_input_shape=shape["shape"], dtype=shape["dtype"])

    def start(self) -> list[Any]:
        kind = self.options["input"]
        if kind.startswith("ids"):
            return [self.layers.Embedding(VOCABULARY, FEATURES, mask_zero="masked" in kind)]
        return [self.layers.Masking(0.0)] if "Masking" in kind else []

    def before(self) -> list[Any]:
        make = {
            "none": lambda: [],
            "Dropout": lambda: [self.layers.Dropout(0.3)],
            "SpatialDropout1D": lambda: [self.layers.SpatialDropout1D(0.3)],
            "Conv1D": lambda: [self.layers.Conv1D(FEATURES, 3, padding="same", activation="relu")],
            "Dense": lambda: [self.layers.Dense(FEATURES, activation="tanh")],
            "LayerNormalization": lambda: [self.layers.LayerNormalization(epsilon=1e-2)],
        }
        return make[self.options["before"]]()

    def lstm(self, **changed: Any) -> Any:
        own = {
            "activation": self.options["activation"],
            "recurrent_activation": self.options["recurrent"],
            "use_bias": self.options["bias"],
            "return_sequences": self.options["sequences"],
            "go_backwards": self.options["backwards"],
            "stateful": self.stateful,
        }
        return self.layers.LSTM(UNITS, **{**own, **changed})

    def recurrent(self, merge: Any, **changed: Any) -> Any:
        if self.options["layer"] == "LSTM":
            return self.lstm(**changed)
        if self.keras.__version__.startswith("3."):
            changed["go_backwards"] = False  # it refuses to run backwards both ways
        return self.layers.Bidirectional(self.lstm(**changed), merge_mode=merge)

    def behind(self) -> list[Any]:
        sequence = self.options["sequences"]
        make = {
            "none": lambda: [],
            "LSTM": lambda: [self.layers.LSTM(UNITS, return_sequences=True)],
            "Bidirectional": lambda: [
                self.layers.Bidirectional(self.layers.LSTM(UNITS, return_sequences=True))
            ],
            "BatchNormalization": lambda: [
                self.layers.BatchNormalization(trainable=self.options["trainable"])
            ],
            "TimeDistributed": lambda: [self.layers.TimeDistributed(self.layers.Dense(3))],
            "Activation": lambda: [self.layers.Activation("softsign")],
            "MaxPooling1D": lambda: [self.layers.MaxPooling1D(2, padding="same")],
            "causal Conv1D": lambda: [self.layers.Conv1D(3, 2, padding="causal", dilation_rate=2)],
            "LeakyReLU": lambda: [self.layers.LeakyReLU()],
        }
        kind = self.options["behind"]
        alone = ("none", "BatchNormalization", "Activation", "LeakyReLU")
        return make[kind]() if sequence or kind in alone else []

    def end(self) -> list[Any]:
        if not self.options["sequences"]:
            return []
        make = {
            "none": lambda: [],
            "GlobalMaxPooling1D": lambda: [self.layers.GlobalMaxPooling1D()],
            "GlobalAveragePooling1D": lambda: [self.layers.GlobalAveragePooling1D()],
            "Flatten": lambda: [self.layers.Flatten()],
            "last": lambda: [self.layers.LSTM(3)],
        }
        return make[self.options["end"]]()

    def head(self) -> Any:
        kind = (
            self.options["head"] if hasattr(self.keras.activations, self.options["head"]) else "elu"
        )
        return self.layers.Dense(3, activation=kind, trainable=self.options["trainable"])

    def join(self) -> Any:
        kind = self.options["join"]
        if kind == "steps":
            return self.layers.Concatenate(axis=1)
        return getattr(self.layers, kind)()

    # ---- models -----------------------------------------------------------------------------

    def model(self) -> Any:
        build = getattr(self, f"make_{self.options['form'].replace(' ', '_')}")
        return build()

    def chain(self, value: Any, layers: list[Any]) -> Any:
        for layer in layers:
            value = layer(value)
        return value

    def merge(self) -> Any:
        """A chain has one value: None is for graphs."""
        return self.options["merge"] or "concat"

    def make_sequential(self) -> Any:
        middle = [*self.start(), *self.before(), self.recurrent(self.merge())]
        layers = [*middle, *self.behind(), *self.end(), self.head()]
        return self.keras.Sequential([self.start_of_chain(), *layers])

    def make_functional(self) -> Any:
        start = self.input()
        value = self.chain(start, [*self.start(), *self.before()])
        found = self.recurrent(self.options["merge"])(value)
        branches = list(found) if isinstance(found, (list, tuple)) else [found]
        ends = [self.chain(one, [*self.behind(), *self.end()]) for one in branches]
        return self.keras.Model(start, [self.head()(one) for one in ends])

    def make_nested(self) -> Any:
        start = self.input()
        value = self.chain(start, [*self.start(), *self.before()])
        hidden = self.keras.Input(batch_shape=(self.rows, None, FEATURES))
        inner = self.keras.Model(hidden, self.recurrent(self.merge())(hidden))
        head = self.keras.Sequential([self.layers.Dense(5, activation="tanh"), self.head()])
        return self.keras.Model(
            start, head(self.chain(inner(value), [*self.behind(), *self.end()]))
        )

    def make_shared(self) -> Any:
        start = self.input()
        value = self.chain(start, self.start())
        layer = self.recurrent(self.merge(), stateful=False)
        ways = [layer(value), layer(self.chain(value, self.before()))]
        joined = self.join_of(ways)
        return self.keras.Model(start, self.head()(self.chain(joined, self.end())))

    def join_of(self, ways: list[Any]) -> Any:
        if not self.options["sequences"] and self.options["join"] == "steps":
            return self.layers.Concatenate()(ways)
        return self.join()(ways)

    def make_states(self) -> Any:
        start = self.input()
        value = self.chain(start, [*self.start(), *self.before()])
        output, *states = self.recurrent(self.merge(), return_state=True)(value)
        again = self.recurrent(self.merge(), stateful=False)(value, initial_state=states)
        ends = [self.chain(one, self.end()) for one in (output, again)]
        return self.keras.Model(start, [*ends, *states])

    def make_branches(self) -> Any:
        start = self.input()
        value = self.chain(start, self.start())
        other = self.chain(value, self.before())
        ways = [self.recurrent(self.merge())(value), self.recurrent(self.merge())(other)]
        joined = self.join_of(ways)
        return self.keras.Model(
            start, self.head()(self.chain(joined, [*self.behind(), *self.end()]))
        )

    def make_two_inputs(self) -> Any:
        starts = [self.input(), self.keras.Input(batch_shape=(self.rows, 3))]
        value = self.chain(starts[0], [*self.start(), *self.before()])
        layer = self.recurrent(self.merge(), return_sequences=False)
        joined = self.layers.Concatenate()([layer(value), starts[1]])
        return self.keras.Model(starts, self.head()(joined))

    # ---- numbers ----------------------------------------------------------------------------

    def give_weights(self, model: Any) -> None:
        for layer in model.layers:
            if hasattr(layer, "layers"):
                self.give_weights(layer)
                continue
            given = [self.weight(x.shape) for x in layer.get_weights()]
            if type(layer).__name__ == "BatchNormalization":
                given[-1] = abs(given[-1]) + 0.3
            layer.set_weights(given)

    def weight(self, shape: Any) -> Any:
        if len(shape) < 2:
            return self.generator.uniform(-0.5, 0.5, shape)
        return self.generator.normal(size=shape) / np.prod(shape[:-1]) ** 0.5

    def inputs(self) -> list[Any]:
        there = self.pattern()
        if self.options["input"].startswith("ids"):
            values = self.generator.integers(1, VOCABULARY, (ROWS, self.steps)) * there
            values = values.astype(np.int32)
        else:
            values = self.generator.normal(size=(ROWS, self.steps, FEATURES)) * there[..., None]
            values = values.astype(np.float32)
        if self.options["form"] != "two inputs":
            return [values]
        return [values, self.generator.normal(size=(ROWS, 3)).astype(np.float32)]

    def pattern(self) -> Any:
        """Which steps hold something: rows of every length from 0 on, or any of them."""
        steps = np.arange(self.steps)
        lengths = self.generator.integers(0, self.steps + 1, ROWS)
        lengths[:2] = 0, 1
        kind = self.options["mask"]
        if kind == "left":
            return steps >= self.steps - lengths[:, None]
        if kind == "right":
            return steps < lengths[:, None]
        if kind == "random":
            return self.generator.random((ROWS, self.steps)) < 0.5
        one = steps == self.generator.integers(0, self.steps, ROWS)[:, None]
        return {"none": steps >= 0 * lengths[:, None], "all": one & ~one, "all but one": one}[kind]


def first_keras(keras: Any) -> bool:
    """Whether it is the Keras of its own, before TensorFlow's, which is run in batches alone."""
    return keras.__name__ == "keras" and keras.__version__ < "2.4"


def run(keras: Any, model: Any, given: Any) -> Any:
    if first_keras(keras):
        return model.predict(given, batch_size=ROWS)
    return model(given, training=False)


def save(keras: Any, model: Any, folder: Path, options: Options) -> Path:
    """Save a model as the options say, or as this Keras can; return the file."""
    name, npz = f"{options['seed']}", "npz" in options["file"]
    path = folder / f"{name}{'.h5' if options['file'] == '.h5' else '.keras'}"
    try:
        writer = writer_of_archives(keras)
        # Variables of PyTorch are no arrays in npz: those are refused.
        if npz and writer is not None and keras.backend.backend() != "torch":
            writer.save_model(model, str(path), weights_format="npz")
        else:
            model.save(str(path))
    except ValueError as error:  # Keras 3.0 gives the arrays of nested models the same names
        if "name already exists" not in str(error):
            raise
        path = folder / f"{name}.keras"
        model.save(str(path))
    return path


def writer_of_archives(keras: Any) -> Any:
    """What writes ``.keras`` archives with weights of either kind; nothing public does."""
    for place in (".src.saving", ".saving"):
        try:
            return importlib.import_module(f"{keras.__name__}{place}.saving_lib")
        except ImportError:
            continue
    return None


def arrays_of(result: Any) -> list[Any]:
    results = result if isinstance(result, (list, tuple)) else [result]
    return [np.asarray(one.detach() if hasattr(one, "detach") else one) for one in results]


def make(keras: Any, folder: Path, options: Options) -> dict[str, Any]:
    if keras.backend.backend() == "jax":  # where masked steps give the state that was carried
        options["stateful"] = False
    keras.backend.clear_session()
    keras.backend.set_floatx(options["dtype"])
    maker = Maker(keras, options)
    model = maker.model()
    maker.give_weights(model)
    batches = [maker.inputs() for _ in range(2 if maker.stateful else 1)]
    found: dict[str, Any] = {}
    for index, batch in enumerate(batches):
        given = batch if len(batch) > 1 else batch[0]
        for k, one in enumerate(batch):
            found[f"input {index} {k}"] = one
        for k, one in enumerate(arrays_of(run(keras, model, given))):
            found[f"output {index} {k}"] = one
    path = save(keras, model, folder, options)
    np.savez(path.with_suffix(".npz"), **found)
    return {"name": path.stem, "file": path.name, "options": options}


def main() -> None:
    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    keras = importlib.import_module(sys.argv[4] if len(sys.argv) > 4 else "keras")
    folder.mkdir(parents=True, exist_ok=True)
    made, refused = [], []
    # The first Keras has no LayerNormalization and no convolutions of what is masked.
    for options in CONFIGURATIONS.draw(2 * count if first_keras(keras) else count, seed):
        try:
            made.append(make(keras, folder, options))
        except Exception as error:  # Keras cannot build or save it: nothing to compare with
            last = traceback.format_exception_only(type(error), error)[-1].strip()
            refused.append({"options": options, "error": last[:400]})
    version = {"keras": keras.__version__, "module": keras.__name__}
    version["backend"] = keras.backend.backend()
    index = {"version": version, "made": made, "refused": refused}
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    print(f"{len(made)} models of {keras.__name__} {keras.__version__}, {len(refused)} refused")


if __name__ == "__main__":
    main()
