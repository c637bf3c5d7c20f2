"""The page: a template, a style, a script and data, each in its place.

What comes from the data never becomes markup or script. The template escapes all that it is given;
the numbers that the script needs are JSON in which no character can end an element; and a policy in
the page lets only those scripts run whose hashes it names, and nothing be loaded from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any, cast

from lstmetrics.errors import MissingExtraError
from lstmetrics.evaluation.page.charts import chart_data
from lstmetrics.evaluation.page.view import page_view

__all__ = ["page_html"]

_HERE = files("lstmetrics.evaluation.page")


def page_html(report: dict[str, Any]) -> str:
    """Return a report as a self-contained HTML page.

    Parameters
    ----------
    report : dict
        As :meth:`lstmetrics.evaluation.Report.to_dict` gives it.

    Returns
    -------
    str
        The page. It holds the charts' library, about five million characters, if it has charts.

    Raises
    ------
    MissingExtraError
        Without jinja2 or plotly.
    """
    template, library = _template(), _library()
    charts = chart_data(report)
    scripts = [library(), _read("page.js")] if charts else []
    style = _read("page.css")
    return cast(
        str,
        template.render(
            view=page_view(report),
            style=style,
            policy=_policy(scripts),
            charts=_embedded(charts),
            scripts=scripts,
        ),
    )


def _template() -> Any:
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("HTML reports need jinja2", "report") from error
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_read("page.html.jinja"))


def _library() -> Callable[[], str]:
    try:
        from plotly.offline import get_plotlyjs
    except ImportError as error:
        raise MissingExtraError("HTML reports need plotly", "report") from error
    return cast(Callable[[], str], get_plotlyjs)


def _read(name: str) -> str:
    return _HERE.joinpath(name).read_text(encoding="utf-8")


def _policy(scripts: list[str]) -> str:
    """Return the content security policy: these scripts and inline styles, nothing else at all."""
    hashes = [f"'sha256-{base64.b64encode(_sha256(script)).decode()}'" for script in scripts]
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(hashes) or chr(39) + 'none' + chr(39)}",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _sha256(script: str) -> bytes:
    return hashlib.sha256(script.encode()).digest()


def _embedded(charts: dict[str, Any]) -> str:
    """Return JSON that can stand inside a script element: nothing in it can end the element."""
    text = json.dumps(charts, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
