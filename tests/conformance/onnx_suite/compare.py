"""What ONNX Runtime gives beside what we give for the same files, and beside the definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from lstmetrics import load_model
from support.differences import REFERENCE_TOLERANCE, TOLERANCE, difference, to_definition
from support.pairwise import Options

Arrays = dict[str, Any]


@dataclass
class Comparison:
    """All models of one writer."""

    writer: str
    made: int = 0
    to_runtime: float = 0.0
    to_reference: float = 0.0
    failed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # by the exporter or the runtime itself

    def row(self) -> str:
        """One line of the table."""
        return (
            f"| {self.writer} | {self.made} | {self.to_runtime:.1e} | {self.to_reference:.1e} | "
            f"{len(self.refused)} | {len(self.failed)} |"
        )

    def add(self, options: Options, path: Path, feeds: Arrays, *, batch_first: bool) -> None:
        """Compare one file."""
        try:
            session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
            names = [one.name for one in session.get_outputs()]
            theirs = dict(zip(names, session.run(None, feeds), strict=True))
        except Exception as error:  # the runtime's own classes are not public
            self.refused.append(f"{options}: {error}"[:300])
            return
        try:
            runtime, reference = _differences(path, feeds, theirs, batch_first)
        except Exception as error:  # any is a failure to be told of
            self.failed.append(f"{options}: {type(error).__name__}: {error}")
            return
        self.made += 1
        self.to_runtime = max(self.to_runtime, runtime)
        self.to_reference = max(self.to_reference, reference)
        if not runtime <= TOLERANCE or not reference <= REFERENCE_TOLERANCE:
            self.failed.append(f"{options}: {runtime:.1e} to it, {reference:.1e} to the definition")


def _differences(
    path: Path, feeds: Arrays, theirs: Arrays, batch_first: bool
) -> tuple[float, float]:
    model = load_model(path)
    x = feeds["x"] if batch_first else np.swapaxes(feeds["x"], 0, 1)
    lengths = feeds.get("lengths")
    states = None
    if "h" in feeds:
        states = list(zip(feeds["h"], feeds["c"], strict=True))
    found = model.predict(x, lengths=lengths, initial_state=states)
    ours = found if isinstance(found, list) else [found]
    expected = _ours_first(theirs, batch_first)
    apart = [
        difference(_cut(a, lengths), _cut(b, lengths)) for a, b in zip(ours, expected, strict=True)
    ]
    defined = to_definition(model, [x], ours, lengths=lengths, states=states)
    return max(apart), max(defined)


def _ours_first(theirs: Arrays, batch_first: bool) -> list[Any]:
    """Return the runtime's outputs batch first, and those of several directions one by one."""
    found = []
    for name, array in theirs.items():
        if name in ("Y_h", "Y_c"):
            found += list(array)
        elif array.ndim == 3 and not batch_first:
            found.append(np.swapaxes(array, 0, 1))
        else:
            found.append(array)
    return found


def _cut(array: Any, lengths: Any) -> Any:
    """Leave out what lies behind the ends of rows."""
    if lengths is None or array.ndim < 3:
        return array
    steps = np.arange(array.shape[1])
    return np.where((steps < lengths[:, None])[..., None], array, 0)
