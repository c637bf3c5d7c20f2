"""ONNX's activations by our names."""

from __future__ import annotations

from lstmetrics.models.formats.onnx.proto import Node

__all__ = ["KINDS", "activation_of", "lstm_activation", "takes_parameters"]

# Ours, and the defaults of alpha and beta.
_PLAIN: dict[str, tuple[str, tuple[float, ...]]] = {
    "Celu": ("celu", (1.0,)),
    "Elu": ("elu", (1.0,)),
    "Exp": ("exponential", ()),
    "HardSigmoid": ("hard_sigmoid_of", (0.2, 0.5)),
    "HardSwish": ("hard_silu", ()),
    "LeakyRelu": ("leaky_relu", (0.01,)),
    "LogSoftmax": ("log_softmax", ()),
    "Mish": ("mish", ()),
    "Relu": ("relu", ()),
    "Sigmoid": ("sigmoid", ()),
    "Softmax": ("softmax", ()),
    "Softplus": ("softplus", ()),
    "Softsign": ("softsign", ()),
    "Tanh": ("tanh", ()),
    "ThresholdedRelu": ("thresholded_relu", (1.0,)),
}
# Those that only an LSTM names.
_OF_LSTM = {"Affine": ("affine", (1.0, 0.0)), "ScaledTanh": ("scaled_tanh", (1.0, 1.0))}
_SELU = (1.6732632, 1.0507010)  # ONNX's defaults, to single precision
_CLOSE = 1e-6

KINDS = frozenset({*_PLAIN, "Gelu", "Selu"})  # the operators that are activations


def activation_of(node: Node) -> str | None:
    """Return our name for what a node does; None where it is no activation, or one of others."""
    if node.kind in _PLAIN:
        name, defaults = _PLAIN[node.kind]
        keys = ("alpha", "beta")[: len(defaults)]
        return _named(name, [node.get(k, d) for k, d in zip(keys, defaults, strict=True)])
    if node.kind == "Gelu":
        return "gelu_tanh" if node.get("approximate", "none") == "tanh" else "gelu"
    if node.kind == "Selu":
        given = (node.get("alpha", _SELU[0]), node.get("gamma", _SELU[1]))
        if all(abs(a - b) < _CLOSE for a, b in zip(given, _SELU, strict=True)):
            return "selu"
    return None


def takes_parameters(kind: str) -> int:
    """Return how many of an LSTM's alphas and betas an activation takes: 0, 1 or 2."""
    return len((_PLAIN | _OF_LSTM).get(kind, ("", ()))[1])


def lstm_activation(kind: str, given: list[float]) -> str | None:
    """Return our name for an activation that an LSTM names; None where there is none."""
    known = {name.lower(): entry for name, entry in (_PLAIN | _OF_LSTM).items()}
    if kind.lower() not in known or kind in ("Softmax", "LogSoftmax"):
        return None
    name, defaults = known[kind.lower()]
    return _named(name, [*given, *defaults[len(given) :]])


def _named(name: str, numbers: list[float]) -> str:
    return f"{name}({', '.join(repr(float(one)) for one in numbers)})" if numbers else name
