"""Layers from arrays that are named and laid out as PyTorch's state_dict; no torch needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, Sequential, Stack
from support.random_models import random_features, random_ids

StateDict = dict[str, npt.NDArray[np.float32]]


def state_dict(
    num_layers: int = 1, directions: int = 1, features: int = 4, units: int = 3
) -> StateDict:
    """The weights of an Embedding ``emb``, an LSTM ``net.lstm`` and a Linear ``fc``."""
    shapes: dict[str, tuple[int, ...]] = {"emb.weight": (9, features)}
    for layer in range(num_layers):
        for suffix in ["", "_reverse"][:directions]:
            inputs = directions * units if layer else features
            shapes[f"net.lstm.weight_ih_l{layer}{suffix}"] = (4 * units, inputs)
            shapes[f"net.lstm.weight_hh_l{layer}{suffix}"] = (4 * units, units)
            shapes[f"net.lstm.bias_ih_l{layer}{suffix}"] = (4 * units,)
            shapes[f"net.lstm.bias_hh_l{layer}{suffix}"] = (4 * units,)
    shapes |= {"fc.weight": (2, directions * units), "fc.bias": (2,)}
    return {name: random_features(shape, seed) for seed, (name, shape) in enumerate(shapes.items())}


def rebuilt(weights: StateDict, **options: Any) -> Sequential:
    return Sequential([
        Embedding.from_torch(weights, "emb"),
        LSTM.from_torch(weights, "net.lstm", **options),
        Dense.from_torch(weights, "fc"),
    ])  # fmt: skip


def test_one_layer_is_the_transposed_weights_and_the_sum_of_the_biases() -> None:
    weights = state_dict()
    model = Sequential([Embedding(9, 4), LSTM(3), Dense(2)])
    model.set_weights(
        [
            weights["emb.weight"],
            weights["net.lstm.weight_ih_l0"].T,
            weights["net.lstm.weight_hh_l0"].T,
            weights["net.lstm.bias_ih_l0"] + weights["net.lstm.bias_hh_l0"],
            weights["fc.weight"].T,
            weights["fc.bias"],
        ]
    )
    ids = random_ids((3, 5), 9)
    assert rebuilt(weights).predict(ids).tobytes() == model.predict(ids).tobytes()


def test_what_it_becomes() -> None:
    assert isinstance(LSTM.from_torch(state_dict(), "net.lstm"), LSTM)
    both = LSTM.from_torch(state_dict(directions=2), "net.lstm", bidirectional=True)
    assert isinstance(both, Bidirectional)
    two = LSTM.from_torch(state_dict(2), "net.lstm", num_layers=2)
    assert isinstance(two, Stack)
    assert [layer.name for layer in two.layers] == ["lstm_l0", "lstm_l1"]
    same = Bidirectional.from_torch(state_dict(directions=2), "net.lstm")
    assert same.get_config() == both.get_config()


def test_shapes_follow_the_weights() -> None:
    weights = state_dict(2, 2)
    model = rebuilt(weights, num_layers=2, bidirectional=True, return_sequences=True)
    assert model.output_shape == (None, None, 2)
    assert len(model.state_names) == 4


def test_weights_come_and_go() -> None:
    model = rebuilt(state_dict())
    ids = random_ids((3, 5), 9)
    expected = model.predict(ids)
    model.set_weights(model.get_weights())
    assert model.predict(ids).tobytes() == expected.tobytes()


def test_without_biases() -> None:
    weights = {name: array for name, array in state_dict().items() if "bias" not in name}
    assert len(rebuilt(weights).get_weights()) == 4
    rebuilt(weights).predict(random_ids((3, 5), 9))


def with_weights(changes: dict[str, Any], *arguments: int) -> StateDict:
    weights = state_dict(*arguments) | changes
    return {name: array for name, array in weights.items() if array is not None}


REFUSED: dict[str, tuple[StateDict, dict[str, Any], type[Exception], str]] = {
    "too few layers in the file": (
        state_dict(),
        {"num_layers": 2},
        InvalidValueError,
        "state_dict has no weight 'net.lstm.weight_ih_l1'; it has net.lstm.bias_hh_l0, ",
    ),
    "more layers in the file": (
        state_dict(2),
        {},
        InvalidValueError,
        "holds 'net.lstm.weight_ih_l1', but num_layers=1",
    ),
    "no backward direction": (
        state_dict(),
        {"bidirectional": True},
        InvalidValueError,
        "no weight 'net.lstm.weight_ih_l0_reverse'",
    ),
    "a backward direction": (
        state_dict(directions=2),
        {},
        InvalidValueError,
        "weight_ih_l0_reverse', but bidirectional=False; pass bidirectional=True",
    ),
    "a projection that does not fit": (
        with_weights({"net.lstm.weight_hr_l0": np.zeros((2, 3), np.float32)}),
        {},
        ShapeError,
        r"weight_hr_l0'\] must have shape \(3, units\), got \(2, 3\)",
    ),
    "one bias missing": (
        with_weights({"net.lstm.bias_hh_l0": None}),
        {},
        InvalidValueError,
        "no weight 'net.lstm.bias_hh_l0'",
    ),
    "transposed": (
        with_weights({"net.lstm.weight_ih_l0": np.zeros((4, 12), np.float32)}),
        {},
        ShapeError,
        r"weight_ih_l0'\] must have shape \(4 units, inputs\), got \(4, 12\)",
    ),
    "transposed recurrent": (
        with_weights({"net.lstm.weight_hh_l0": np.zeros((3, 12), np.float32)}),
        {},
        ShapeError,
        r"weight_.h_l0'\] must have shape \(4 units",
    ),
    "a vector": (
        with_weights({"net.lstm.weight_hh_l0": np.zeros(12, np.float32)}),
        {},
        ShapeError,
        "must have shape",
    ),
    "integers": (
        with_weights({"net.lstm.weight_hh_l0": np.zeros((12, 3), np.int8)}),
        {},
        InvalidTypeError,
        r"weight_hh_l0'\]: weights must be floating-point arrays, got dtype int8",
    ),
    "layers of 0": (state_dict(), {"num_layers": 0}, InvalidValueError, "num_layers"),
    "layers as text": (state_dict(), {"num_layers": "2"}, InvalidTypeError, "num_layers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    weights, options, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        LSTM.from_torch(weights, "net.lstm", **options)


def test_refused_when_the_model_is_built() -> None:
    weights = with_weights({"net.lstm.bias_ih_l0": np.zeros(11, np.float32)})
    with pytest.raises(ShapeError, match=r'"lstm": bias must have shape \(12,\), got \(11,\)'):
        rebuilt(weights).build()
    weights = with_weights({"fc.weight": np.zeros((2, 5), np.float32)})
    with pytest.raises(ShapeError, match=r'"fc": kernel must have shape \(3, 2\), got \(5, 2\)'):
        rebuilt(weights).build()


@pytest.mark.parametrize(("layer", "prefix"), [(Embedding, "emb"), (Dense, "fc")])
def test_other_layers(layer: Any, prefix: str) -> None:
    with pytest.raises(InvalidValueError, match=r"no weight 'nowhere.weight'; it has emb.weight"):
        layer.from_torch(state_dict(), "nowhere")
    with pytest.raises(ShapeError, match=r"must have shape \(.*, .*\), got \(3,\)"):
        layer.from_torch({f"{prefix}.weight": np.zeros(3, np.float32)}, prefix)
    with pytest.raises(InvalidValueError, match="it has none"):
        layer.from_torch({}, prefix)
