"""Scorers for tests of model selection: in a module of their own, so that workers can load them."""

from __future__ import annotations

import os
from typing import Any

from lstmetrics._sklearn_patch._replacements import Replacement


class Probe:
    """A scorer that also tells who computed, and where."""

    def __init__(self, scorer: Any) -> None:
        self.scorer = scorer

    def __call__(self, estimator: Any, x: Any, y: Any) -> dict[str, float]:
        function = self.scorer._score_func
        assert isinstance(function, Replacement)
        before = function.calls.answered
        score = self.scorer(estimator, x, y)
        answered = function.calls.answered - before
        return {"score": score, "answered": answered, "process": os.getpid()}
