"""scikit-learn's own machinery on our functions, in this process and in joblib's workers."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, cross_validate

import lstmetrics
from lstmetrics._sklearn_patch._replacements import Calls
from support.scorers import Probe

RNG = np.random.default_rng(5)
X = RNG.standard_normal((120, 3))
Y = (X[:, 0] + RNG.standard_normal(120) > 0).astype(int)
SCORERS = ["accuracy", "balanced_accuracy", "f1_macro", "jaccard", "neg_log_loss", "precision"]


def test_cross_validation_runs_on_ours_and_finds_the_same() -> None:
    theirs = cross_validate(LogisticRegression(), X, Y, scoring=SCORERS)
    with lstmetrics.patch_sklearn() as patch:
        ours = cross_validate(LogisticRegression(), X, Y, scoring=SCORERS)
    assert set(patch.counts().values()) == {Calls(5, 0)}
    assert len(patch.counts()) == len(SCORERS)
    for name in SCORERS:
        np.testing.assert_allclose(ours[f"test_{name}"], theirs[f"test_{name}"], rtol=1e-14)


def test_the_default_score_runs_on_ours() -> None:
    with lstmetrics.patch_sklearn() as patch:
        LogisticRegression().fit(X, Y).score(X, Y)
    assert patch.counts() == {"accuracy_score": Calls(1, 0)}


def test_a_grid_search_runs_on_ours_and_outlives_the_patch() -> None:
    def search() -> GridSearchCV:
        grid = {"C": [0.01, 1.0]}
        return GridSearchCV(LogisticRegression(), grid, scoring="f1", cv=3).fit(X, Y)

    theirs = search()
    with lstmetrics.patch_sklearn() as patch:
        ours = search()
    assert patch.counts() == {"f1_score": Calls(6, 0)}
    assert ours.best_params_ == theirs.best_params_
    assert pickle.loads(pickle.dumps(ours)).score(X, Y) == theirs.score(X, Y)


def test_joblib_workers_run_ours() -> None:
    with lstmetrics.patch_sklearn():
        probe = Probe(get_scorer("f1_macro"))
        here = cross_validate(LogisticRegression(), X, Y, scoring=probe)
        there = cross_validate(LogisticRegression(), X, Y, scoring=probe, n_jobs=2)
    assert set(here["test_process"]) == {os.getpid()}
    assert os.getpid() not in set(there["test_process"])
    assert set(there["test_answered"]) == {1}
    assert list(there["test_score"]) == list(here["test_score"])


def test_registered_scorers_run_in_joblib_workers() -> None:
    theirs = cross_validate(LogisticRegression(), X, Y, scoring=SCORERS, n_jobs=2)
    with lstmetrics.patch_sklearn():
        ours = cross_validate(LogisticRegression(), X, Y, scoring=SCORERS, n_jobs=2)
    for name in SCORERS:
        np.testing.assert_allclose(ours[f"test_{name}"], theirs[f"test_{name}"], rtol=1e-14)


@pytest.mark.parametrize("name", ["f1_macro", "neg_log_loss"])
def test_a_pickled_scorer_needs_no_patch_where_it_is_loaded(name: str) -> None:
    with lstmetrics.patch_sklearn():
        sent = pickle.dumps(get_scorer(name))
    program = (
        "import pickle, sys; scorer = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
        "import sklearn.metrics\n"
        "print(type(scorer._score_func).__module__, type(sklearn.metrics.f1_score).__name__)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program, sent.hex()], capture_output=True, text=True, check=True
    ).stdout
    assert printed.split() == ["lstmetrics._sklearn_patch._replacements", "function"]
