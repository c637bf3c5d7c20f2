"""What Keras gave beside what we give for the same files, and beside the definitions."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lstmetrics import load_model
from lstmetrics.errors import UnsupportedError
from lstmetrics.models import Model
from support.differences import REFERENCE_TOLERANCE, TOLERANCE, difference, to_definition

# What we refuse by name: an LSTM of Keras 3 that is given states runs without its input's mask, and
# hands that mask on; the engine has no such layer. And of Keras 2.2.5 to 2.3.1 a Bidirectional that
# is given states and a mask.
REFUSED = (
    "ran without it, as Keras 3 does; this is not supported",
    "gives for masked first steps is not supported",
)


@dataclass
class Comparison:
    """All models of one version of Keras."""

    version: dict[str, str]
    made: int = 0
    refused: list[Any] = field(default_factory=list)  # by Keras
    unsupported: int = 0  # by us, see REFUSED
    failed: list[str] = field(default_factory=list)
    to_keras: float = 0.0
    to_reference: float = 0.0
    files: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, folder: Path) -> Comparison:
        """Compare every model that ``make.py`` wrote into a folder."""
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        found = cls(index["version"], refused=index["refused"])
        for one in index["made"]:
            found._add(folder, one)
        return found

    def row(self) -> str:
        """One line of the table."""
        name = f"{self.version['module']} {self.version['keras']} ({self.version['backend']})"
        kinds = " + ".join(f"{count} {ending}" for ending, count in sorted(self.files.items()))
        return (
            f"| {name} | {self.made} ({kinds}) | {self.to_keras:.1e} | {self.to_reference:.1e} | "
            f"{self.unsupported} | {len(self.failed)} |"
        )

    def _add(self, folder: Path, one: dict[str, Any]) -> None:
        label = f"{self.version['keras']} {one['options']}"
        try:
            model = load_model(folder / one["file"])
            with np.load(folder / f"{one['name']}.npz") as data:
                keras, reference = _differences(model, dict(data))
        except UnsupportedError as error:
            if not any(one in str(error) for one in REFUSED):
                self.failed.append(f"{label}: {error}")
            self.unsupported += 1
            return
        except Exception as error:  # any is a failure to be told of
            self.failed.append(f"{label}: {type(error).__name__}: {error}")
            return
        self.made += 1
        self.files[_kind_of(folder / one["file"])] += 1
        self.to_keras = max(self.to_keras, keras)
        self.to_reference = max(self.to_reference, reference)
        if not keras <= TOLERANCE or not reference <= REFERENCE_TOLERANCE:
            self.failed.append(f"{label}: {keras:.1e} to Keras, {reference:.1e} to the definition")


def _kind_of(path: Path) -> str:
    """What the file is, whatever its name: Keras before 2.13 wrote HDF5 into .keras files."""
    if not zipfile.is_zipfile(path):
        return "HDF5"
    with zipfile.ZipFile(path) as archive:
        return ".keras with npz" if "model.weights.npz" in archive.namelist() else ".keras"


def _differences(model: Model, data: dict[str, Any]) -> tuple[float, float]:
    """The largest difference to Keras, and to the definition."""
    keras, reference = [0.0], [0.0]
    for batch in range(_count(data, "input {} 0")):
        inputs = [data[f"input {batch} {k}"] for k in range(_count(data, f"input {batch} {{}}"))]
        outputs = [data[f"output {batch} {k}"] for k in range(_count(data, f"output {batch} {{}}"))]
        found = model.predict(inputs if len(inputs) > 1 else inputs[0], batch_size=len(inputs[0]))
        ours = found if isinstance(found, list) else [found]
        keras += [difference(a, b) for a, b in zip(ours, outputs, strict=True)]
        if batch == 0:
            reference += to_definition(model, inputs, ours)
    return max(keras), max(reference)


def _count(data: dict[str, Any], pattern: str) -> int:
    return next(k for k in range(len(data) + 1) if pattern.format(k) not in data)
