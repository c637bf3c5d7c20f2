"""A model's self-test: what it gives for inputs that follow from its description alone.

A native file may hold the digests of those outputs. Whoever loads it makes the inputs again, runs
the model and compares: the same bits, or the file is not the model that was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import FormatError, LstmetricsError, ShapeError, UnsupportedError
from lstmetrics.models._inputs import Arrays
from lstmetrics.models.engine import Engine
from lstmetrics.models.network import Network

__all__ = ["check_self_test", "make_self_test"]

_VERSION = 1
_ROWS = 2
_STEPS = (8, 16, 32, 64)  # of inputs of any length; windows may need more than the fewest
_MOST_VALUES = 2**22  # of all inputs and outputs of layers together: 16 MB
_SKIP = "load_model(..., self_test=False) loads it unchecked"


def make_self_test(network: Network, engine: Engine) -> dict[str, Any]:
    """Run the model and return its self-test, JSON-ready.

    Raises
    ------
    UnsupportedError
        The model is too large to be run at each loading, or takes longer inputs.
    """
    for steps in _STEPS:
        try:
            outputs = _run(network, engine, _ROWS, steps)
        except ShapeError:  # a window longer than the input
            continue
        return {
            "version": _VERSION,
            "contract_version": _core.CONTRACT_VERSION,
            "rows": _ROWS,
            "steps": steps,
            "outputs": [_digest(one) for one in outputs],
        }
    raise UnsupportedError(
        f"self_test: the model cannot run on {_ROWS} rows of {_STEPS[-1]} steps; save it without"
    )


def check_self_test(test: Any, network: Network, engine: Engine) -> None:
    """Run the model again; FormatError where it gives other bits than the self-test tells.

    A test of another numeric contract, whose bits may be others, is not compared.
    """
    if not isinstance(test, dict) or type(test.get("version")) is not int:
        raise FormatError(f"the self-test is not one: it has no version; {_SKIP}")
    if test["version"] > _VERSION:
        raise UnsupportedError(
            f"the self-test's version {test['version']} is newer than {_VERSION}; update "
            f"lstmetrics, or {_SKIP}"
        )
    if test.get("contract_version") != _core.CONTRACT_VERSION:
        return
    rows, steps, expected = test.get("rows"), test.get("steps"), test.get("outputs")
    if rows != _ROWS or steps not in _STEPS or not isinstance(expected, list):
        raise FormatError(f"the self-test is not one: rows {rows!r}, steps {steps!r}; {_SKIP}")
    try:
        found = [_digest(one) for one in _run(network, engine, _ROWS, steps)]
    except LstmetricsError as error:
        raise FormatError(f"the self-test cannot run: {error}; {_SKIP}") from None
    if found != expected:
        raise FormatError(
            "the self-test gives other outputs than when the file was written: weights or layers "
            f"have changed since; convert the model anew, or {_SKIP}"
        )


def _run(network: Network, engine: Engine, rows: int, steps: int) -> Sequence[npt.NDArray[Any]]:
    """Return the outputs for the inputs of the self-test; no state of the model is touched."""
    nodes = network.spec(with_weights=False).shapes()
    sizes = [_sizes(shape, rows, steps) for shapes in nodes for shape in shapes]
    if sum(map(_count, sizes)) > _MOST_VALUES:
        raise UnsupportedError(
            f"self_test: the layers give over {_MOST_VALUES} values for {rows} rows: too many to "
            "check at each loading; save the model without"
        )
    inputs = [
        _ids(_sizes(nodes[index][0], rows, steps), network.vocabulary_size(one))
        if network.takes_ids(one)
        else _features(_sizes(nodes[index][0], rows, steps))
        for index, one in enumerate(network.inputs)
    ]
    outputs, _ = engine.session.run(inputs=inputs, batch_size=rows, initial_state=None)
    return outputs


def _sizes(shape: Sequence[int | None], rows: int, steps: int) -> tuple[int, ...]:
    return (rows, *(steps if size is None else size for size in shape[1:]))


def _count(sizes: Sequence[int]) -> int:
    count = 1
    for size in sizes:
        count *= size
    return count


def _ids(sizes: tuple[int, ...], vocabulary: int | None) -> Arrays:
    """Return ids that go through the vocabulary, 0 among them, which may be masked."""
    ids = np.arange(_count(sizes), dtype=np.int64) * 7 % (vocabulary or 1)
    return ids.reshape(sizes), None, None, None


def _features(sizes: tuple[int, ...]) -> Arrays:
    """Return features from -1 to 1 in eighths, which are exact."""
    eighths = np.arange(_count(sizes), dtype=np.int64) * 5 % 17 - 8
    return None, (eighths / 8).astype(np.float32).reshape(sizes), None, None


def _digest(output: npt.NDArray[Any]) -> dict[str, Any]:
    data = np.ascontiguousarray(output, dtype="<f4").tobytes()
    return {"shape": list(output.shape), "sha256": hashlib.sha256(data).hexdigest()}
