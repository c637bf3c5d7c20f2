"""A report as one HTML file that needs nothing else: no network, no server."""

from lstmetrics.evaluation.page.build import page_html
from lstmetrics.evaluation.page.fragment import fragment_html

__all__ = ["fragment_html", "page_html"]
