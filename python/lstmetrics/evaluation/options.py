"""What all evaluations can be asked for beyond the metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstmetrics.errors import InvalidTypeError
from lstmetrics.evaluation.goals import Goal, read_goals
from lstmetrics.evaluation.intervals import Drawn
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.thresholds import Rule, read_rules

__all__ = ["Options", "Progress", "options_of", "read_history", "read_metrics"]

# Called with the rows done so far, and with how many there are, if that is known.
Progress = Callable[[int, int | None], object]


@dataclass(frozen=True)
class Options:
    """The keyword arguments that :func:`evaluate` and :func:`evaluate_predictions` share."""

    goals: list[Goal] | None = None
    drawn: Drawn = field(default_factory=Drawn)
    history: dict[str, list[float]] | None = None
    worst: int = 20
    near_duplicates: bool = False
    rules: list[Rule] = field(default_factory=list)
    progress: Progress | None = None


def options_of(
    *,
    goals: Mapping[str, float] | Iterable[Goal] | None = None,
    history: Any = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    worst: int = 20,
    near_duplicates: bool = False,
    thresholds: Iterable[Rule | str] | None = None,
    progress: Progress | None = None,
) -> Options:
    """Check keyword arguments."""
    return Options(
        goals=read_goals(goals),
        drawn=Drawn(level, replicates, seed),
        history=read_history(history),
        worst=worst,
        near_duplicates=near_duplicates,
        rules=read_rules(thresholds),
        progress=progress,
    )


def read_history(history: Any) -> dict[str, list[float]] | None:
    """Return losses by epoch, of what Keras's ``fit`` returns or of a mapping.

    Parameters
    ----------
    history : keras.callbacks.History, mapping from str to sequence of float, or None

    Returns
    -------
    dict of list of float, or None
    """
    if history is None:
        return None
    table = getattr(history, "history", history)
    if not isinstance(table, Mapping):
        raise InvalidTypeError(
            "history must be what Keras's fit returns, or a mapping such as "
            f"{{'loss': [...], 'val_loss': [...]}}, got {type(history).__name__}"
        )
    return {str(name): np.asarray(values, float).tolist() for name, values in table.items()}


def read_metrics(train: Any) -> dict[str, float] | None:
    """Return the metrics of the training data, of a report or a mapping.

    Parameters
    ----------
    train : Report, mapping from str to float, or None

    Returns
    -------
    dict of float, or None
    """
    if train is None:
        return None
    found = train.metrics if isinstance(train, Report) else train
    if not isinstance(found, Mapping):
        raise InvalidTypeError(
            "train must be a Report on the training data or its metrics, such as "
            f"{{'log_loss': 0.02}}, got {type(train).__name__}"
        )
    return {str(name): float(value) for name, value in found.items()}
