"""Make the pictures of reports in ``docs/``: of the demo's models, in a headless Chromium.

Run by ``nox -s browser -- --screenshots``, with ``tests`` on Python's path. Needs Chromium with its
driver, and selenium.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lstmetrics
from lstmetrics import demo
from lstmetrics.evaluation import Report
from support.chromium import chromium

DOCS = Path(__file__).parent.parent / "docs"
WIDTH, MOST_HEIGHT = 1000, 2600
COMPLAINT = "complaint"


def complaints() -> Report:
    """Return the report of finding complaints among the demo's messages."""
    model = lstmetrics.load_model(demo.path("classifier.safetensors"))
    texts, labels = demo.held_out_messages()
    scores = model.predict(texts)[:, list(model.labels).index(COMPLAINT)]
    return lstmetrics.evaluate_predictions(
        [label if label == COMPLAINT else "other" for label in labels],
        scores=scores,
        labels=["other", COMPLAINT],
        pos_label=COMPLAINT,
        texts=texts,
    )


def picture(window: Any, report: Report, name: str, scheme: str = "light") -> None:
    """Write the upper part of a report's page to ``docs/NAME.png``."""
    with TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        report.save(page)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        window.get(page.as_uri())
        height = window.execute_script("return document.documentElement.scrollHeight")
        size = {"width": WIDTH, "height": min(height, MOST_HEIGHT)}
        window.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", size | {"deviceScaleFactor": 1, "mobile": False}
        )
        window.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 500))")
        DOCS.mkdir(exist_ok=True)
        window.save_screenshot(str(DOCS / f"{name}.png"))


def main() -> None:
    """Make all of them."""
    reports = demo.run()
    with chromium() as window:
        picture(window, complaints(), "report_binary")
        picture(window, reports["classifier"], "report_multiclass", "dark")
        picture(window, reports["language_model"], "report_language_model")


if __name__ == "__main__":
    main()
