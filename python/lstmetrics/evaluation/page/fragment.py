"""A report as a piece of HTML for notebooks: no script, no style sheet of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from lstmetrics.evaluation.page.view import page_view

__all__ = ["fragment_html"]

_COLOURS = {"ready": "#1a7f4b", "not-ready": "#b3261e", "cannot-tell": "#8a6100"}


def fragment_html(report: Mapping[str, Any]) -> str:
    """Return the verdict, the findings and the metrics as HTML.

    Parameters
    ----------
    report : mapping
        As :meth:`lstmetrics.evaluation.Report.to_dict` gives it.

    Returns
    -------
    str
        Markup that stands for itself, all text escaped.
    """
    view = page_view(report)
    title = escape(view["title"] + (f": {view['model']}" if view["model"] else ""))
    status = f'<b style="color: {_COLOURS[view["status"]]}">{escape(view["status_text"])}</b>'
    parts = [f"<div><p><b>{title}</b>, {escape(view['amount'])}. {status}</p>"]
    parts.append(_list([escape(reason) for reason in view["reasons"]]))
    parts.append(
        _list(
            [
                f"<b>{escape(finding['name'])}</b> ({finding['severity']}): "
                f"{escape(finding['meaning'])} <i>{escape(finding['advice'])}</i>"
                for finding in view["findings"]
            ]
        )
    )
    rows = [(metric["name"], metric["value"], metric["interval"]) for metric in view["metrics"]]
    parts.append(_table(("metric", "value", "interval"), rows))
    if view["classes"]:
        names = ("label", "precision", "recall", "f1", "support")
        rows_of_classes = [tuple(row[name] for name in names) for row in view["classes"]]
        parts.append(_table(("class", *names[1:]), rows_of_classes))
    parts.append(f"<p><small>digest <code>{escape(view['digest'])}</code></small></p></div>")
    return "".join(parts)


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>" if items else ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
