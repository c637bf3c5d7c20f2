"""Each layer's arrays, found by the rules of the format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, LstmetricsError
from lstmetrics.models import layers as ours
from lstmetrics.models.formats.keras.hdf5 import Group
from lstmetrics.models.formats.keras.parts import Part

__all__ = ["Store", "load_archived", "load_legacy", "snake_case"]

Array = npt.NDArray[Any]
_DEPENDENCIES = "_layer_checkpoint_dependencies"


class Store(Protocol):
    """Where a ``.keras`` archive keeps arrays, by paths such as ``layers/dense/vars/0``."""

    def __contains__(self, path: str) -> bool: ...

    def names(self, path: str = "") -> list[str]:
        """Return the names of what is at a path."""
        ...

    def array(self, path: str) -> Array:
        """Return the array at a path."""
        ...


def snake_case(name: str) -> str:
    """Turn a class name into what Keras calls its layers in files: ``conv1d``, ``layer_norm``."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


# ---- the weights of a .keras archive ------------------------------------------------------------


def load_archived(owner: str, root: Store, model: Part) -> None:
    """Give the layers of a model their weights from ``model.weights.h5`` or ``.npz``.

    A layer's place follows from its class and from how many of that class came before it; its
    arrays are numbered.
    """
    for path, part in _places(root, model, ""):
        if part.layer is None or not part.layer.weight_count():
            continue
        arrays = [
            array for inner in _inner_paths(part) for array in _numbered(root, f"{path}{inner}vars")
        ]
        _give(owner, part, arrays)


def _places(root: Store, model: Part, prefix: str) -> Iterator[tuple[str, Part]]:
    """Each layer with its place, those of nested models included."""
    container = next(
        (one for one in ("layers", _DEPENDENCIES) if f"{prefix}{one}" in root),
        "layers",
    )
    counts: dict[str, int] = {}
    for part in model.parts:
        if part.is_operation:
            continue
        kind = "functional" if part.class_name == "Model" else snake_case(part.class_name)
        count = counts.get(kind, 0)
        # What Keras 2.12 counts are its dependencies, where layers with weights stand twice.
        twice = container == _DEPENDENCIES and any(_weighted(part))
        counts[kind] = count + (2 if twice else 1)
        path = f"{prefix}{container}/{kind}{f'_{count}' if count else ''}/"
        if part.is_model:
            yield from _places(root, part, path)
        else:
            yield path, part


def _inner_paths(part: Part) -> list[str]:
    match part.layer:
        case ours.LSTM():
            return ["cell/"]
        case ours.Bidirectional():
            return ["forward_layer/cell/", "backward_layer/cell/"]
        case ours.TimeDistributed():
            return ["layer/"]
    return [""]


def _numbered(root: Store, path: str) -> list[Array]:
    if path not in root:
        return []
    names = [name for name in root.names(path) if name.isdecimal()]
    return [root.array(f"{path}/{name}") for name in sorted(names, key=int)]


# ---- the weights of a whole model in HDF5 -------------------------------------------------------


def load_legacy(owner: str, root: Group, model: Part) -> None:
    """Give the layers of a model their weights from the group ``model_weights``.

    Each of the model's layers has a group with the names of its arrays, in order: those that
    training changes first. A nested model is one layer there.
    """
    groups = [
        (name, arrays)
        for name in root.texts("layer_names")
        if (arrays := root.group(name).texts("weight_names"))
    ]
    parts = [part for part in model.parts if any(_weighted(part))]
    if len(groups) != len(parts):
        raise FormatError(
            f"{owner}: {len(parts)} layers have weights, the file has those of {len(groups)}"
        )
    by_name = dict(groups)
    named = all(part.name in by_name for part in parts)
    for (group, _), part in zip(groups, parts, strict=True):
        _load_group(owner, root.group(part.name if named else group), part)


def _load_group(owner: str, group: Group, part: Part) -> None:
    names = group.texts("weight_names")
    leaves = list(_weighted(part))
    if part.layer is not None:
        _give(owner, part, [group.array(name) for name in names])
        return
    for leaf, own in _shared_out(owner, part, leaves, names):
        _give(owner, leaf, [group.array(name) for name in own])


def _weighted(part: Part) -> Iterator[Part]:
    """The layers with weights among a part and those inside it."""
    if part.layer is not None and part.layer.weight_count():
        yield part
    for one in part.parts:
        yield from _weighted(one)


def _shared_out(
    owner: str, part: Part, leaves: list[Part], names: list[str]
) -> Iterator[tuple[Part, list[str]]]:
    """Say which arrays of a nested model are whose: by the layers' names, or by their order."""
    counts = {leaf: _count(leaf) for leaf in leaves}
    by_name = {leaf: [n for n in names if leaf.name in n.split("/")[:-1]] for leaf in leaves}
    if all(len(by_name[leaf]) == counts[leaf] for leaf in leaves):
        yield from by_name.items()
        return
    if len(names) != sum(counts.values()):
        raise FormatError(
            f"{owner}: the nested model {part.name!r} takes {sum(counts.values())} arrays, the "
            f"file has {len(names)}"
        )
    left = list(names)
    own: dict[Part, list[str]] = {leaf: [] for leaf in leaves}
    for trained in (True, False):
        for leaf in leaves:
            moving = 2 if leaf.class_name == "BatchNormalization" else 0
            first = counts[leaf] - moving if leaf.trainable else 0
            taken = first if trained else counts[leaf] - first
            own[leaf] += left[:taken]
            left = left[taken:]
    yield from own.items()


def _count(leaf: Part) -> int:
    assert leaf.layer is not None
    return leaf.layer.weight_count()


# ---- what both share ----------------------------------------------------------------------------


def _give(owner: str, part: Part, arrays: list[Array]) -> None:
    layer = part.layer
    assert layer is not None
    try:
        if _is_cudnn(part):
            half = len(arrays) // (2 if isinstance(layer, ours.Bidirectional) else 1)
            arrays = [
                array
                for start in range(0, len(arrays), max(half, 1))
                for array in _from_cudnn(owner, part, arrays[start : start + half])
            ]
        layer.set_weights(arrays)
    except FormatError:
        raise
    except LstmetricsError as error:
        raise FormatError(f"{owner}: the weights of {part.name!r}: {error}") from None


def _is_cudnn(part: Part) -> bool:
    inner = part.config.get("layer")
    kind = inner.get("class_name") if isinstance(inner, dict) else part.class_name
    return kind == "CuDNNLSTM"


def _from_cudnn(owner: str, part: Part, arrays: list[Array]) -> list[Array]:
    """Put the weights of a CuDNNLSTM into the order of an LSTM.

    The library of graphics cards keeps each gate's matrix transposed, and a bias for the input and
    one for the state, which are added.
    """
    if len(arrays) != 3 or arrays[0].ndim != 2 or arrays[1].ndim != 2 or arrays[2].ndim != 1:
        raise FormatError(f"{owner}: the weights of {part.name!r} are not those of a CuDNNLSTM")
    kernel, recurrent, bias = arrays
    units = recurrent.shape[0]
    if kernel.shape[1] != 4 * units or recurrent.shape[1] != 4 * units or len(bias) != 8 * units:
        raise FormatError(f"{owner}: the weights of {part.name!r} do not fit one another")
    kernels = [one.reshape(units, -1).T for one in np.hsplit(np.ascontiguousarray(kernel), 4)]
    recurrents = [one.T for one in np.hsplit(recurrent, 4)]
    biases = np.split(bias, 2)
    return [np.hstack(kernels), np.hstack(recurrents), np.add(*biases)]
