"""One layer's config as Keras writes it -> one of our layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lstmetrics.errors import UnsupportedError
from lstmetrics.models import layers as ours
from lstmetrics.models._arguments import TRAINING_ONLY
from lstmetrics.models.formats.keras.origin import (
    ACTIVATIONS,
    Config,
    activation,
    class_of,
    is_config,
    plain_number,
)
from lstmetrics.models.formats.keras.version import Dialect

__all__ = ["layer_of", "supported"]

Reader = Callable[[str, Config, Dialect, int], ours.Layer]

# What configs hold besides arguments, and arguments without effect on results.
_HARMLESS = TRAINING_ONLY | {
    "batch_input_shape",
    "batch_shape",
    "batch_size",
    "build_config",
    "build_input_shape",
    "compile_config",
    "consume_less",
    "dtype",
    "input_dim",
    "input_dtype",
    "input_length",
    "input_shape",
    "name",
    "optional",
    "quantization_config",
    "renorm_clipping",
    "renorm_momentum",
    "renorm_decay",
    "virtual_batch_size",
    "shared_object_id",
}
# Options that change results, and the values under which they change nothing.
_ONLY: dict[str, tuple[Any, ...]] = {
    "adjustment": (None,),
    "data_format": (None, "channels_last"),
    "lora_rank": (None,),
    "peephole": (None, False),
    "quantization_config": (None,),
    "ragged": (None, False),
    "renorm": (None, False),
    "rms_scaling": (None, False),
    "sparse": (None, False),
    "time_major": (None, False),
    "virtual_batch_size": (None,),
}
_FLOATS = {None, "float32", "float64"}  # double precision is rounded to single


def layer_of(owner: str, entry: Any, dialect: Dialect, rank: int) -> ours.Layer:
    """Make the layer of an entry.

    Parameters
    ----------
    owner : str
        What errors name.
    entry : mapping
        ``class_name`` and ``config``.
    dialect : Dialect
        The version of Keras.
    rank : int
        Dimensions of what the layer takes, batch included: 2 or 3.

    Raises
    ------
    lstmetrics.errors.UnsupportedError
        The class, or an option of it, is not supported; it says which.
    """
    kind, config = class_of(owner, entry)
    label = f"{owner}: {kind} {config.get('name', '')!r}"
    if kind not in _READERS:
        raise UnsupportedError(
            f"{owner}: the layer {config.get('name', '')!r} is of class {kind!r}, which is not "
            f"supported; supported are {', '.join(supported())}"
        )
    reader, arguments = _READERS[kind]
    _check_options(label, config, arguments)
    layer = reader(label, config, dialect, rank)
    layer.name = str(config["name"]) if config.get("name") else None
    return layer


def supported() -> list[str]:
    """Return the classes of Keras that can be read."""
    return sorted(_READERS)


def _check_options(label: str, config: Config, arguments: frozenset[str]) -> None:
    dtype = config.get("dtype")
    if isinstance(dtype, Mapping):
        dtype = (dtype.get("config") or {}).get("name") if is_config(dtype) else dtype
    if not isinstance(dtype, str | None) or dtype not in _FLOATS:
        raise UnsupportedError(f"{label}: dtype {dtype!r} is not supported; float32 is")
    for key, value in config.items():
        if key in arguments:
            continue
        if key in _ONLY:
            if value not in _ONLY[key]:
                raise UnsupportedError(f"{label}: {key}={value!r} is not supported")
        elif key not in _HARMLESS and value not in (None, False, 0, [], {}, ""):
            raise UnsupportedError(f"{label}: the option {key}={value!r:.60} is not known")


def _taken(config: Config, *names: str) -> dict[str, Any]:
    """Return those of the arguments that the config has."""
    return {name: config[name] for name in names if name in config}


def _activation_layer(kind: str) -> Reader:
    def read(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
        del dialect
        if kind == "Softmax":
            _last_axis(label, config.get("axis", -1), rank)
        return ours.Activation(ACTIVATIONS[kind](label, config))

    return read


# ---- layers -------------------------------------------------------------------------------------


def _last_axis(label: str, axis: Any, rank: int) -> None:
    if isinstance(axis, list | tuple) and len(axis) == 1:
        axis = axis[0]
    if isinstance(axis, bool) or axis not in (-1, rank - 1):
        raise UnsupportedError(f"{label}: axis={axis!r} is not supported; the last one is")


def _lstm(label: str, config: Config, dialect: Dialect, rank: int) -> ours.LSTM:
    del rank
    return ours.LSTM(
        activation=activation(label, config.get("activation", "tanh"), dialect),
        recurrent_activation=activation(
            label,
            config.get("recurrent_activation", "sigmoid" if dialect.keras3 else "hard_sigmoid"),
            dialect,
        ),
        zero_output_for_mask=bool(config.get("zero_output_for_mask", False)),
        repeat_state_for_mask=dialect.repeats_state,
        **_taken(config, "units", "use_bias", *_LSTM_FLAGS),
    )


def _cudnn_lstm(label: str, config: Config, dialect: Dialect, rank: int) -> ours.LSTM:
    """The layer of graphics cards; its weights are put into another order when they are read."""
    del label, dialect, rank
    return ours.LSTM(**_taken(config, "units", *_LSTM_FLAGS))


def _bidirectional(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    # Where masked steps are no zeros inside it they repeat what the step before gave.
    inside = replace(dialect, repeats_state=not dialect.carries_both_ways)

    def direction(entry: Any, backwards: bool) -> ours.LSTM:
        kind, inner = class_of(label, entry)
        if kind not in ("LSTM", "CuDNNLSTM"):
            raise UnsupportedError(f"{label} of {kind!r} is not supported; of LSTM it is")
        # Zeros where steps are masked are what a Bidirectional gives anyway.
        inner = dict(inner) | {"zero_output_for_mask": False}
        if not dialect.carries_both_ways:
            inner["stateful"] = False
        if backwards:
            inner["go_backwards"] = not inner.get("go_backwards", False)
        found = layer_of(label, {"class_name": kind, "config": inner}, inside, rank)
        assert isinstance(found, ours.LSTM)
        return found

    forward = direction(config.get("layer"), False)
    given = config.get("backward_layer")
    backward = direction(config.get("layer"), True) if given is None else direction(given, False)
    return ours.Bidirectional(forward, config.get("merge_mode", "concat"), backward_layer=backward)


def _time_distributed(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    return ours.TimeDistributed(layer_of(label, config.get("layer"), dialect, max(rank - 1, 2)))


def _embedding(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del label, dialect, rank
    return ours.Embedding(**_taken(config, "input_dim", "output_dim", "mask_zero"))


def _dense(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del rank
    named = activation(label, config.get("activation"), dialect)
    return ours.Dense(activation=named, **_taken(config, "units", "use_bias"))


def _activated(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del rank
    return ours.Activation(activation(label, config.get("activation"), dialect) or "linear")


def _identity(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del label, config, dialect, rank
    return ours.Dropout(0.0)


def _dropout(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del label, dialect, rank
    return ours.Dropout(config.get("rate", 0.0))


def _spatial_dropout(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del label, dialect, rank
    return ours.SpatialDropout1D(config.get("rate", 0.0))


def _masking(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del dialect, rank
    return ours.Masking(plain_number(label, config.get("mask_value", 0.0)))


def _layer_normalization(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del dialect
    _last_axis(label, config.get("axis", -1), rank)
    return ours.LayerNormalization(**_taken(config, "epsilon", "center", "scale"))


def _batch_normalization(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del dialect
    _last_axis(label, config.get("axis", -1), rank)
    return ours.BatchNormalization(**_taken(config, "epsilon", "center", "scale"))


def _conv1d(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del rank
    names = ("filters", "kernel_size", "strides", "padding", "dilation_rate", "groups", "use_bias")
    named = activation(label, config.get("activation"), dialect)
    return ours.Conv1D(activation=named, **_taken(config, *names))


def _max_pooling(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del label, dialect, rank
    return ours.MaxPooling1D(**_taken(config, "pool_size", "strides", "padding"))


def _global_pooling(kind: Callable[..., ours.Layer]) -> Reader:
    def read(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
        del label, dialect, rank
        return kind(**_taken(config, "keepdims"))

    return read


def _flatten(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    del label, config, dialect, rank
    return ours.Flatten()


def _masks(dialect: Dialect) -> str:
    """Return how masks join; where there are none afterwards, any way will do."""
    return "all" if dialect.masks == "none" else dialect.masks


def _merge(kind: Callable[..., ours.Layer]) -> Reader:
    def read(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
        del label, config, rank
        return kind(masks=_masks(dialect))

    return read


def _concatenate(label: str, config: Config, dialect: Dialect, rank: int) -> ours.Layer:
    axis = config.get("axis", -1)
    if isinstance(axis, bool) or not isinstance(axis, int) or not -rank < axis < rank or not axis:
        raise UnsupportedError(f"{label}: axis={axis!r} is not supported")
    return ours.Concatenate(-1 if axis % rank == rank - 1 else 1, masks=_masks(dialect))


_LSTM_FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful")
_LSTM = frozenset({"units", "activation", "recurrent_activation", "use_bias", *_LSTM_FLAGS})
_NORM = frozenset({"axis", "epsilon", "center", "scale"})
_NONE: frozenset[str] = frozenset()

_READERS: dict[str, tuple[Reader, frozenset[str]]] = {
    "Activation": (_activated, frozenset({"activation"})),
    "ActivityRegularization": (_identity, frozenset({"l1", "l2"})),
    "Add": (_merge(ours.Add), _NONE),
    "AlphaDropout": (_identity, frozenset({"rate"})),
    "Average": (_merge(ours.Average), _NONE),
    "BatchNormalization": (_batch_normalization, _NORM),
    "Bidirectional": (_bidirectional, frozenset({"layer", "merge_mode", "backward_layer"})),
    "Concatenate": (_concatenate, frozenset({"axis"})),
    "Conv1D": (
        _conv1d,
        frozenset(
            {
                "activation",
                "dilation_rate",
                "filters",
                "groups",
                "kernel_size",
                "padding",
                "rank",
                "strides",
                "use_bias",
            }
        ),
    ),
    "CuDNNLSTM": (_cudnn_lstm, _LSTM),
    "Dense": (_dense, frozenset({"activation", "units", "use_bias"})),
    "Dropout": (_dropout, frozenset({"rate"})),
    "ELU": (_activation_layer("ELU"), frozenset({"alpha"})),
    "Embedding": (_embedding, frozenset({"input_dim", "output_dim", "mask_zero"})),
    "Flatten": (_flatten, _NONE),
    "GaussianDropout": (_identity, frozenset({"rate"})),
    "GaussianNoise": (_identity, frozenset({"stddev"})),
    "GlobalAveragePooling1D": (
        _global_pooling(ours.GlobalAveragePooling1D),
        frozenset({"keepdims"}),
    ),
    "GlobalMaxPooling1D": (_global_pooling(ours.GlobalMaxPooling1D), frozenset({"keepdims"})),
    "Identity": (_identity, _NONE),
    "LSTM": (_lstm, _LSTM | {"zero_output_for_mask"}),
    "LayerNormalization": (_layer_normalization, _NORM),
    "LeakyReLU": (_activation_layer("LeakyReLU"), frozenset({"alpha", "negative_slope"})),
    "Masking": (_masking, frozenset({"mask_value"})),
    "MaxPooling1D": (_max_pooling, frozenset({"pool_size", "strides", "padding"})),
    "Multiply": (_merge(ours.Multiply), _NONE),
    "ReLU": (_activation_layer("ReLU"), frozenset({"max_value", "negative_slope", "threshold"})),
    "Softmax": (_activation_layer("Softmax"), frozenset({"axis"})),
    "SpatialDropout1D": (_spatial_dropout, frozenset({"rate"})),
    "ThresholdedReLU": (_activation_layer("ThresholdedReLU"), frozenset({"theta"})),
    "TimeDistributed": (_time_distributed, frozenset({"layer"})),
}
