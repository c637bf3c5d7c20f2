"""PyTorch's ``nn.LSTM`` from the arrays of its state_dict.

PyTorch keeps ``weight_ih_l{k}`` as (4 units, inputs) with the gates i, f, g, o below one another,
``weight_hh_l{k}`` likewise, and two biases; ``_reverse`` marks the backward direction
(https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html). fastai's AWD-LSTM wraps it, and
its names are understood too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy.typing as npt

from lstmetrics.errors import InvalidValueError, ShapeError
from lstmetrics.models._arguments import float_weight, torch_weight
from lstmetrics.models.layers.base import Layer
from lstmetrics.models.layers.bidirectional import Bidirectional
from lstmetrics.models.layers.lstm import LSTM
from lstmetrics.models.layers.simple import Stack

__all__ = ["read_lstm"]

StateDict = Mapping[str, npt.ArrayLike]


def read_lstm(
    state_dict: StateDict,
    prefix: str,
    *,
    num_layers: int,
    bidirectional: bool,
    return_sequences: bool,
    name: str | None,
) -> Layer:
    """Rebuild the module named prefix; see :meth:`lstmetrics.models.LSTM.from_torch`."""
    state_dict = _without_wrappers(state_dict)
    _check_names(state_dict, prefix, num_layers, bidirectional)
    base = name or prefix.split(".")[-1]
    layers: list[Layer] = []
    for index in range(num_layers):
        sequences = return_sequences or index + 1 < num_layers
        layer_name = base if num_layers == 1 else f"{base}_l{index}"
        forward = _read_direction(state_dict, f"{prefix}.{{}}_l{index}", sequences)
        if bidirectional:
            backward = _read_direction(
                state_dict, f"{prefix}.{{}}_l{index}_reverse", sequences, go_backwards=True
            )
            layers.append(Bidirectional(forward, backward_layer=backward, name=layer_name))
        else:
            forward.name = layer_name
            layers.append(forward)
    return layers[0] if num_layers == 1 else Stack(layers)


def _read_direction(
    state_dict: StateDict, pattern: str, return_sequences: bool, go_backwards: bool = False
) -> LSTM:
    """Read one layer in one direction; the pattern has a place for the weight's kind."""
    kernel = torch_weight(state_dict, pattern.format("weight_ih"))
    recurrent = torch_weight(state_dict, pattern.format("weight_hh"))
    projects = pattern.format("weight_hr") in state_dict
    projection = torch_weight(state_dict, pattern.format("weight_hr")) if projects else None
    units = recurrent.shape[-1] if projection is None else projection.shape[-1]
    for kind, weight in (("weight_ih", kernel), ("weight_hh", recurrent)):
        if weight.ndim != 2 or weight.shape[0] != 4 * units:
            raise ShapeError(
                f"state_dict[{pattern.format(kind)!r}] must have shape "
                f"(4 units, {'inputs' if kind == 'weight_ih' else 'units'}), got {weight.shape}"
            )
    if projection is not None and projection.shape != (recurrent.shape[1], units):
        raise ShapeError(
            f"state_dict[{pattern.format('weight_hr')!r}] must have shape "
            f"({recurrent.shape[1]}, units), got {projection.shape}"
        )
    use_bias = pattern.format("bias_ih") in state_dict
    layer = LSTM(
        int(units),
        use_bias=use_bias,
        return_sequences=return_sequences,
        go_backwards=go_backwards,
        zero_output_for_mask=return_sequences,
        proj_size=0 if projection is None else int(projection.shape[0]),
    )
    layer.weights = {
        "kernel": float_weight("kernel", kernel.T),
        "recurrent_kernel": float_weight("recurrent_kernel", recurrent.T),
    }
    if projection is not None:
        layer.weights["projection"] = float_weight("projection", projection.T)
    if use_bias:
        layer.weights["bias"] = torch_weight(state_dict, pattern.format("bias_ih"))
        layer.weights["recurrent_bias"] = torch_weight(state_dict, pattern.format("bias_hh"))
    return layer


def _without_wrappers(state_dict: StateDict) -> StateDict:
    """Return the weights by plain names where fastai's WeightDropout has wrapped the LSTM.

    It keeps what is trained as ``weight_hh_l0_raw`` beside the wrapped ``module``, whose own
    ``weight_hh_l0`` is what the last training step happened to drop.
    """
    if not any(key.endswith("_raw") for key in state_dict):
        return state_dict
    found = {key.replace(".module.", "."): value for key, value in state_dict.items()}
    raw = {key.removesuffix("_raw"): key for key in found if key.endswith("_raw")}
    return {key: value for key, value in found.items() if key not in raw.values()} | {
        plain: found[key] for plain, key in raw.items()
    }


def _check_names(state_dict: StateDict, prefix: str, num_layers: int, bidirectional: bool) -> None:
    """Refuse weights of the module that would be left out silently."""
    pattern = re.compile(re.escape(prefix) + r"\.(weight|bias)_(ih|hh|hr)_l(\d+)(_reverse)?$")
    for key in state_dict:
        match = pattern.match(key)
        if match is None:
            continue
        if int(match[3]) >= num_layers:
            raise InvalidValueError(
                f"state_dict holds {key!r}, but num_layers={num_layers}; say how many layers the "
                "module has"
            )
        if match[4] and not bidirectional:
            raise InvalidValueError(
                f"state_dict holds {key!r}, but bidirectional=False; pass bidirectional=True"
            )
