"""A live module of PyTorch, taken apart into our layers; torch itself is never imported here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from lstmetrics.errors import InvalidTypeError, InvalidValueError, UnsupportedError
from lstmetrics.models import layers as ours
from lstmetrics.models._arguments import FloatArray, choice
from lstmetrics.models.formats.torch_files import array_of_tensor
from lstmetrics.models.sequential import Sequential
from lstmetrics.models.text import Vocabulary

__all__ = ["POOLINGS", "from_torch"]

POOLINGS = ("last_state", "last_step", "first_step", "max", "mean", "none")
_TOLERANCE = 1e-4  # a wrong layer is further off, float64 rounded to float32 is nearer
_CONTAINERS = ("DataParallel", "DistributedDataParallel", "ModuleList", "Sequential")
_DROPOUTS = ("AlphaDropout", "Dropout", "Dropout1d", "FeatureAlphaDropout", "Identity")
_PLAIN = {
    "Hardswish": "hard_silu",
    "LogSigmoid": "log_sigmoid",
    "Mish": "mish",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "SELU": "selu",
    "SiLU": "silu",
    "Sigmoid": "sigmoid",
    "Softsign": "softsign",
    "Tanh": "tanh",
}


def from_torch(
    module: Any,
    *,
    pooling: str,
    activation: str | None = None,
    example: Any = None,
    check: bool = True,
    text: Vocabulary | Callable[[str], Sequence[int]] | None = None,
    labels: Sequence[str | int] | None = None,
) -> Sequential:
    """Rebuild a live ``torch.nn.Module`` and check that it gives what the module gives.

    Parameters
    ----------
    module : torch.nn.Module
        Embedding, LSTM, Linear, Dropout, LayerNorm, BatchNorm1d and activations, in a
        ``Sequential`` or as attributes, in the order in which ``forward`` uses them.
    pooling : {"last_state", "last_step", "first_step", "max", "mean", "none"}
        What ``forward`` takes of the last LSTM: its final hidden state (of both directions, the
        forward one first), its output at the last or first step, the maximum or the mean over the
        steps, or the output of every step. A module does not say it, so it is never guessed.
    activation : str, optional
        A function at the end of ``forward``, such as ``"softmax"``.
    example : tensor or tuple, optional
        What ``forward`` is called with for the check, batch of ids or features first; random ids or
        features by default. For more than one argument a tuple; whole numbers, one a row, are
        lengths.
    check : bool, default=True
        Run the module, in evaluation mode and without gradients, and compare.
    text : Vocabulary or callable, optional
        Turns raw strings into ids.
    labels : sequence of str or int, optional
        What the outputs of a classifier stand for.

    Returns
    -------
    Sequential
        The model. It takes (batch, timesteps) whatever the module's ``batch_first``; lengths are
        ``lengths=`` of :meth:`Model.predict`, and a row is what the module gives for it alone.

    Raises
    ------
    lstmetrics.errors.UnsupportedError
        A part of the module has no layer of ours; it is named.
    lstmetrics.errors.InvalidValueError
        The module gives other numbers: a function in ``forward`` that is no module, another order,
        another pooling.

    Notes
    -----
    Numbers are compared to 1e-4, which tells a wrong layer from rounding. Only ``module`` is run,
    by torch; lstmetrics imports no torch.

    Examples
    --------
    >>> import torch
    >>> class Tagger(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.words = torch.nn.Embedding(100, 8)
    ...         self.lstm = torch.nn.LSTM(8, 16, batch_first=True, bidirectional=True)
    ...         self.tags = torch.nn.Linear(32, 5)
    ...     def forward(self, ids):
    ...         output, _ = self.lstm(self.words(ids))
    ...         return self.tags(output)
    >>> model = from_torch(Tagger(), pooling="none")
    >>> model.output_shape
    (None, None, 5)
    """
    if not hasattr(module, "named_children") or not hasattr(module, "state_dict"):
        raise InvalidTypeError(f"module must be a torch.nn.Module, got {type(module).__name__}")
    choice("from_torch", "pooling", pooling, POOLINGS)
    weights = {name: array_of_tensor(one) for name, one in module.state_dict().items()}
    parts = list(_parts("", module))
    reader = _Reader(weights, parts, pooling)
    layers = [layer for name, part in parts for layer in reader.layers(name, part)]
    if activation is not None:
        layers.append(ours.Activation(activation))
    if not layers:
        raise UnsupportedError("from_torch: the module has no parts")
    layers[:0] = _input(parts)
    model = Sequential(layers, text=text, labels=labels)
    model.build()
    if check:
        _check(module, model, parts, example, pooling)
    return model


def _parts(prefix: str, module: Any) -> Iterator[tuple[str, Any]]:
    """Return the modules of PyTorch's own in a module, containers and the user's taken apart."""
    own = type(module).__module__.startswith("torch.nn.")
    if own and type(module).__name__ not in _CONTAINERS:
        yield prefix, module
        return
    if getattr(module, "_parameters", {}):
        raise UnsupportedError(
            f"from_torch: {prefix or type(module).__name__!r} has weights of its own "
            f"({', '.join(module._parameters)}); only those of torch.nn's modules are read"
        )
    for name, child in module.named_children():
        yield from _parts(f"{prefix}.{name}" if prefix else name, child)


def _input(parts: Sequence[tuple[str, Any]]) -> list[ours.Layer]:
    """Return the input where the module takes features: as many as its first part says."""
    kinds = [type(part).__name__ for _, part in parts]
    for _, part in parts:
        if hasattr(part, "num_embeddings"):
            return []
        sizes = [
            getattr(part, name, None) for name in ("in_features", "input_size", "num_features")
        ]
        sizes += list(getattr(part, "normalized_shape", []))
        size = next((one for one in sizes if one is not None), None)
        if size is not None:
            return [ours.Input((None, size) if "LSTM" in kinds else (size,))]
    return []


class _Reader:
    """Makes our layers of PyTorch's."""

    def __init__(
        self, weights: dict[str, Any], parts: Sequence[tuple[str, Any]], pooling: str
    ) -> None:
        self._weights = weights
        self._pooling = pooling
        recurrent = [name for name, part in parts if type(part).__name__ == "LSTM"]
        self._last = recurrent[-1] if recurrent else None
        self._in_sequence = bool(recurrent)

    def layers(self, name: str, part: Any) -> list[ours.Layer]:
        """Return the layers of one module."""
        kind = type(part).__name__
        if kind in _DROPOUTS:
            return []
        if kind in _READERS:
            return _READERS[kind](self, name, part)
        function = _activation(part)
        if function is None:
            raise UnsupportedError(
                f"from_torch: {name or kind!r} is a {kind}, which is not supported; supported are "
                f"{', '.join(sorted({*_READERS, *_DROPOUTS, *_PLAIN, *_WITH_OPTIONS}))}"
            )
        return [ours.Activation(function)]

    def embedding(self, name: str, part: Any) -> list[ours.Layer]:
        if part.max_norm is not None:
            raise UnsupportedError(f"from_torch: {name!r}: max_norm is not supported")
        return [ours.Embedding.from_torch(self._named(name), "x", name=_plain(name))]

    def lstm(self, name: str, part: Any) -> list[ours.Layer]:
        last = name == self._last
        sequences = not last or self._pooling != "last_state"
        made = ours.LSTM.from_torch(
            self._named(name),
            "x",
            num_layers=part.num_layers,
            bidirectional=part.bidirectional,
            return_sequences=sequences,
            name=_plain(name or "lstm"),
        )
        if not last:
            return [made]
        self._in_sequence = self._pooling == "none"
        pooled: dict[str, Callable[[], ours.Layer]] = {
            "last_step": lambda: ours.TakeStep(-1),
            "first_step": lambda: ours.TakeStep(0),
            "max": ours.GlobalMaxPooling1D,
            "mean": ours.GlobalAveragePooling1D,
        }
        return [made, *(make() for key, make in pooled.items() if key == self._pooling)]

    def linear(self, name: str, part: Any) -> list[ours.Layer]:
        del part
        return [ours.Dense.from_torch(self._named(name), "x", name=_plain(name or "linear"))]

    def layer_norm(self, name: str, part: Any) -> list[ours.Layer]:
        if len(part.normalized_shape) != 1:
            raise UnsupportedError(f"from_torch: {name!r} normalises more than the features")
        gamma, beta = (self._named(name).get(f"x.{key}") for key in ("weight", "bias"))
        layer = ours.LayerNormalization(
            epsilon=part.eps, scale=gamma is not None, center=beta is not None, name=_plain(name)
        )
        layer.set_weights([one for one in (gamma, beta) if one is not None])
        return [layer]

    def batch_norm(self, name: str, part: Any) -> list[ours.Layer]:
        if self._in_sequence:
            raise UnsupportedError(
                f"from_torch: {name!r}: BatchNorm1d of sequences takes features before steps; only "
                "behind the pooling it is supported"
            )
        found = self._named(name)
        if "x.running_mean" not in found:
            raise UnsupportedError(f"from_torch: {name!r} keeps no running statistics")
        layer = ours.BatchNormalization(
            epsilon=part.eps, scale=part.affine, center=part.affine, name=_plain(name)
        )
        keys = (["weight", "bias"] if part.affine else []) + ["running_mean", "running_var"]
        layer.set_weights([found[f"x.{key}"] for key in keys])
        return [layer]

    def _named(self, name: str) -> dict[str, Any]:
        """Return the weights of one module, as those of a module called x."""
        start = f"{name}." if name else ""
        return {
            f"x.{key[len(start) :]}": value
            for key, value in self._weights.items()
            if key.startswith(start)
        }


_READERS: dict[str, Callable[[_Reader, str, Any], list[ours.Layer]]] = {
    "BatchNorm1d": _Reader.batch_norm,
    "Embedding": _Reader.embedding,
    "LSTM": _Reader.lstm,
    "LayerNorm": _Reader.layer_norm,
    "Linear": _Reader.linear,
}
_WITH_OPTIONS: dict[str, Callable[[Any], str | None]] = {
    "CELU": lambda part: f"celu({part.alpha!r})",
    "ELU": lambda part: f"elu({part.alpha!r})",
    "GELU": lambda part: "gelu_tanh" if part.approximate == "tanh" else "gelu",
    "Hardtanh": lambda part: "hard_tanh" if (part.min_val, part.max_val) == (-1, 1) else None,
    "LeakyReLU": lambda part: f"leaky_relu({part.negative_slope!r})",
    "LogSoftmax": lambda part: "log_softmax" if part.dim in (None, -1, 1, 2) else None,
    "Softmax": lambda part: "softmax" if part.dim in (None, -1, 1, 2) else None,
    "Softplus": lambda part: "softplus" if part.beta == 1 else None,
}


def _activation(part: Any) -> str | None:
    kind = type(part).__name__
    return _WITH_OPTIONS[kind](part) if kind in _WITH_OPTIONS else _PLAIN.get(kind)


def _plain(name: str) -> str:
    return name.replace(".", "_")


# ---- the check ----------------------------------------------------------------------------------


def _check(
    module: Any,
    model: Sequential,
    parts: Sequence[tuple[str, Any]],
    example: Any,
    pooling: str,
) -> None:
    """Refuse a model that gives other numbers than the module."""
    torch = sys.modules["torch"]
    lstm = next((part for _, part in parts if type(part).__name__ == "LSTM"), None)
    time_first = lstm is not None and not lstm.batch_first
    arguments = example if isinstance(example, tuple) else (example,)
    if example is None:
        arguments = (_random_example(torch, model, lstm, time_first),)
    expected = _run(torch, module, arguments)
    given = array_of_tensor(arguments[0])
    if time_first:
        given = np.swapaxes(given, 0, 1)
        if pooling == "none" and expected.ndim == 3:
            expected = np.swapaxes(expected, 0, 1)
    found = np.asarray(model.predict(given, lengths=_lengths(arguments, len(given))))
    apart = np.inf
    if found.shape == expected.shape:
        bounds = np.maximum(1.0, np.abs(expected))
        apart = float((np.abs(found - expected) / bounds).max(initial=0))
    if not apart <= _TOLERANCE:
        how = (
            f"shapes {found.shape} and {expected.shape}"
            if found.shape != expected.shape
            else f"numbers that are {apart:.2g} apart"
        )
        layers = ", ".join(type(layer).__name__ for layer in model.layers)
        raise InvalidValueError(
            f"from_torch: rebuilt as {layers} with pooling={pooling!r}, the model and the module "
            f"give {how}; is it another pooling, a function in forward() that is no module "
            "(activation= is one at the end), or another order? Otherwise rebuild it layer by "
            "layer: Sequential([Embedding.from_torch(...), LSTM.from_torch(...), ...])"
        )


def _lengths(arguments: Any, rows: int) -> Any:
    """Return the lengths among what forward() takes: whole numbers, one a row."""
    for one in arguments[1:]:
        array = array_of_tensor(one) if hasattr(one, "detach") else np.asarray(one)
        if array.shape == (rows,) and array.dtype.kind in "iu":
            return array
    return None


def _random_example(torch: Any, model: Sequential, lstm: Any, time_first: bool) -> Any:
    generator = torch.Generator().manual_seed(0)
    shape = (7, 3) if time_first else (3, 7)
    if model.takes_ids:
        return torch.randint(0, model.vocabulary_size, shape, generator=generator)
    if lstm is None:
        raise UnsupportedError("from_torch: a module without an LSTM needs example=")
    features = torch.randn(*shape, model.input_shape[-1], generator=generator)
    return features.to(lstm.weight_ih_l0.dtype)


def _run(torch: Any, module: Any, arguments: Any) -> FloatArray:
    """Return what the module gives; the first of several values."""
    modes = [(one, one.training) for one in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            result = module(*arguments)
    except Exception as error:  # whatever the user's own code raises
        raise InvalidValueError(
            f"from_torch: the module cannot be run on {[tuple(one.shape) for one in arguments]}: "
            f"{type(error).__name__}: {error}; give example=(...), the arguments of its forward(), "
            "or check=False"
        ) from error
    finally:
        for one, training in modes:
            one.training = training
    while isinstance(result, tuple | list):
        result = result[0]
    return array_of_tensor(result)
