"""The page of a report: all of it there, nothing loaded, and text that stays text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import lstmetrics
from lstmetrics import demo
from lstmetrics.errors import InvalidParameterError, MissingExtraError
from lstmetrics.evaluation.curves import MOST_POINTS
from lstmetrics.evaluation.page.charts import chart_data
from lstmetrics.evaluation.page.view import MOST_CLASSES, count, figure, page_view, spoken
from support.reports import HOSTILE, POSITIVE, binary_report, outcomes_by_hand


class Reader(HTMLParser):
    """What a browser would find: elements with their attributes, text, and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._inside: str | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def _policy(read: Reader) -> str:
    metas = read.attributes("meta")
    return next(
        str(meta["content"])
        for meta in metas
        if meta.get("http-equiv") == "Content-Security-Policy"
    )


@pytest.fixture(scope="module")
def report() -> lstmetrics.Report:
    return binary_report()


@pytest.fixture(scope="module")
def page(report: lstmetrics.Report) -> str:
    return report.to_html()


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    return Reader(page)


def test_text_of_the_data_stays_text(read: Reader) -> None:
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"img", "b", "i", "u", "iframe", "object", "link"} - {"b"}
    for attributes in (attributes for _, attributes in read.elements):
        assert not any(name.startswith("on") for name in attributes)
    for text in HOSTILE:
        # HTML has no NUL: browsers and the parser put a replacement in its place
        assert text.replace("\x00", "").strip() in read.text.replace("\ufffd", "").replace(
            "\x00", ""
        )
    assert POSITIVE in read.text


def test_only_its_own_scripts_are_there_and_allowed(page: str, read: Reader) -> None:
    assert len(read.scripts) == 3  # data, the charts' library, the page's own
    policy = _policy(read)
    assert policy.startswith("default-src 'none'; ")
    for script in read.scripts[1:]:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.count("sha256-") == 2
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert page.count("<script") == page.count("</script>")


def test_nothing_is_loaded_from_anywhere(read: Reader) -> None:
    for _, attributes in read.elements:
        assert not attributes.keys() & {"src", "href", "srcset", "action", "background"}


def test_the_numbers_of_the_charts_are_those_of_the_report(
    report: lstmetrics.Report, read: Reader
) -> None:
    charts = json.loads(read.scripts[0])
    assert charts == chart_data(report.to_dict())
    (threshold,) = charts["threshold"]
    assert threshold["thresholds"] == sorted(report.curves[POSITIVE]["outcomes"]["thresholds"])
    by_hand = outcomes_by_hand(threshold["thresholds"])
    assert {name: threshold[name] for name in by_hand} == by_hand
    assert threshold["positive"] == POSITIVE
    assert charts["history"] == report.history
    assert set(charts) == {"roc", "precision_recall", "threshold", "reliability", "history"}


def test_verdict_and_findings_come_first(page: str) -> None:
    order = [page.index(f'id="{name}"') for name in ("verdict", "findings", "metrics", "worst")]
    assert order == sorted(order)


def test_every_metric_finding_and_mistake_is_shown(report: lstmetrics.Report, read: Reader) -> None:
    shown = {row["data-metric"] for row in read.attributes("tr") if "data-metric" in row}
    assert shown == set(report.metrics)
    codes = {row["data-code"] for row in read.attributes("article") if "data-code" in row}
    assert codes == {finding.code for finding in report.findings}
    assert read.text.count("called") >= len(report.worst)
    assert report.digest in read.text
    assert figure(report.metrics["precision"]) in read.text


@pytest.mark.parametrize("name", ["classifier", "language_model"])
def test_pages_of_the_demo(name: str) -> None:
    report = demo.run()[name]
    read = Reader(report.to_html())
    assert report.digest in read.text
    charts = json.loads(read.scripts[0])
    if name == "language_model":
        assert len(charts["positions"]["cross_entropy"]) == len(report.positions)
        assert "Most surprising tokens" in read.text
    else:
        assert "Confusion matrix" in read.text
        assert sum(charts["reliability"]["samples"]) == report.samples


def test_labels_alone_need_no_script() -> None:
    report = lstmetrics.evaluate_predictions(["a", "b", "a"], y_pred=["a", "b", "b"])
    page = report.to_html()
    assert "<script" not in page
    assert "script-src 'none'" in _policy(Reader(page))
    assert len(page) < 40_000


def test_many_classes_are_shown_by_their_confusions() -> None:
    truth = list(range(MOST_CLASSES + 1)) * 2
    predicted = [0, *truth[1:]]
    predicted[5] = 3
    view = page_view(lstmetrics.evaluate_predictions(truth, y_pred=predicted).to_dict())
    assert view["matrix"] is None
    assert view["pairs"] == [{"true": "5", "predicted": "3", "samples": "1"}]


def test_curves_have_a_bounded_number_of_points(report: lstmetrics.Report) -> None:
    found = report.to_dict()
    many = 10 * MOST_POINTS
    found["curves"] = {POSITIVE: {"roc": {"fpr": list(range(many)), "tpr": [0.5] * many}}}
    curve = chart_data(found)["roc"][0]
    assert len(curve["x"]) == len(curve["y"]) == MOST_POINTS
    assert (curve["x"][0], curve["x"][-1]) == (0, many - 1)


def test_infinite_numbers_are_left_out_of_json(report: lstmetrics.Report) -> None:
    found = report.to_dict()
    found["curves"] = {POSITIVE: {"roc": {"fpr": [0.0, float("inf")], "tpr": [float("nan"), 1.0]}}}
    assert chart_data(found)["roc"][0]["x"] == [0.0, None]
    assert chart_data(found)["roc"][0]["y"] == [None, 1.0]


def test_saved_by_ending(report: lstmetrics.Report, tmp_path: Path) -> None:
    for ending, text in {
        ".html": report.to_html(),
        ".json": report.to_json(),
        ".txt": repr(report),
    }.items():
        report.save(tmp_path / f"report{ending}")
        assert (tmp_path / f"report{ending}").read_text(encoding="utf-8") == text
    with pytest.raises(InvalidParameterError, match=r"path must end in .html, .json, .txt, got"):
        report.save(tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


@pytest.mark.parametrize("missing", ["jinja2", "plotly.offline"])
def test_a_missing_extra_is_named_and_nothing_is_written(
    report: lstmetrics.Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    with pytest.raises(MissingExtraError, match=re.escape("pip install 'lstmetrics[report]'")):
        report.save(tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


def test_the_piece_for_notebooks_escapes_too(report: lstmetrics.Report) -> None:
    html = report._repr_html_()
    read = Reader(html)
    assert not read.scripts
    assert POSITIVE in read.text
    assert report.digest in read.text
    assert "<i>spam" not in html


def test_figures_as_text() -> None:
    assert [figure(value) for value in (0.5, None, float("nan"), 123.456)] == [
        "0.5000",
        "–",
        "not defined",
        "123.5",
    ]
    assert count(1234567) == "1,234,567"
    assert [spoken(name) for name in ("f1_macro", "log_loss")] == ["F1 macro", "Log loss"]
