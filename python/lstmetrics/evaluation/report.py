"""What an evaluation found, for people and for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.runtime import info

__all__ = ["Report"]


@dataclass(frozen=True, eq=False)
class Report:
    """The result of :func:`lstmetrics.evaluate`.

    Attributes
    ----------
    kind : str
        ``"classification"`` or ``"language model"``.
    samples : int
        How many samples, or predicted tokens.
    metrics : dict of str to float
        The headline metrics. Losses are in nats; precision, recall and F1 without a suffix are
        those of the second of two classes.
    digest : str
        SHA-256 over the states of the evaluation: equal digests mean equal results to the last
        bit, whatever machine, batch size, threads or sharding gave them.
    digests : dict of str to str
        The digest of each state and, under ``"outputs"``, of the model's raw outputs in the order
        of the data.
    labels, per_class, confusion
        Of a classification: the classes; precision, recall, F1 and support of each; the matrix,
        rows true and columns predicted.
    seconds : float
        Wall time.
    versions : dict
        :func:`lstmetrics.info` at the time.
    """

    kind: str
    samples: int
    metrics: dict[str, float]
    digest: str
    digests: dict[str, str]
    seconds: float
    model: str | None = None
    labels: list[str | int] | None = None
    per_class: list[dict[str, Any]] | None = None
    confusion: npt.NDArray[Any] | None = None
    versions: dict[str, Any] = field(default_factory=info)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python objects; NaN and infinities stay floats."""
        return {
            "kind": self.kind,
            "model": self.model,
            "samples": self.samples,
            "metrics": dict(self.metrics),
            "labels": self.labels,
            "per_class": self.per_class,
            "confusion_matrix": None if self.confusion is None else self.confusion.tolist(),
            "digest": self.digest,
            "digests": dict(self.digests),
            "seconds": self.seconds,
            "versions": dict(self.versions),
        }

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return :meth:`to_dict` as JSON; NaN and infinities, which JSON lacks, become null.

        Parameters
        ----------
        indent : int or None, default=2
            As :func:`json.dumps` takes it.
        """
        return json.dumps(_finite(self.to_dict()), indent=indent, ensure_ascii=False)

    def throughput(self) -> str:
        """Return how much was evaluated in what time, in words."""
        unit = "tokens" if self.kind == "language model" else "samples"
        rate = f", {self.samples / self.seconds:,.0f} a second" if self.seconds > 0 else ""
        return f"{self.samples:,} {unit} in {self.seconds:.3f} s{rate}"

    def __repr__(self) -> str:
        title = f"{self.kind.capitalize()} report" + (f": {self.model}" if self.model else "")
        lines = [title, self.throughput(), ""]
        width = max(len(name) for name in self.metrics)
        lines += [f"  {name:<{width}}  {value:.6g}" for name, value in self.metrics.items()]
        lines += self._per_class_lines() + self._confusion_lines()
        return "\n".join([*lines, "", f"  digest  {self.digest}"])

    def _per_class_lines(self) -> list[str]:
        if not self.per_class:
            return []
        width = max(5, *(len(str(row["label"])) for row in self.per_class))
        head = f"  {'class':<{width}}  precision  recall      f1  support"
        return ["", head] + [
            f"  {row['label']!s:<{width}}  {row['precision']:9.4f}  {row['recall']:6.4f}  "
            f"{row['f1']:6.4f}  {row['support']:7,}"
            for row in self.per_class
        ]

    def _confusion_lines(self) -> list[str]:
        if self.confusion is None or self.labels is None or len(self.labels) > 12:
            return []
        names = [str(label) for label in self.labels]
        width = max(9, *(len(name) for name in names))
        cell = max(*(len(name) for name in names), *(len(f"{v:,}") for v in self.confusion.flat))
        head = " ".join(f"{name:>{cell}}" for name in names)
        lines = ["", f"  {'true/pred':<{width}}  {head}"]
        for name, row in zip(names, self.confusion.tolist(), strict=True):
            lines.append(f"  {name:<{width}}  " + " ".join(f"{value:>{cell},}" for value in row))
        return lines


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
