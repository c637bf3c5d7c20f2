"""Where a patch reaches, that it leaves no trace, and when it refuses."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import sklearn
import sklearn.ensemble._bagging
import sklearn.metrics
import sklearn.metrics._plot.confusion_matrix
from sklearn.metrics._scorer import _SCORERS, _BaseScorer

import lstmetrics
from lstmetrics import metrics
from lstmetrics._sklearn_patch import _patch, _replacements
from lstmetrics.errors import MissingExtraError, UnsupportedError
from lstmetrics.metrics import _delegation as delegation

SHARED = [name for name in metrics.__all__ if name in sklearn.metrics.__all__]


@pytest.fixture(autouse=True)
def _unpatched_afterwards() -> Iterator[None]:
    yield
    assert not _patch._active, "a test left its patch in force"


def _everything() -> dict[str, Any]:
    """Every attribute of every module of scikit-learn, and the function of every scorer."""
    found = {
        f"{name}.{key}": value
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == "sklearn" and isinstance(module, ModuleType)
        for key, value in list(vars(module).items())
    }
    scorers = {f"scorer {name}": scorer for name, scorer in _SCORERS.items()}
    scorers |= {key: value for key, value in found.items() if isinstance(value, _BaseScorer)}
    return found | {f"function of {key}": one._score_func for key, one in scorers.items()}


def _is_ours(thing: Any) -> bool:
    return isinstance(thing, _replacements.Replacement)


@pytest.mark.parametrize("name", SHARED)
def test_every_function_of_ours_is_put_in(name: str) -> None:
    with lstmetrics.patch_sklearn() as patch:
        assert name in patch.functions
        assert _is_ours(getattr(sklearn.metrics, name))


def test_no_original_is_left_and_everything_else_is_as_it_was() -> None:
    lstmetrics.patch_sklearn().undo()  # what this imports is there from the start
    before = _everything()
    originals = {delegation.original(name) for name in _replacements.replaceable()}
    with lstmetrics.patch_sklearn():
        patched = _everything()
        held = {key: value for key, value in before.items() if _is_one_of(value, originals)}
        assert len(held) > len(originals)
        for key, value in before.items():
            assert _is_ours(patched[key]) if key in held else patched[key] is value
    after = _everything()
    assert after.keys() == before.keys()
    assert not [key for key in before if after[key] is not before[key]]


def _is_one_of(value: Any, functions: set[Any]) -> bool:
    return callable(value) and any(value is function for function in functions)


def test_modules_that_import_a_name_get_ours_and_give_it_back() -> None:
    place = sklearn.ensemble._bagging
    original = place.accuracy_score
    with lstmetrics.patch_sklearn():
        assert _is_ours(place.accuracy_score)
        assert _is_ours(sklearn.metrics._plot.confusion_matrix.confusion_matrix)
    assert place.accuracy_score is original


def test_modules_loaded_while_patched_get_ours_and_give_it_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "sklearn.metrics._plot.confusion_matrix"
    with lstmetrics.patch_sklearn():
        monkeypatch.delitem(sys.modules, name)
        again = importlib.import_module(name)
        assert _is_ours(again.confusion_matrix)
    assert again.confusion_matrix is sklearn.metrics.confusion_matrix
    assert not _is_ours(again.confusion_matrix)


def test_scorers_run_ours() -> None:
    with lstmetrics.patch_sklearn():
        for name in ("accuracy", "f1_macro", "neg_log_loss", "jaccard"):
            assert _is_ours(_SCORERS[name]._score_func)
            assert _is_ours(sklearn.metrics.get_scorer(name)._score_func)
        assert not _is_ours(_SCORERS["r2"]._score_func)


def test_patches_nest_and_may_end_in_any_order() -> None:
    original = sklearn.metrics.f1_score
    first = lstmetrics.patch_sklearn()
    second = lstmetrics.patch_sklearn()
    first.undo()
    assert not first.active
    assert second.active
    assert _is_ours(sklearn.metrics.f1_score)
    first.undo()  # again: nothing
    assert _is_ours(sklearn.metrics.f1_score)
    second.undo()
    assert sklearn.metrics.f1_score is original


def test_unpatch_undoes_the_latest() -> None:
    original = sklearn.metrics.f1_score
    first, second = lstmetrics.patch_sklearn(), lstmetrics.patch_sklearn()
    lstmetrics.unpatch_sklearn()
    assert (first.active, second.active) == (True, False)
    lstmetrics.unpatch_sklearn()
    assert sklearn.metrics.f1_score is original
    lstmetrics.unpatch_sklearn()  # none is in force: nothing
    assert sklearn.metrics.f1_score is original


def test_a_with_block_may_be_left_after_unpatching_and_by_an_error() -> None:
    original = sklearn.metrics.f1_score
    with lstmetrics.patch_sklearn():
        lstmetrics.unpatch_sklearn()
        assert sklearn.metrics.f1_score is original
    with pytest.raises(KeyError), lstmetrics.patch_sklearn():
        raise KeyError
    assert sklearn.metrics.f1_score is original


def test_threads_may_patch_at_the_same_time() -> None:
    original = sklearn.metrics.f1_score
    wrong: list[Any] = []

    def work() -> None:
        for _ in range(50):
            with lstmetrics.patch_sklearn():
                function = sklearn.metrics.f1_score
                if not _is_ours(function) or function([0, 1], [0, 1]) != 1.0:
                    wrong.append(function)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sklearn.metrics.f1_score is original


@pytest.mark.parametrize("version", ["1.8.0", "1.10.1", "1.19", "2.0"])
def test_other_versions_are_refused(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sklearn, "__version__", version)
    with pytest.raises(UnsupportedError, match=rf"scikit-learn 1\.9\.x, and this is {version}"):
        lstmetrics.patch_sklearn()
    assert not _is_ours(sklearn.metrics.f1_score)


def test_a_missing_scikit_learn_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'lstmetrics\[sklearn\]'"):
        lstmetrics.patch_sklearn()


def test_a_broken_scikit_learn_is_not_called_a_missing_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "sklearn.metrics")
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    for name in [name for name in sys.modules if name.startswith("sklearn.metrics.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError) as caught:
        _replacements.replaceable()
    assert not isinstance(caught.value, MissingExtraError)


def test_naming_the_function_loads_no_scikit_learn() -> None:
    program = (
        "import sys, lstmetrics; lstmetrics.patch_sklearn; print('sklearn' in sys.modules);"
        "lstmetrics.patch_sklearn(); print('sklearn' in sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert printed.split() == ["False", "True"]
