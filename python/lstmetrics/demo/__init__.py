"""Two small models and held-out text, shipped so that everything can be tried at once.

A classifier of customer messages and a character language model, trained by ``tools/demo`` on text
that it generates.

Examples
--------
>>> import lstmetrics.demo
>>> [name for name, report in lstmetrics.demo.run().items()]
['classifier', 'language_model']
"""

from __future__ import annotations

import csv
from pathlib import Path

from lstmetrics.errors import InvalidValueError
from lstmetrics.evaluation import Report, evaluate
from lstmetrics.models import load_model

__all__ = ["held_out_messages", "held_out_text", "path", "run"]

_HERE = Path(__file__).parent


def path(name: str) -> Path:
    """Return where a file of the demo is.

    Parameters
    ----------
    name : str
        ``classifier.safetensors``, ``language_model.safetensors``, ``held_out.csv`` or
        ``held_out.txt``.

    Returns
    -------
    pathlib.Path
        The file's path.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        The demo has no such file.
    """
    file = _HERE / name
    if file.name != name or not file.is_file():
        raise InvalidValueError(f"the demo has no file {name!r}")
    return file


def held_out_messages() -> tuple[list[str], list[str]]:
    """Return the texts and labels that the classifier was not trained on."""
    with path("held_out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["label"] for row in rows]


def held_out_text() -> str:
    """Return the text that the language model was not trained on."""
    return path("held_out.txt").read_text(encoding="utf-8")


def run(batch_size: int = 32) -> dict[str, Report]:
    """Evaluate both models on what they were not trained on.

    Parameters
    ----------
    batch_size : int, default=32
        The most rows that run together; no result depends on it.

    Returns
    -------
    dict of str to Report
        ``classifier`` and ``language_model``.
    """
    classifier = load_model(path("classifier.safetensors"))
    language_model = load_model(path("language_model.safetensors"))
    texts, labels = held_out_messages()
    return {
        "classifier": evaluate(classifier, texts, labels, batch_size=batch_size),
        "language_model": evaluate(language_model, held_out_text(), batch_size=batch_size),
    }
