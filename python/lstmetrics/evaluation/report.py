"""What an evaluation found, for people and for machines."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from lstmetrics.errors import InvalidParameterError
from lstmetrics.evaluation.findings import Finding, Verdict
from lstmetrics.evaluation.plain import finite, plain
from lstmetrics.evaluation.text import report_text
from lstmetrics.runtime import info
from lstmetrics.streaming import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Report"]

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, eq=False)
class Report:
    """The result of :func:`lstmetrics.evaluate`: plain data, from which all else is made.

    Attributes
    ----------
    kind : str
        ``"classification"``, ``"tagging"`` or ``"language model"``.
    task : str or None
        Of a classification: ``"binary"``, ``"multiclass"`` or ``"multilabel"``.
    samples : int
        How many samples, or predicted tokens.
    metrics : dict of str to float
        The headline metrics. Losses are in nats; precision, recall and F1 without a suffix are
        those of the positive one of two classes.
    intervals : dict of str to Interval
        Confidence intervals of the metrics that have one, by the same names.
    verdict, findings
        Whether the model is good enough, and why not: see :class:`Verdict` and :class:`Finding`.
    labels, pos_label, per_class, confusion
        Of a classification: the classes; the positive one of two; precision, recall and F1 with
        intervals and support of each; the matrix, rows true and columns predicted.
    baseline : dict
        What knowing nothing but frequencies gives: the majority class and its share, the test of
        chance; of a language model, the uniform and the unigram perplexity.
    calibration : dict or None
        ``bins`` of the likeliest class's probability: ``lower``, ``upper``, ``samples``,
        ``prob_true``, ``prob_pred``.
    temperature : dict or None
        The temperature fitted on validation data; calibration and loss of the test data ``before``
        and ``after``.
    curves : dict
        By the text of a class: ``roc`` (``fpr``, ``tpr``), ``precision_recall`` (``recall``,
        ``precision``) and ``outcomes`` (``thresholds``, and ``tn``, ``fp``, ``fn``, ``tp`` where it
        is called when its score is at least that), each a list of numbers.
    thresholds : list of dict
        Operating points chosen on validation data and measured here.
    slices : list of dict
        ``column``, ``value``, ``samples``, ``metrics`` and ``intervals`` of parts of the data.
    worst : list of dict
        The mistakes that the model was surest of; of a language model, the most surprising tokens.
    sure : dict or None
        How many ``samples`` the model was very sure of, and how many of them it had ``wrong``.
    positions : list of dict
        Of a language model: the loss by position in the text.
    precisions : list of dict
        What the model gives in other precisions that were asked for: ``precision``, ``metrics``,
        the ``differences`` from this one with paired intervals, McNemar's ``p_value``, and how many
        predictions ``differ``; of a language model, how many tokens are right in one alone.
    train, history : dict or None
        Metrics on the training data; losses by epoch.
    duplicates : dict or None
        Texts that occur more than once, here and in the training data.
    data : dict
        Facts about the input: rows left out, tokens out of the vocabulary, texts cut off.
    digest : str
        SHA-256 over the states of the evaluation: equal digests mean equal results to the last
        bit, whatever machine, batch size, threads or sharding gave them.
    digests : dict of str to str
        The digest of each state and, under ``"outputs"``, of the model's raw outputs in the order
        of the data.
    seconds : float
        Wall time.
    versions : dict
        :func:`lstmetrics.info` at the time.
    """

    kind: str
    samples: int
    metrics: dict[str, float]
    digest: str
    digests: dict[str, str]
    seconds: float
    task: str | None = None
    model: str | None = None
    intervals: dict[str, Interval] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=lambda: Verdict("cannot tell"))
    findings: list[Finding] = field(default_factory=list)
    labels: list[str | int] | None = None
    pos_label: str | int | None = None
    per_class: list[dict[str, Any]] | None = None
    confusion: npt.NDArray[Any] | None = None
    baseline: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] | None = None
    temperature: dict[str, Any] | None = None
    curves: dict[str, Any] = field(default_factory=dict)
    thresholds: list[dict[str, Any]] = field(default_factory=list)
    slices: list[dict[str, Any]] = field(default_factory=list)
    worst: list[dict[str, Any]] = field(default_factory=list)
    sure: dict[str, int] | None = None
    positions: list[dict[str, Any]] = field(default_factory=list)
    precisions: list[dict[str, Any]] = field(default_factory=list)
    train: dict[str, float] | None = None
    history: dict[str, list[float]] | None = None
    duplicates: dict[str, Any] | None = None
    data: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, Any] = field(default_factory=info)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python objects; NaN and infinities stay floats.

        Keys are the attributes, but for the matrix, which is ``"confusion_matrix"``; there is also
        ``"throughput"``, samples or tokens a second.
        """
        found = {entry.name: plain(getattr(self, entry.name)) for entry in fields(self)}
        found["confusion_matrix"] = found.pop("confusion")
        found["throughput"] = self.samples / self.seconds if self.seconds > 0 else None
        return found

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return :meth:`to_dict` as JSON; NaN and infinities, which JSON lacks, become null.

        Parameters
        ----------
        indent : int or None, default=2
            As :func:`json.dumps` takes it.
        """
        return json.dumps(finite(self.to_dict()), indent=indent, ensure_ascii=False)

    def throughput(self) -> str:
        """Return how much was evaluated in what time, in words."""
        unit = "samples" if self.kind == "classification" else "tokens"
        rate = f", {self.samples / self.seconds:,.0f} a second" if self.seconds > 0 else ""
        return f"{self.samples:,} {unit} in {self.seconds:.3f} s{rate}"

    def to_html(self) -> str:
        """Return the report as a page of its own, which loads nothing from anywhere.

        Verdict and findings come first; then metrics, a slider for the threshold of two classes,
        the confusion matrix, curves, slices and the worst mistakes. Whatever text the data holds
        stays text.

        Returns
        -------
        str

        Raises
        ------
        MissingExtraError
            Without the extra ``report``.
        """
        from lstmetrics.evaluation.page import page_html

        return page_html(self.to_dict())

    def save(self, path: PathLike) -> None:
        r"""Write the report to a file: ``.html`` as a page, ``.json``, or ``.txt``.

        Parameters
        ----------
        path : str or path-like
            Its ending says which; nothing is written when the page cannot be made.

        Raises
        ------
        InvalidParameterError
            For another ending.
        MissingExtraError
            For a page, without the extra ``report``.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from lstmetrics import evaluate_predictions
        >>> report = evaluate_predictions([0, 1, 1], y_pred=[0, 1, 0])
        >>> with TemporaryDirectory() as folder:
        ...     report.save(Path(folder, "report.json"))
        ...     Path(folder, "report.json").read_text(encoding="utf-8")[:28]
        '{\n  "kind": "classification"'
        """
        ways = {".html": self.to_html, ".json": self.to_json, ".txt": self.__repr__}
        ending = Path(path).suffix.lower()
        if ending not in ways:
            raise InvalidParameterError(
                f"path must end in {', '.join(ways)}, got {os.fspath(path)!r}"
            )
        Path(path).write_text(ways[ending](), encoding="utf-8")

    def plot(self, ax: Axes | None = None) -> Figure:
        """Draw the confusion matrix and the curves with matplotlib.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw the first of them; all, in a new figure, when None.

        Returns
        -------
        matplotlib Figure

        Raises
        ------
        MissingExtraError
            Without the extra ``plot``.
        InvalidParameterError
            There is nothing to draw.
        """
        from lstmetrics.evaluation.plots import plot_report

        return plot_report(self.to_dict(), ax)

    def __repr__(self) -> str:
        return report_text(self)

    def _repr_html_(self) -> str:
        from lstmetrics.evaluation.page.fragment import fragment_html

        return fragment_html(self.to_dict())
