"""Confusion's agreement, Jaccard and report: declared labels, no samples, and what is refused."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest

from lstmetrics import metrics
from lstmetrics.errors import InvalidParameterError, InvalidValueError, UnsupportedError
from lstmetrics.streaming import Confusion

Y_TRUE = ["spam", "ham", "spam", "eggs", "ham", "ham"]
Y_PRED = ["spam", "spam", "ham", "eggs", "ham", "ham"]


def test_pieces_merged_are_the_functions() -> None:
    state = Confusion().update(Y_TRUE[:2], Y_PRED[:2]) + Confusion().update(Y_TRUE[2:], Y_PRED[2:])
    given = (Y_TRUE, Y_PRED)
    assert state.zero_one_loss() == state.hamming_loss() == metrics.zero_one_loss(*given)
    assert state.matthews_corrcoef() == metrics.matthews_corrcoef(*given)
    for weights in (None, "linear", "quadratic"):
        assert state.cohen_kappa(weights=weights) == metrics.cohen_kappa_score(
            *given, weights=weights
        )
    for average in ("macro", "micro", "weighted"):
        assert state.jaccard(average=average) == metrics.jaccard_score(*given, average=average)
    assert state.report() == metrics.classification_report(*given)
    assert state.report(output_dict=True) == metrics.classification_report(*given, output_dict=True)
    assert (state.against_rest() == metrics.multilabel_confusion_matrix(*given)).all()
    names: dict[str, Any] = {"labels": ["spam", "eggs"], "target_names": ["S", "E"], "digits": 3}
    assert state.report(**names) == metrics.classification_report(*given, **names)


def test_without_samples_there_is_nothing_to_say() -> None:
    state = Confusion(labels=["ham", "spam"])
    for value in (state.zero_one_loss(), state.hamming_loss(), state.matthews_corrcoef()):
        assert math.isnan(value)
    assert state.zero_one_loss(normalize=False) == 0
    with pytest.warns(UserWarning, match="`cohen_kappa_score` is undefined"):
        assert math.isnan(state.cohen_kappa())
    assert state.against_rest().tolist() == [[[0, 0], [0, 0]]] * 2


def test_declared_labels_that_never_came_are_in_the_report() -> None:
    state = Confusion(labels=[0, 1, 2]).update([0, 1], [0, 1])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = state.report()
    assert report == metrics.classification_report(
        [0, 1], [0, 1], labels=[0, 1, 2], zero_division=0
    )
    assert len(caught) == 9  # three scores, of the labels and of two averages over them


def test_what_is_undefined_is_said() -> None:
    state = Confusion().update([0, 0], [0, 0])
    with pytest.warns(UserWarning, match="only one label in common"):
        assert state.cohen_kappa(replace_undefined_by=0.5) == 0.5
    state.update([1], [1])
    with pytest.warns(UserWarning, match="`positive_likelihood_ratio` is ill-defined"):
        assert state.likelihood_ratios(replace_undefined_by={"LR+": 9.0, "LR-": 0.5}) == (9.0, 0.0)
    with pytest.warns(UserWarning, match="Jaccard is ill-defined"):
        assert state.jaccard(labels=[7], average="macro") == 0


def test_refusals() -> None:
    state = Confusion().update([0, 1, 2], [0, 1, 1])
    with pytest.raises(InvalidValueError, match="Target is multiclass but average='binary'"):
        state.jaccard()
    with pytest.raises(UnsupportedError, match="multilabel"):
        state.jaccard(average="samples")
    with pytest.raises(InvalidValueError, match="need two labels"):
        state.likelihood_ratios()
    with pytest.raises(InvalidValueError, match="size of target_names, 2"):
        state.report(target_names=["a", "b"])
    refused: list[tuple[Any, dict[str, Any]]] = [
        (state.cohen_kappa, {"weights": "cubic"}),
        (state.cohen_kappa, {"replace_undefined_by": 2}),
        (state.likelihood_ratios, {"replace_undefined_by": 2}),
        (state.report, {"digits": -1}),
        (state.report, {"output_dict": 1}),
        (state.zero_one_loss, {"normalize": 2}),
    ]
    for method, keywords in refused:
        with pytest.raises(InvalidParameterError, match=next(iter(keywords))):
            method(**keywords)
