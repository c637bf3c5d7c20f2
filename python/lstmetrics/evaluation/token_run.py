"""One pass over the losses of tokens, in batches, to a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.evaluation.classifying import finished
from lstmetrics.evaluation.digests import OutputDigest, combined
from lstmetrics.evaluation.duplicates import Duplicates
from lstmetrics.evaluation.options import Options
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.slices import SlicesBy, StateSlices
from lstmetrics.evaluation.surprises import Positions, Surprises, Unigrams
from lstmetrics.streaming import Tokens

__all__ = ["TokenRun"]

_WITH_INTERVALS = ("cross_entropy", "perplexity", "bits_per_token", "token_accuracy")
_OF_SLICES = ("perplexity", "cross_entropy", "token_accuracy")


class TokenRun:
    """What an evaluation of a language model has seen so far.

    Memory goes by the vocabulary, slices, buckets of positions and the tokens that are kept.

    Parameters
    ----------
    options : Options
        What else is asked for.
    vocabulary : int, optional
        How many tokens there are, if that is known.
    """

    def __init__(self, options: Options, vocabulary: int | None) -> None:
        self.start = time.perf_counter()
        self.tokens = Tokens()
        self.own = Unigrams(vocabulary or 0)
        self.data: dict[str, Any] = {}
        self.outputs: OutputDigest | None = None
        self.duplicates: Duplicates | None = None
        self._vocabulary = vocabulary
        self._options = options
        self._positions = Positions()
        self._surprises = Surprises(options.worst)
        self._slices = SlicesBy(lambda column: StateSlices(column, Tokens()))
        self._with_right = True
        self._rows = 0

    def update(
        self,
        losses: npt.NDArray[np.float64],
        sizes: npt.NDArray[np.int64],
        shown: Callable[[int], tuple[str, str, Any, int]],
        *,
        steps: npt.NDArray[np.int64] | None = None,
        correct: npt.NDArray[np.bool_] | None = None,
        by: Mapping[str, npt.ArrayLike] | None = None,
        text: str = "",
        total: int | None = None,
    ) -> None:
        """Add rows of tokens.

        Parameters
        ----------
        losses : ndarray of float64, shape (tokens,)
            Of all rows, one after the other.
        sizes : ndarray of int64, shape (rows,)
            How many tokens of each row count.
        shown : callable
            As :meth:`Surprises.update` takes it.
        steps : ndarray of int64, shape (tokens,), optional
            Positions from 1.
        correct : ndarray of bool, shape (tokens,), optional
            Whether the likeliest token was the one that came.
        by : mapping from str to array_like of shape (rows,), optional
            Columns to slice by.
        text : str, default=''
            What the tokens stand for, by which bits per character and byte are told.
        total : int, optional
            How many rows there are.
        """
        lengths = {"characters": len(text), "bytes": len(text.encode("utf-8", "surrogatepass"))}
        self.tokens.update_nll(losses, correct=correct, **lengths)
        self._with_right &= correct is not None or not losses.size
        if self.outputs is not None:
            self.outputs.update(losses)
        if steps is not None:
            self._positions.update(losses, steps)
        self._surprises.update(losses, shown)
        self._slices.update(
            by or {}, len(sizes), losses, sizes=sizes, using="update_nll", correct=correct
        )
        self._rows += len(sizes)
        if self._options.progress is not None:
            self._options.progress(self._rows, total)

    def report(
        self,
        *,
        model: str | None = None,
        train: dict[str, float] | None = None,
        unigrams: Unigrams | None = None,
    ) -> Report:
        """Return what was found, with diagnosis and verdict."""
        state, level = self.tokens, self._options.drawn.level
        metrics = self._told(state.compute(), drop=("tokens",))
        baseline: dict[str, Any] = {}
        if self._vocabulary is not None:
            baseline["uniform_perplexity"] = float(self._vocabulary)
        digests = {"tokens": state.digest()}
        outputs = {} if self.outputs is None else {"outputs": self.outputs.hexdigest()}
        found = Report(
            kind="language model",
            model=model,
            samples=state.tokens,
            metrics=metrics,
            intervals={n: state.interval(n, level) for n in _WITH_INTERVALS if n in metrics},
            baseline=baseline | self.own.baseline(unigrams),
            slices=self._slices.rows(partial(self._of_slice, level)),
            worst=self._surprises.rows(),
            positions=self._positions.rows(level),
            train=train,
            history=self._options.history,
            duplicates=None if self.duplicates is None else self.duplicates.counts(),
            data=self.data,
            digest=combined(digests),
            digests=digests | outputs,
            seconds=0.0,
        )
        return finished(found, self._options, self.start)

    def _told(self, metrics: dict[str, float], drop: tuple[str, ...] = ()) -> dict[str, float]:
        """Leave out what is not known: which tokens were predicted right, perhaps."""
        unknown = drop if self._with_right else (*drop, "token_accuracy")
        return {name: value for name, value in metrics.items() if name not in unknown}

    def _of_slice(self, level: float, state: Tokens) -> dict[str, Any]:
        metrics = self._told({name: getattr(state, name)() for name in _OF_SLICES})
        return {
            "samples": state.tokens,
            "metrics": metrics,
            "intervals": {name: state.interval(name, level) for name in metrics},
        }
