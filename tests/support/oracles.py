"""Models as the reference has them: the same layers and weights, in doubles, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstmetrics import models
from lstmetrics.models import LSTM, Model
from reference import layers as reference
from reference.lstm import Bidirectional, Lstm, Sample


def oracle_layer(layer: Any, given_mask: bool = False) -> Any:
    """The reference's layer; ``given_mask`` tells whether the mask is the caller's own."""
    given = {name: weight.tolist() for name, weight in layer.named_weights().items()}
    match layer:
        case models.Embedding():
            return reference.Embedding(given["embeddings"], layer.mask_zero)
        case models.Masking():
            return reference.Masking(float(np.float32(layer.mask_value)), given_mask)
        case models.TimeDistributed():
            return oracle_layer(layer.layer)
        case models.Dense():
            bias = given.get("bias", [0.0] * layer.units)
            return reference.Dense(given["kernel"], bias, layer.activation)
        case models.Activation():
            return reference.Activation(layer.activation)
        case models.Dropout():
            return reference.Identity()
        case models.LSTM():
            return oracle_lstm(layer)
        case models.Bidirectional():
            masked = "zeros" if layer.layer.return_sequences else "previous"
            directions = (oracle_lstm(one, masked) for one in (layer.layer, layer.backward_layer))
            return Bidirectional(*directions, layer.merge_mode)
        case models.LayerNormalization() | models.BatchNormalization():
            return _normalization(layer, given)
        case models.Conv1D():
            windows = reference.Windows(
                layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding
            )
            bias = given.get("bias", [0.0] * layer.filters)
            return reference.Conv1D(given["kernel"], bias, windows, layer.groups, layer.activation)
        case models.MaxPooling1D():
            return reference.MaxPooling1D(
                reference.Windows(layer.pool_size, layer.strides, 1, layer.padding)
            )
        case models.TakeStep():
            return reference.TakeStep(layer.index)
        case models.Flatten():
            return reference.Flatten()
        case models.Concatenate():
            return reference.Merge("concatenate", layer.masks, layer.axis)
        case models.Add() | models.Average() | models.Multiply():
            return reference.Merge(type(layer).__name__.lower(), layer.masks)
    raise NotImplementedError(type(layer).__name__)


def oracle_lstm(layer: LSTM, masked: str | None = None) -> Lstm:
    given = {name: weight.tolist() for name, weight in layer.named_weights().items()}
    bias = np.zeros(4 * layer.units)
    for name in ("bias", "recurrent_bias"):
        bias += np.array(given.get(name, 0.0))
    own = "zeros" if layer.zero_output_for_mask else "previous"
    return Lstm(
        given["kernel"],
        given["recurrent_kernel"],
        bias.tolist(),
        activation=layer.activation,
        recurrent_activation=layer.recurrent_activation,
        output_activation=layer.output_activation,
        return_sequences=layer.return_sequences,
        return_state=layer.return_state,
        go_backwards=layer.go_backwards,
        restore_order=layer.restore_order,
        masked_output="state" if layer.repeat_state_for_mask else (masked or own),
        clear_empty_rows=layer.clear_empty_rows,
        clip=layer.clip,
        projection=given.get("projection"),
    )


def _normalization(layer: Any, given: dict[str, Any]) -> Any:
    (size,) = {len(weight) for weight in given.values()} or {0}
    gamma = given.get("gamma", [1.0] * size)
    beta = given.get("beta", [0.0] * size)
    if isinstance(layer, models.LayerNormalization):
        return reference.LayerNormalization(layer.epsilon, gamma, beta)
    mean, variance = given["moving_mean"], given["moving_variance"]
    return reference.BatchNormalization(layer.epsilon, gamma, beta, mean, variance)


class Oracle:
    """A model of ours, run by the reference."""

    def __init__(self, model: Model) -> None:
        config = model.get_config()
        layers = model.layers
        if config["class_name"] == "Sequential":
            chain = [layer for layer in layers if not isinstance(layer, models.Input)]
            self.calls: list[Any] = [(None, [])]
            self.calls += [(layer, [(i, 0)]) for i, layer in enumerate(chain)]
            last = len(chain)
            self.outputs = [(last, index) for index in range(chain[-1].output_count)]
        else:
            self.calls = [
                (None if isinstance(layers[i], models.Input) else layers[i], places)
                for i, places in config["calls"]
            ]
            self.outputs = config["outputs"]
        self.input_count = sum(layer is None for layer, _ in self.calls)

    def run_row(self, inputs: list[Sample], states: list[Any]) -> tuple[list[Sample], list[Any]]:
        """Outputs and final states of one row, cut to its own length."""
        values: list[list[Sample]] = []
        given, left, final = list(inputs), list(states), []
        for layer, places in self.calls:
            if layer is None:
                values.append([given.pop(0)])
                continue
            given_mask = self._has_given_mask(places[0][0])
            oracle = self._layer(layer, given_mask, values[places[0][0]][places[0][1]])
            count = getattr(oracle, "directions", 0)
            results, new = oracle.run([values[node][i] for node, i in places], left[:count])
            left = left[count:]
            final += new
            values.append(results)
        return [values[node][index] for node, index in self.outputs], final

    def _has_given_mask(self, call: int) -> bool:
        """Whether the mask of a call's value is the caller's, which no layer has made anew."""
        layer, places = self.calls[call]
        makers = (models.Concatenate, models.Add, models.Average, models.Multiply, models.Masking)
        if layer is None:
            return True
        if isinstance(layer, makers) or getattr(layer, "mask_zero", False):
            return False
        return self._has_given_mask(places[0][0])

    @staticmethod
    def _layer(layer: Any, given_mask: bool, sample: Sample) -> Any:
        if isinstance(layer, models.GlobalMaxPooling1D | models.GlobalAveragePooling1D):
            features = len(sample.steps[0]) if sample.steps else 0
            return reference.GlobalPooling1D(layer.pool, features, layer.keepdims)
        return oracle_layer(layer, given_mask)


def sample_of(steps: Any, length: int | None, mask: Any) -> Sample:
    """One row of an input: cut to its length, with the mask that the caller gave."""
    if steps.ndim == 1 and steps.dtype.kind == "f":
        return Sample([steps.tolist()], timeless=True)
    end = len(steps) if length is None else int(length)
    return Sample(steps[:end].tolist(), None if mask is None else mask[:end].tolist())
