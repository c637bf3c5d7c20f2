"""The page of a report as a browser shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics import demo
from lstmetrics import metrics as m
from support.reports import (
    HOSTILE,
    POSITIVE,
    binary_report,
    binary_samples,
    multilabel_report,
    tagging_report,
)

Report = lstmetrics.Report


@pytest.fixture(scope="session")
def reports() -> dict[str, Report]:
    found = demo.run()
    return {
        "binary": binary_report(),
        "multiclass": found["classifier"],
        "language_model": found["language_model"],
        "multilabel": multilabel_report(),
        "tagging": tagging_report(),
    }


def _open(browser: Any, report: Report, folder: Path) -> None:
    path = folder / "report.html"
    report.save(path)
    browser.get(path.as_uri())
    browser.get_log("browser")  # of what was open before
    browser.refresh()


def _media(browser: Any, scheme: str, width: int) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )


@pytest.mark.parametrize(
    "kind", ["binary", "multiclass", "language_model", "multilabel", "tagging"]
)
def test_no_complaint_and_every_chart_is_drawn(
    browser: Any, reports: dict[str, Report], tmp_path: Path, kind: str
) -> None:
    _media(browser, "light", 1100)
    _open(browser, reports[kind], tmp_path)
    has_charts = kind != "tagging"
    found = browser.execute_script("return document.documentElement.dataset.drawn")
    assert found == ("yes" if has_charts else None)
    assert browser.get_log("browser") == []
    drawn = browser.execute_script(
        "return Array.from(document.querySelectorAll('.chart .main-svg'))"
        ".map(svg => svg.closest('.chart').id).filter((id, i, all) => all.indexOf(id) === i)"
    )
    wanted = {
        "binary": {"threshold", "roc", "precision_recall", "reliability", "history"},
        "multiclass": {"threshold", "roc", "precision_recall", "reliability"},
        "language_model": {"positions"},
        "multilabel": {"threshold", "roc", "precision_recall", "reliability"},
        "tagging": set(),
    }[kind]
    assert set(drawn) == {f"chart-{name}" for name in wanted}
    overflowing = browser.execute_script(
        "return Array.from(document.querySelectorAll('.chart')).filter(chart => "
        "Array.from(chart.querySelectorAll('.main-svg')).some(svg => "
        "svg.getBoundingClientRect().width > chart.getBoundingClientRect().width + 1)).length"
    )
    assert overflowing == 0


def test_the_slider_moves_what_the_library_says(
    browser: Any, reports: dict[str, Report], tmp_path: Path
) -> None:
    _media(browser, "light", 1100)
    _open(browser, reports["binary"], tmp_path)
    hits, scores = binary_samples()
    thresholds = sorted(reports["binary"].curves[POSITIVE]["outcomes"]["thresholds"])
    last = len(thresholds) - 1
    slider = browser.find_element("id", "threshold-slider")
    assert slider.get_attribute("max") == str(last)
    for place in (0, 1, last // 3, last // 2, 2 * last // 3, last):
        _check_slider(browser, place, hits, scores >= thresholds[place])
    assert not browser.find_element("id", "threshold-choice").is_displayed()
    assert browser.get_log("browser") == []


def _check_slider(browser: Any, place: int, hits: Any, called: Any) -> None:
    """Move the slider; what the page shows is what the library says of the same samples."""
    shown = browser.execute_script(
        """
        const slider = document.getElementById("threshold-slider");
        slider.value = String(arguments[0]);
        slider.dispatchEvent(new Event("input"));
        const names = ["precision", "recall", "f1", "accuracy", "tn", "fp", "fn", "tp"];
        return Object.fromEntries(names.map((name) =>
          [name, Number(document.getElementById("threshold-" + name).dataset.value)]));
        """,
        place,
    )
    (tn, fp), (fn, tp) = m.confusion_matrix(hits, called, labels=[False, True]).tolist()
    assert shown == {
        "tn": tn,
        "fp": fp,
        "fn": fn,
        "tp": tp,
        "precision": m.precision_score(hits, called, zero_division=0),
        "recall": m.recall_score(hits, called),
        "f1": m.f1_score(hits, called, zero_division=0),
        "accuracy": m.accuracy_score(hits, called),
    }


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_the_slider_is_of_a_class_among_several(browser: Any, tmp_path: Path, task: str) -> None:
    labels = ["dull", "<b>bright</b>", "grey"]
    rng = np.random.default_rng(8)
    scores = rng.dirichlet([1.0, 1.0, 1.0], 500)
    if task == "multiclass":
        drawn = [rng.choice(3, p=row) for row in scores]
        truth: Any = [labels[place] for place in drawn]
        hits = np.eye(3, dtype=bool)[drawn]
    else:
        hits = rng.random((500, 3)) < scores
        truth = hits.astype(int)
    report = lstmetrics.evaluate_predictions(truth, scores=scores, labels=labels)
    _media(browser, "light", 1100)
    _open(browser, report, tmp_path)
    choice = browser.find_element("id", "threshold-choice")
    assert choice.is_displayed()
    options = choice.find_elements("tag name", "option")
    assert [option.text for option in options] == [str(label) for label in report.labels]
    for option, label in zip(options, report.labels, strict=True):
        option.click()
        assert browser.find_element("id", "threshold-positive").text == label
        column = labels.index(label)
        thresholds = sorted(report.curves[label]["outcomes"]["thresholds"])
        last = len(thresholds) - 1
        for place in (0, last // 3, last // 2, last):
            called = scores[:, column] >= thresholds[place]
            _check_slider(browser, place, hits[:, column], called)
    assert browser.execute_script("return document.querySelectorAll('main b b').length") == 0
    assert browser.get_log("browser") == []


def test_the_keyboard_moves_the_slider(
    browser: Any, reports: dict[str, Report], tmp_path: Path
) -> None:
    _media(browser, "light", 1100)
    _open(browser, reports["binary"], tmp_path)
    slider = browser.find_element("id", "threshold-slider")
    before = browser.find_element("id", "threshold-value").text
    assert float(before) == pytest.approx(0.5, abs=0.02)
    slider.send_keys("\ue014")  # the right arrow
    after = browser.find_element("id", "threshold-value").text
    assert float(after) > float(before)
    assert slider.get_attribute("aria-valuetext") == after


def test_text_of_the_data_is_shown_as_it_is(
    browser: Any, reports: dict[str, Report], tmp_path: Path
) -> None:
    _media(browser, "light", 1100)
    _open(browser, reports["binary"], tmp_path)
    assert "broken" not in browser.title
    texts = browser.execute_script(
        "return Array.from(document.querySelectorAll('#worst .text')).map(p => p.textContent)"
    )
    mistakes = [row["text"] for row in reports["binary"].worst]
    assert [text.replace("\ufffd", "") for text in texts] == [
        text.replace("\x00", "") for text in mistakes
    ]
    assert any(HOSTILE[0] in text for text in texts)
    assert browser.execute_script("return document.querySelectorAll('img, u, i').length") == 0
    assert browser.execute_script("return document.scripts.length") == 3


@pytest.mark.parametrize("kind", ["multilabel", "tagging"])
def test_text_of_other_tasks_is_shown_as_it_is(
    browser: Any, reports: dict[str, Report], tmp_path: Path, kind: str
) -> None:
    _media(browser, "light", 1100)
    _open(browser, reports[kind], tmp_path)
    assert "broken" not in browser.title
    texts = browser.execute_script(
        "return Array.from(document.querySelectorAll('#worst .text')).map(p => p.textContent)"
    )
    assert [text.replace("\ufffd", "") for text in texts] == [
        row["text"].replace("\x00", "") for row in reports[kind].worst
    ]
    assert any("<script>" in text for text in texts)
    assert browser.execute_script("return document.querySelectorAll('img, u, i').length") == 0
    names = browser.execute_script(
        "return Array.from(document.querySelectorAll('#slices tbody th')).map(th => th.textContent)"
    )
    assert HOSTILE[0] in names


def test_the_policy_stops_scripts_that_are_not_its_own(
    browser: Any, reports: dict[str, Report], tmp_path: Path
) -> None:
    page = reports["binary"].to_html().replace("</main>", "<script>window.ran = 1</script></main>")
    path = tmp_path / "tampered.html"
    path.write_text(page, encoding="utf-8")
    browser.get(path.as_uri())
    assert browser.execute_script("return window.ran") is None
    browser.get_log("browser")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
@pytest.mark.parametrize(
    "kind", ["binary", "multiclass", "language_model", "multilabel", "tagging"]
)
def test_readable_on_any_screen(
    browser: Any, reports: dict[str, Report], tmp_path: Path, kind: str, scheme: str, width: int
) -> None:
    _media(browser, scheme, width)
    _open(browser, reports[kind], tmp_path)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    ink, paper = browser.execute_script(
        """
        const style = getComputedStyle(document.body);
        const numbers = (colour) => colour.match(/[0-9]+/g).slice(0, 3).map(Number);
        return [style.color, style.backgroundColor].map(numbers);
        """
    )
    darker, lighter = sorted([np.mean(ink), np.mean(paper)])
    assert (np.mean(paper) == lighter) == (scheme == "light")
    assert lighter - darker > 150
    assert browser.get_log("browser") == []
