"""What a file holds, whether it can run, and if not, all that is in the way."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lstmetrics.errors import FormatError, MissingExtraError, UnsupportedError
from lstmetrics.models import Model, load_model
from lstmetrics.models.formats.described import Described, without_path
from lstmetrics.models.loading import PathLike

__all__ = ["Inspection", "inspect_file"]

_STATE_MARK = b"LSTMETRC"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass
class Inspection:
    """What :func:`inspect_file` found.

    Attributes
    ----------
    path : str
        The file.
    kind : {"model", "state"}
        What it holds.
    format : str
        ``"native"``, ``"Keras"``, ``"ONNX"``; of a state its name; empty where it is not known.
    version : str
        Of the framework, as the file states it; of the state's bytes.
    reasons : list of str
        What keeps it from running: all that is found, not only the first.
    settings : dict
        What follows from the version rather than from the file's words.
    layers : list of dict
        ``name`` and ``class_name``; where the model can run also ``output_shape`` and ``weights``.
    inputs, outputs : list of dict
        ``name``, ``shape``, and what the input takes; ``shape`` of each output.
    labels : list, optional
        What the outputs stand for.
    digest : str, optional
        Of a state.
    """

    path: str
    kind: str = "model"
    format: str = ""
    version: str = ""
    reasons: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str | int] | None = None
    digest: str | None = None

    @property
    def can_run(self) -> bool:
        """Whether nothing is in the way."""
        return not self.reasons

    def to_json(self) -> str:
        """Return all of it as JSON."""
        return json.dumps(dataclasses.asdict(self) | {"can_run": self.can_run}, indent=2)

    def __str__(self) -> str:
        """Return it as lines for people."""
        head = " ".join(one for one in (self.format or "unknown", self.version) if one)
        lines = [f"{self.path}: {self.kind}, {head}"]
        lines += [f"  {name}: {value}" for name, value in self.settings.items()]
        lines += [f"  input {_line(one)}" for one in self.inputs]
        lines += [f"  {_line(one)}" for one in self.layers]
        lines += [f"  output {_line(one)}" for one in self.outputs]
        if self.labels is not None:
            lines.append(f"  labels: {', '.join(map(str, self.labels))}")
        if self.digest is not None:
            lines.append(f"  digest: {self.digest}")
        lines += [f"cannot run: {one}" for one in self.reasons]
        return "\n".join(_printable(line) for line in lines)


def inspect_file(path: PathLike) -> Inspection:
    """Explain a model's file, or the bytes of a streaming state; nothing in it is ever executed.

    Parameters
    ----------
    path : str or path-like
        What :func:`lstmetrics.load_model` reads, whether or not it can run; or a file with what a
        streaming class gave as ``to_bytes()``.

    Returns
    -------
    Inspection
        Format, version, layers, inputs and outputs; and each reason why it cannot run.

    Raises
    ------
    OSError
        The file cannot be opened.
    lstmetrics.errors.MissingExtraError
        The format needs a package that is not installed.

    Examples
    --------
    >>> import lstmetrics.demo
    >>> from lstmetrics.inspection import inspect_file
    >>> found = inspect_file(lstmetrics.demo.path("classifier.safetensors"))
    >>> found.format, found.can_run, found.inputs[0]["takes"]
    ('native', True, 'ids or text')
    """
    name = os.fspath(path)
    with Path(name).open("rb") as file:
        start = file.read(len(_STATE_MARK))
    if start == _STATE_MARK:
        return _state(name)
    found = Inspection(name)
    try:
        _take(found, _described(name))
    except (FormatError, UnsupportedError) as error:
        found.reasons.append(without_path(name, error))
    try:
        _add_model(found, load_model(name))
    except MissingExtraError:
        raise
    except (FormatError, UnsupportedError) as error:
        reason = without_path(name, error)
        # Readers stop at the first of what has been listed; that of ONNX says it in other words.
        listed = found.format == "ONNX" and found.reasons and isinstance(error, UnsupportedError)
        if not listed and not any(one.endswith(reason) for one in found.reasons):
            found.reasons.append(reason)
    return found


def _described(path: str) -> Described | None:
    """Return what the reader of the format says; None where the ending names none."""
    ending = Path(path).suffix.lower()
    if ending in (".keras", ".h5", ".hdf5"):
        from lstmetrics.models.formats.keras.described import describe as describe_keras

        return describe_keras(path)
    if ending == ".onnx":
        from lstmetrics.models.formats.onnx.described import describe as describe_onnx

        return describe_onnx(path)
    if ending == ".safetensors":
        from lstmetrics.models.formats.native import describe as describe_native

        return describe_native(path)
    return None


def _take(found: Inspection, described: Described | None) -> None:
    if described is not None:
        found.format, found.version = described.format, described.version
        found.settings, found.layers = described.settings, described.layers
        found.reasons += described.reasons


def _add_model(found: Inspection, model: Model) -> None:
    found.layers = model.layer_facts()
    shapes, outputs = model.input_shape, model.output_shape
    texts = model.input_texts()
    for name, shape in zip(model.input_names, _several(shapes), strict=True):
        takes = "features" if name not in texts else "ids" if texts[name] is None else "ids or text"
        fact: dict[str, Any] = {"name": name, "shape": list(shape), "takes": takes}
        if texts.get(name) is not None:
            fact["text"] = texts[name]
        found.inputs.append(fact)
    found.outputs = [{"shape": list(shape)} for shape in _several(outputs)]
    found.labels = model.labels


def _state(path: str) -> Inspection:
    import lstmetrics.streaming  # noqa: F401 (its classes are what restored() looks through)
    from lstmetrics import _core
    from lstmetrics.streaming._members import restored

    data = Path(path).read_bytes()
    found = Inspection(path, kind="state")
    try:
        found.format = _core.state_name(data)
        found.version = str(int.from_bytes(data[12:14], "little"))  # behind mark, container and tag
        found.digest = restored(data).digest()
    except (FormatError, UnsupportedError) as error:
        found.reasons.append(str(error))
    return found


def _several(shapes: Any) -> list[tuple[int | None, ...]]:
    return shapes if isinstance(shapes, list) else [shapes]


def _printable(line: str) -> str:
    """Return a line in which a file's names cannot move the cursor or break the output."""
    return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], line)


def _line(facts: dict[str, Any]) -> str:
    return "  ".join(
        f"{value:,} weights" if name == "weights" else str(value) for name, value in facts.items()
    )
