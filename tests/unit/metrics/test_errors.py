"""The tree of errors, how the core's become Python's, and warnings without scikit-learn."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys

import numpy as np
import pytest

from lstmetrics import _arrays, errors, metrics
from lstmetrics.errors import LstmetricsError, MissingExtraError
from lstmetrics.streaming import Confusion, Loss, Tokens

CLASSES = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind is not LstmetricsError
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_is_ours_and_a_builtin(kind: type[Exception]) -> None:
    assert issubclass(kind, LstmetricsError)
    assert issubclass(kind, ValueError | TypeError | ImportError)
    assert kind.__name__ in errors.__all__


def test_a_missing_extra_is_named() -> None:
    error = MissingExtraError("the command line", "cli")
    assert str(error) == "the command line needs an extra: pip install 'lstmetrics[cli]'"
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (str(twin), twin.extra) == (str(error), "cli")


def test_both_modules_raise_the_same_classes() -> None:
    labels = np.array([0.5, 1.0])
    with pytest.raises(errors.InvalidValueError) as from_core:
        Confusion().update(labels, labels)
    with pytest.raises(errors.InvalidValueError) as from_arrays:
        _arrays.accuracy(labels, labels, None, True)
    assert str(from_core.value) == str(from_arrays.value)
    assert type(from_core.value) is type(from_arrays.value) is errors.InvalidValueError


@pytest.mark.parametrize("thing", [None, "text", object(), 3])
def test_what_is_no_buffer_is_refused_by_its_argument(thing: object) -> None:
    with pytest.raises(errors.InvalidTypeError, match="y_true: expected an array of numbers"):
        _arrays.accuracy(thing, np.array([1]), None, True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([1, 2], ">i8"), "byte order is not this machine's"),
        (np.array([1, 2], np.longdouble), "format 'g'"),
        (np.array([1 + 1j, 2]), "format 'Zd'"),
        (np.array([b"a", b"b"]), "format '1s'"),
        (np.array(["2020", "2021"], "M8[Y]"), "got numpy.ndarray"),
        (np.zeros(2, [("a", "i4"), ("b", "i4")]), "format 'T{"),
        (np.zeros((2, 2)), "expected 1 dimension, got 2"),
    ],
)
def test_arrays_that_cannot_be_viewed(array: np.ndarray, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(LstmetricsError) as caught:
        _arrays.accuracy(array, array, None, True)
    assert message in str(caught.value)
    assert str(caught.value).startswith("y_true: ")


def test_anything_with_a_buffer_is_read() -> None:
    assert _arrays.accuracy(bytearray(b"\0\1\1"), memoryview(b"\0\1\0"), None, True)[0] == 2 / 3  # type: ignore[arg-type]
    for column in (np.broadcast_to(np.int16(3), 5), np.zeros(5, "U0"), np.array([True] * 5)):
        assert _arrays.accuracy(column, column, None, True)[0] == 1.0


def test_arrays_are_let_go_of() -> None:
    """No view outlives its call, refused ones included."""
    column = np.array([0, 1, 1])
    objects = np.array(["a", "b", None], object)
    before = sys.getrefcount(column), sys.getrefcount(objects)
    for _ in range(5):
        metrics.accuracy_score(column, column)
        with pytest.raises(LstmetricsError):
            metrics.accuracy_score(column, objects)
        with pytest.raises(LstmetricsError):
            Confusion().update(column, column[:2])
    del _
    assert (sys.getrefcount(column), sys.getrefcount(objects)) == before


def test_arguments_of_another_kind_keep_pythons_own_errors() -> None:
    for state in (Confusion(), Loss("user"), Tokens()):
        assert state != 3
        assert state.__add__(3) is NotImplemented
        assert state.__iadd__(3) is NotImplemented
    with pytest.raises(TypeError, match="incompatible function arguments"):
        Tokens().update(np.zeros((1, 2)), [0], characters="many")  # type: ignore[arg-type]


def test_warnings_without_sklearn_are_our_own() -> None:
    program = (
        "import sys, warnings\n"
        "from lstmetrics.metrics import recall_score\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    recall_score([0, 0], [0, 1])\n"
        "assert 'sklearn' not in sys.modules\n"
        "print(caught[0].category.__module__, caught[0].category.__name__, caught[0].lineno)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["lstmetrics._warnings", "UndefinedMetricWarning", "5"]
