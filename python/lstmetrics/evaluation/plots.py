"""A report's charts with matplotlib, in the manner of scikit-learn's displays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from lstmetrics.errors import InvalidParameterError, MissingExtraError
from lstmetrics.evaluation.page.charts import chart_data
from lstmetrics.evaluation.page.view import MOST_CLASSES, row_totals

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_report"]

_BOUNDS = ("low", "high")
_NAN = float("nan")
_SIZE = 4.2  # inches of a panel


def plot_report(report: Mapping[str, Any], axes: Axes | None = None) -> Figure:
    """Draw a report's confusion matrix and curves, each in a panel; or the first of them alone.

    Parameters
    ----------
    report : mapping
        As :meth:`lstmetrics.evaluation.Report.to_dict` gives it.
    axes : matplotlib Axes, default=None
        Where to draw the first chart; a new figure for all of them when None.

    Returns
    -------
    matplotlib Figure

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    InvalidParameterError
        The report has nothing to draw.
    """
    panels = _panels(report)
    if not panels:
        raise InvalidParameterError("this report has nothing to draw: neither classes nor curves")
    if axes is not None:
        panels[0](axes)
        return cast("Figure", axes.get_figure(root=True))
    try:
        from matplotlib.figure import Figure as NewFigure
    except ImportError as error:
        raise MissingExtraError("plots need matplotlib", "plot") from error
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure = NewFigure(figsize=(_SIZE * columns, _SIZE * rows), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, place in zip(panels, places, strict=False):
        panel(place)
    for unused in places[len(panels) :]:
        unused.set_axis_off()
    return figure


def _panels(report: Mapping[str, Any]) -> list[Callable[[Axes], None]]:
    data = chart_data(report)
    panels: list[Callable[[Axes], None]] = []
    matrix, labels = report["confusion_matrix"], report["labels"]
    if matrix is not None and labels is not None and len(labels) <= MOST_CLASSES:
        names, totals = [_plain(label) for label in labels], row_totals(report)
        panels.append(lambda axes: _matrix(axes, matrix, totals, names))
    if "roc" in data:
        panels.append(
            lambda axes: _lines(axes, data["roc"], "false positive rate", "true positive rate")
        )
    if "precision_recall" in data:
        panels.append(lambda axes: _lines(axes, data["precision_recall"], "recall", "precision"))
    if "reliability" in data:
        panels.append(lambda axes: _reliability(axes, data["reliability"]))
    if "positions" in data:
        panels.append(lambda axes: _positions(axes, data["positions"]))
    if "history" in data:
        panels.append(lambda axes: _history(axes, data["history"]))
    return panels


def _plain(label: Any) -> str:
    """Return a label in which matplotlib finds no formula."""
    return str(label).replace("$", r"\$")


def _matrix(axes: Axes, matrix: list[list[int]], totals: list[int], labels: list[str]) -> None:
    shares = [
        [value / max(1, total) for value in row] for row, total in zip(matrix, totals, strict=True)
    ]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = list(range(len(labels)))
    axes.set_xticks(places, labels, rotation=45 if len(labels) > 4 else 0)
    axes.set_yticks(places, labels)
    if len(labels) <= 12:
        for row, values in enumerate(matrix):
            for column, value in enumerate(values):
                colour = "white" if shares[row][column] > 0.5 else "black"
                axes.text(column, row, f"{value:,}", ha="center", va="center", color=colour)
    axes.set(title="Confusion matrix", xlabel="predicted", ylabel="true")


def _lines(axes: Axes, curves: list[dict[str, Any]], x: str, y: str) -> None:
    for curve in curves:
        axes.plot(curve["x"], curve["y"], label=_plain(curve["label"]))
    if x == "false positive rate":
        axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
    if 1 < len(curves) <= 12:
        axes.legend()
    title = "ROC" if x == "false positive rate" else "Precision and recall"
    axes.set(title=title, xlabel=x, ylabel=y, xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))


def _reliability(axes: Axes, bins: dict[str, Any]) -> None:
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey")
    axes.plot(bins["prob_pred"], bins["prob_true"], marker="o")
    axes.set(title="Reliability", xlabel=bins["predicted"], ylabel=bins["observed"])
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))


def _positions(axes: Axes, rows: dict[str, list[Any]]) -> None:
    places = list(range(len(rows["positions"])))
    low, high = ([_NAN if value is None else value for value in rows[name]] for name in _BOUNDS)
    axes.fill_between(places, low, high, alpha=0.25)
    axes.plot(places, rows["cross_entropy"], marker="o")
    axes.set_xticks(places, rows["positions"], rotation=45)
    axes.set(title="Loss by position", xlabel="position in the text", ylabel="nats a token")
    axes.set_ylim(bottom=0)


def _history(axes: Axes, series: dict[str, list[float]]) -> None:
    for name, values in series.items():
        epochs = list(range(1, len(values) + 1))
        axes.plot(epochs, values, marker="o", label={"loss": "training"}.get(name, "validation"))
    axes.legend()
    axes.set(title="Loss by epoch", xlabel="epoch", ylabel="loss")
