"""Class labels as indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.evaluation.plain import number_text

__all__ = ["Indices", "Label", "check_probabilities", "found_labels", "label_indices"]

Label = str | int
Indices = npt.NDArray[np.intp]


def label_indices(
    targets: npt.ArrayLike, labels: Sequence[Label], name: str = "targets", first_row: int = 0
) -> Indices:
    """Return the class index of each target.

    Parameters
    ----------
    targets : array_like of shape (n,)
        Labels of the same kind as `labels`; or, where those are text, class indices.
    labels : sequence of str or int
        The classes in order.
    name : str, default='targets'
        What the targets are called in errors.
    first_row : int, default=0
        The number of the first row, for errors.

    Returns
    -------
    ndarray of intp, shape (n,)
        Positions in `labels`.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        A target is none of the labels; the message names the first and its row.
    """
    values = as_labels(targets, name)
    if values.size == 0:
        return np.zeros(0, dtype=np.intp)
    names = np.asarray(labels)
    if names.dtype.kind == "U" and values.dtype.kind in "iub":
        names = np.arange(len(labels))
    if (names.dtype.kind == "U") != (values.dtype.kind == "U") or values.dtype.kind not in "iubUf":
        raise InvalidTypeError(
            f"{name} must be labels like {list(labels)[:3]}, got values of dtype {values.dtype}"
        )
    indices, wrong = _places(values, names)
    if wrong.size:
        row = int(wrong[0])
        raise InvalidValueError(
            f"{name}: {values[row].item()!r} at row {first_row + row} is none of the labels "
            f"{list(labels)}"
        )
    return indices


def _places(values: npt.NDArray[Any], names: npt.NDArray[Any]) -> tuple[Indices, Indices]:
    """Return the place of each value among the names, and where there is none."""
    if values.dtype.kind in "iub" and np.array_equal(names, np.arange(len(names))):
        wrong = np.flatnonzero((values < 0) | (values >= len(names)))
        return values.astype(np.intp, copy=False), wrong
    order = np.argsort(names, kind="stable")
    places = np.searchsorted(names, values, sorter=order).clip(max=len(names) - 1)
    indices: Indices = order[places]
    return indices, np.flatnonzero(names[indices] != values)


def as_labels(column: npt.ArrayLike, name: str) -> npt.NDArray[Any]:
    """Return a column of labels as an array that is not of objects."""
    values = np.asarray(column)
    if values.dtype == object:
        values = np.asarray(list(values))
    if values.ndim != 1:
        raise ShapeError(f"{name} must have one dimension, got shape {values.shape}")
    return values


def found_labels(*columns: npt.ArrayLike) -> list[Label]:
    """Return all labels that occur, sorted.

    Raises
    ------
    lstmetrics.errors.InvalidTypeError
        Some are text and some are not.
    lstmetrics.errors.InvalidValueError
        There are none.
    """
    arrays = [np.asarray(column) for column in columns]
    if len({array.dtype.kind in "iub" for array in arrays}) > 1:
        raise InvalidTypeError("true and predicted labels must both be text or both be integers")
    found = np.unique(np.concatenate([np.unique(array) for array in arrays]))
    if found.size == 0:
        raise InvalidValueError("there are no rows; name the classes by labels=")
    return list(found.tolist())


def check_probabilities(scores: npt.NDArray[Any], first_row: int = 0) -> None:
    """Refuse what is no probability.

    Raises
    ------
    lstmetrics.errors.InvalidTypeError
        They are no numbers.
    lstmetrics.errors.InvalidValueError
        One is NaN or outside [0, 1]; the message names the first, its row and its column.
    """
    if scores.dtype.kind not in "fiub":
        raise InvalidTypeError(f"scores must be probabilities, got dtype {scores.dtype}")
    if not scores.size or (scores.min() >= 0 and scores.max() <= 1):
        return
    wrong = np.argwhere(~((scores >= 0) & (scores <= 1)))
    place = tuple(wrong[0].tolist())
    column = f", column {place[1]}" if len(place) > 1 else ""
    value = scores[place].item()
    name = number_text(value)
    hint = "" if name == "NaN" else "; for logits use logits="
    raise InvalidValueError(
        f"scores must be probabilities in [0, 1], got {name} at row {first_row + place[0]}{column}"
        f"{hint}"
    )
