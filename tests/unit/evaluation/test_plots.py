"""A report's charts with matplotlib."""

from __future__ import annotations

import re
import sys

import pytest

import lstmetrics
from lstmetrics import demo
from lstmetrics.errors import InvalidParameterError, MissingExtraError
from support.reports import binary_report

figures = pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")


def _titles(figure: object) -> list[str]:
    return [axes.get_title() for axes in figure.axes if axes.get_title()]  # type: ignore[attr-defined]


def test_each_chart_has_a_panel() -> None:
    assert _titles(binary_report().plot()) == [
        "Confusion matrix",
        "ROC",
        "Precision and recall",
        "Reliability",
        "Loss by epoch",
    ]
    assert _titles(demo.run()["language_model"].plot()) == ["Loss by position"]


def test_the_matrix_holds_the_counts() -> None:
    report = lstmetrics.evaluate_predictions(["a", "b", "b"], y_pred=["a", "b", "a"])
    figure = report.plot()
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["1", "0", "1", "1"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b"]


def test_drawn_where_the_caller_says() -> None:
    figure = figures.Figure()
    axes = figure.subplots()
    assert binary_report().plot(axes) is figure
    assert axes.get_title() == "Confusion matrix"


def test_labels_are_no_formulas() -> None:
    report = lstmetrics.evaluate_predictions(["$x^2$", "b"], y_pred=["$x^2$", "b"])
    figure = report.plot()
    figure.canvas.draw()
    assert figure.axes[0].get_xticklabels()[0].get_text() == r"\$x^2\$"


def test_nothing_to_draw() -> None:
    truth = list(range(40))
    report = lstmetrics.evaluate_predictions(truth, y_pred=truth)
    with pytest.raises(InvalidParameterError, match="nothing to draw"):
        report.plot()


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=re.escape("pip install 'lstmetrics[plot]'")):
        binary_report().plot()
