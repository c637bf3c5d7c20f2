"""From a file of Keras to a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.formats.archive import Archive, parse_json
from lstmetrics.models.formats.failures import named
from lstmetrics.models.formats.keras.graph import Builder
from lstmetrics.models.formats.keras.hdf5 import MAGIC, Group, opened
from lstmetrics.models.formats.keras.npz import PickledArrays
from lstmetrics.models.formats.keras.parts import Part
from lstmetrics.models.formats.keras.text import Assets, vocabularies
from lstmetrics.models.formats.keras.version import Dialect
from lstmetrics.models.formats.keras.weights import load_archived, load_legacy
from lstmetrics.models.layers import Layer
from lstmetrics.models.model import Model
from lstmetrics.models.sequential import Sequential

__all__ = ["read_config", "read_model"]

_HDF5_WEIGHTS, _NPZ_WEIGHTS = "model.weights.h5", "model.weights.npz"


def read_model(path: str, *, hard_sigmoid: str | None = None) -> Model:
    """Read a ``.keras`` archive or a whole model in HDF5; see :func:`lstmetrics.load_model`.

    What the file holds decides, not its ending: Keras before 2.13 wrote HDF5 into ``.keras`` files.
    """
    start = _start(path)
    with named(path, "the model's description"):
        if start == MAGIC:
            return _read_hdf5(path, hard_sigmoid)
        if start.startswith(b"PK"):
            return _read_archive(path, hard_sigmoid)
    raise _neither(path, start)


def read_config(path: str) -> tuple[str, dict[str, Any]]:
    """Return the version of Keras and the description of the model."""
    start = _start(path)
    if start == MAGIC:
        with opened(path, path) as root:
            return _hdf5_config(path, root)
    if start.startswith(b"PK"):
        with Archive(path) as archive:
            return _archive_config(archive)
    raise _neither(path, start)


def _start(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(len(MAGIC))


def _neither(path: str, start: bytes) -> FormatError:
    if start.startswith(b"\x80"):
        return FormatError(
            f"{path}: this is a pickle, whatever its name; pickles can run any code and are never "
            "loaded"
        )
    return FormatError(f"{path}: neither a .keras archive nor an HDF5 file")


def _archive_config(archive: Archive) -> tuple[str, dict[str, Any]]:
    version = archive.json("metadata.json").get("keras_version")
    if not isinstance(version, str):
        raise FormatError(f"{archive.path}: metadata.json does not say the version of Keras")
    return version, archive.json("config.json")


def _hdf5_config(path: str, root: Group) -> tuple[str, dict[str, Any]]:
    if not root.has_attribute("model_config"):
        alone = root.has_attribute("layer_names") or root.has_attribute("layer_names0")
        advice = "weights alone" if alone else "no model"
        raise FormatError(
            f"{path}: the file holds {advice}: it has no attribute model_config; save it with "
            "model.save(), not model.save_weights()"
        )
    config = parse_json(f"{path}: model_config", root.text("model_config"))
    owners = (root, root.group("model_weights"))
    owner = next((one for one in owners if one.has_attribute("keras_version")), None)
    return "2.2.0" if owner is None else owner.text("keras_version"), config


def _read_archive(path: str, hard_sigmoid: str | None) -> Model:
    with Archive(path) as archive:
        version, config = _archive_config(archive)
        dialect = Dialect.of(version, hard_sigmoid)
        part, model = _model_of(path, config, dialect, Assets(archive))
        _load_weights(archive, part)
    model.build()
    return model


def _load_weights(archive: Archive, part: Part) -> None:
    if _HDF5_WEIGHTS in archive:
        owner = f"{archive.path}: {_HDF5_WEIGHTS}"
        with opened(owner, archive.read(_HDF5_WEIGHTS)) as root:
            load_archived(owner, root, part)
    elif _NPZ_WEIGHTS in archive:
        owner = f"{archive.path}: {_NPZ_WEIGHTS}"
        with Archive(owner, archive.read(_NPZ_WEIGHTS)) as arrays:
            load_archived(owner, PickledArrays(arrays), part)
    else:
        kinds = [one for one in archive.names() if one.startswith("model.weights")]
        raise UnsupportedError(
            f"{archive.path}: the weights must be in {_HDF5_WEIGHTS} or {_NPZ_WEIGHTS}, the "
            f"archive has {', '.join(kinds) or 'none'}"
        )


def _read_hdf5(path: str, hard_sigmoid: str | None) -> Model:
    with opened(path, path) as root:
        version, config = _hdf5_config(path, root)
        part, model = _model_of(path, config, Dialect.of(version, hard_sigmoid), None)
        load_legacy(path, root.group("model_weights"), part)
    model.build()
    return model


def _model_of(
    path: str, config: dict[str, object], dialect: Dialect, assets: Assets | None
) -> tuple[Part, Model]:
    """Return the parts of a model and the model, which still lacks its weights."""
    part = Part.of(path, config)
    if not part.is_model:
        raise UnsupportedError(
            f"{path}: models of class {part.class_name!r} are not supported; Sequential and "
            "Functional are"
        )
    builder = Builder(path, dialect)
    inputs = builder.inputs_of(part)
    outputs = builder.run(part, [one.value for one in inputs])
    known = part.class_name != "Sequential" or part.shape() is not None
    inputs = builder.real_inputs(inputs)
    text = vocabularies(path, part, builder.texts, assets)
    chain = list(_chain_of(part))
    name = part.name or None
    if part.class_name == "Sequential" and None not in chain:
        layers: list[Layer] = [one for one in chain if one is not None]
        one_text = next(iter(text.values()), None)
        start: list[Layer] = [*inputs] if known or one_text is not None else []
        return part, Sequential([*start, *layers], name=name, text=one_text)
    several = text if len(inputs) > 1 else next(iter(text.values()), None)
    return part, Model(inputs, outputs, name=name, text=several or None)


def _chain_of(part: Part) -> list[Layer | None]:
    """Return the layers of a chain of chains; None stands for what is no chain."""
    found: list[Layer | None] = []
    for one in part.parts:
        if one.class_name in ("InputLayer", "TextVectorization"):
            continue
        if one.class_name == "Sequential":
            found += _chain_of(one)
        else:
            found.append(one.layer)
    return found
