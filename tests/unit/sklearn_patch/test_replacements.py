"""What stands in scikit-learn's places: its looks, its answers, and what it passes on."""

from __future__ import annotations

import copy
import inspect
import pickle
import pydoc
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sklearn
import sklearn.metrics
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.utils._param_validation import InvalidParameterError

import lstmetrics
from lstmetrics import errors, metrics
from lstmetrics._sklearn_patch import SklearnPatch
from lstmetrics._sklearn_patch._replacements import Calls, replacement
from lstmetrics.metrics import _delegation as delegation

SHARED = [name for name in metrics.__all__ if name in sklearn.metrics.__all__]
Y_TRUE, Y_PRED = [0, 1, 1, 0, 1], [0, 1, 0, 0, 1]


@pytest.fixture
def patch() -> Iterator[SklearnPatch]:
    with lstmetrics.patch_sklearn() as patch:
        yield patch


@pytest.mark.parametrize("name", SHARED)
def test_it_looks_like_the_original(name: str) -> None:
    original, ours = getattr(sklearn.metrics, name), replacement(name)
    assert str(inspect.signature(ours)) == str(inspect.signature(original))
    for attribute in ("__name__", "__qualname__", "__module__", "__doc__"):
        assert getattr(ours, attribute) == getattr(original, attribute)
    assert ours._skl_parameter_constraints is original._skl_parameter_constraints
    assert ours.__wrapped__ is original
    assert name in repr(ours)
    assert pydoc.plain(pydoc.render_doc(ours)).count(f"{name}(") >= 1


@pytest.mark.parametrize("name", SHARED)
def test_our_signature_is_scikit_learns(name: str) -> None:
    """Else a keyword that scikit-learn takes would be an error."""
    ours, theirs = (inspect.signature(getattr(home, name)) for home in (metrics, sklearn.metrics))
    assert [(one.name, one.kind, repr(one.default)) for one in ours.parameters.values()] == [
        (one.name, one.kind, repr(one.default)) for one in theirs.parameters.values()
    ]


@pytest.mark.parametrize("name", SHARED)
def test_there_is_one_of_each_however_it_is_copied(name: str) -> None:
    ours = replacement(name)
    assert replacement(name) is ours
    assert copy.copy(ours) is ours
    assert copy.deepcopy(ours) is ours
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(ours, protocol)) is ours


def test_it_binds_as_a_function_does() -> None:
    class Owner:
        score = replacement("accuracy_score")

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return np.array([0, 1])

    assert Owner.score is replacement("accuracy_score")
    assert Owner().score([0, 1]) == 1.0


def test_the_answers_are_ours(patch: SklearnPatch) -> None:
    assert sklearn.metrics.f1_score(Y_TRUE, Y_PRED) == metrics.f1_score(Y_TRUE, Y_PRED)
    assert sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED) == 0.8
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED[1:])
    assert patch.counts() == {"accuracy_score": Calls(2, 0), "f1_score": Calls(1, 0)}
    assert repr(patch).endswith("in force: 3 calls answered, 0 delegated>")


def test_counts_are_of_one_patch_and_stay(patch: SklearnPatch) -> None:
    sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED)
    with lstmetrics.patch_sklearn() as inner:
        sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED)
    sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED)
    assert inner.counts() == {"accuracy_score": Calls(1, 0)}
    assert "undone: 1 calls" in repr(inner)
    assert patch.counts() == {"accuracy_score": Calls(3, 0)}


def test_calls_of_many_threads_are_all_counted(patch: SklearnPatch) -> None:
    def work() -> None:
        for _ in range(200):
            sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert patch.counts() == {"accuracy_score": Calls(800, 0)}


def test_a_delegated_call_is_scikit_learns_alone(patch: SklearnPatch) -> None:
    """Its functions call each other by names that are ours now: not while they answer."""
    report = delegation.delegate("classification_report", Y_TRUE, Y_PRED)
    assert "accuracy" in report
    assert patch.counts() == {}
    assert not delegation.is_delegating()
    with pytest.raises(ValueError, match="inconsistent"):
        delegation.delegate("f1_score", [0], [0, 1])
    assert not delegation.is_delegating()


def test_the_original_is_found_while_patched(patch: SklearnPatch) -> None:
    assert patch.active
    assert delegation.original("f1_score") is replacement("f1_score").__wrapped__


def test_invalid_parameters_are_scikit_learns_error_too(patch: SklearnPatch) -> None:
    assert patch.active
    message = "The 'average' parameter of f1_score must be a str among"
    for kind in (InvalidParameterError, errors.InvalidParameterError, ValueError, TypeError):
        with pytest.raises(kind, match=message):
            sklearn.metrics.f1_score(Y_TRUE, Y_PRED, average="all")


def test_invalid_parameters_survive_pickling() -> None:
    with pytest.raises(InvalidParameterError) as caught:
        metrics.f1_score(Y_TRUE, Y_PRED, average="all")
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, InvalidParameterError)
    assert str(again) == str(caught.value)


def test_parameters_that_scikit_learn_does_not_look_at_are_passed_on(patch: SklearnPatch) -> None:
    class Truth:
        def __bool__(self) -> bool:
            return True

    arguments = {"normalize": Truth()}
    with pytest.raises(InvalidParameterError):
        sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED, **arguments)
    with sklearn.config_context(skip_parameter_validation=True):
        assert sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED, **arguments) == 0.8
        assert sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED) == 0.8
    assert patch.counts() == {"accuracy_score": Calls(2, 1)}


def test_warnings_are_scikit_learns_at_the_callers_line(patch: SklearnPatch) -> None:
    assert patch.active
    with pytest.warns(UndefinedMetricWarning, match="Precision is ill-defined") as caught:
        sklearn.metrics.precision_score([0, 1], [0, 0])
    assert [warning.filename for warning in caught] == [__file__]


class _Foreign:
    """An array of another library, as far as anybody asks."""

    def __init__(self, values: list[int]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.values, dtype)

    def __dlpack__(self) -> Any:
        raise BufferError

    def __dlpack_device__(self) -> Any:
        raise BufferError


def test_arrays_of_other_libraries_are_passed_on_where_scikit_learn_dispatches(
    patch: SklearnPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dispatch needs a setting from before scipy was loaded, so its configuration is made up."""
    ours = replacement("accuracy_score")
    heard = []
    monkeypatch.setattr(ours, "_configuration", lambda: {"array_api_dispatch": True})
    monkeypatch.setattr(
        delegation, "original", lambda *_: lambda *args, **kwargs: heard.append((args, kwargs))
    )
    foreign, weights = _Foreign(Y_TRUE), _Foreign([1] * 5)
    sklearn.metrics.accuracy_score(foreign, Y_PRED)
    sklearn.metrics.accuracy_score(Y_TRUE, Y_PRED, sample_weight=weights)
    assert sklearn.metrics.accuracy_score(np.array(Y_TRUE), Y_PRED) == 0.8
    assert heard == [((foreign, Y_PRED), {}), ((Y_TRUE, Y_PRED), {"sample_weight": weights})]
    assert patch.counts() == {"accuracy_score": Calls(1, 2)}
