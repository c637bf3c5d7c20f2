"""Language-model metrics over a stream of tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidParameterError, InvalidTypeError
from lstmetrics.metrics._targets import array_like, at_most_double, weights
from lstmetrics.metrics._tokens import (
    Inputs,
    check_ignore_index,
    flat,
    judged,
    log_probabilities,
    token_input,
)
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._ways import TOKENS

__all__ = ["Tokens"]


class Tokens(Streaming):
    """Cross-entropy, perplexity, bits per token and token accuracy over a stream.

    Parameters
    ----------
    top_k : iterable of int, default=()
        For which k to count how often the target is among the k likeliest tokens.
    ignore_index : int or None, default=-100
        Targets of this value are left out. It says how input is read and is no part of the state:
        instances with different values merge.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For a k below 1 or given twice, and values that are not integers.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.streaming import Tokens
    >>> model = Tokens(top_k=(2,))
    >>> model.update(np.zeros((2, 4)), [0, 1])
    Tokens(tokens=2, top_k=(2,))
    >>> model.perplexity(), model.bits_per_token(), model.top_k_accuracy(2)
    (4.0, 2.0, 1.0)
    """

    _state: _core.TokenLoss
    _kind: ClassVar[type[_core.TokenLoss]] = _core.TokenLoss
    _intervals = TOKENS
    ignore_index: int | None

    __slots__ = ("ignore_index",)

    def __init__(self, top_k: Iterable[int] = (), ignore_index: int | None = -100) -> None:
        try:
            ranks = [_rank(k) for k in top_k]
        except TypeError as error:
            raise InvalidTypeError(f"top_k must hold integers: {error}") from None
        self._state = _core.TokenLoss(ranks)
        self.ignore_index = check_ignore_index(ignore_index, "Tokens")

    @classmethod
    def _holding(cls, state: Any) -> Self:
        instance = super()._holding(state)
        instance.ignore_index = -100
        return instance

    def update(
        self,
        logits: npt.ArrayLike,
        targets: npt.ArrayLike,
        *,
        inputs: Inputs = "logits",
        mask: npt.ArrayLike | None = None,
        sample_weight: npt.ArrayLike | None = None,
        context: npt.ArrayLike | None = None,
        characters: int = 0,
        bytes: int = 0,
    ) -> Self:
        """Add a batch of tokens; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        logits : array-like of shape (..., vocabulary), float64, float32, float16 or bfloat16
            Scores of each possible next token.
        targets : array-like of shape (...), integers
            The tokens that came.
        inputs : {'logits', 'log_probs'}, default='logits'
            What `logits` holds.
        mask : array-like of shape (...), booleans or integers, default=None
            Tokens where it is zero are left out.
        sample_weight : array-like of shape (...), default=None
            Weights, finite and not negative; 1 each when None.
        context : int or array-like of shape (...) without the steps, default=None
            How many tokens at the start of each sequence are left out, because another window has
            judged them: see :func:`lstmetrics.metrics.token_windows`.
        characters, bytes : int, default=0
            Length of the text these tokens stand for.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For shapes that do not fit, targets outside the vocabulary, NaN, and negative weights.
        """
        given, _ = token_input(logits, targets, mask, sample_weight, "Tokens.update", context)
        self._state.update_logits(
            *given,
            log_probabilities(inputs, "Tokens.update"),
            self.ignore_index,
            characters,
            bytes,
        )
        return self

    def update_nll(
        self,
        nll: npt.ArrayLike,
        *,
        mask: npt.ArrayLike | None = None,
        sample_weight: npt.ArrayLike | None = None,
        correct: npt.ArrayLike | None = None,
        context: npt.ArrayLike | None = None,
        characters: int = 0,
        bytes: int = 0,
    ) -> Self:
        """Add losses of tokens computed elsewhere, such as by ``model.nll``.

        Parameters
        ----------
        nll : array-like of shape (...)
            Negative log-likelihoods in nats, not NaN.
        mask, sample_weight : array-like of shape (...), default=None
            As in :meth:`update`.
        correct : array-like of shape (...), booleans or integers, default=None
            Whether the likeliest token was the target.
        context : int or array-like of shape (...) without the steps, default=None
            As in :meth:`update`.
        characters, bytes : int, default=0
            Length of the text these tokens stand for.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            As :meth:`update`.
        """
        function = "Tokens.update_nll"
        losses = at_most_double(array_like(nll, "nll", function))
        self._state.update_nll(
            losses.reshape(-1),
            judged(mask, context, function, losses.shape),
            flat(weights(sample_weight, function), "sample_weight", function, losses.shape),
            flat(correct, "correct", function, losses.shape),
            characters,
            bytes,
        )
        return self

    @property
    def tokens(self) -> int:
        """How many tokens were counted."""
        return self._state.tokens

    @property
    def top_k(self) -> tuple[int, ...]:
        """The ks whose accuracy is counted, ascending."""
        return tuple(self._state.top_k)

    def cross_entropy(self) -> float:
        """Nats per token: ``sum(w * nll) / sum(w)``; NaN when there are no tokens."""
        return self._state.cross_entropy()

    def perplexity(self) -> float:
        """``exp(cross_entropy)``."""
        return self._state.perplexity()

    def bits_per_token(self) -> float:
        """``cross_entropy / log(2)``."""
        return self._state.bits_per_token()

    def bits_per_character(self) -> float:
        """Bits of all tokens over the characters told to :meth:`update`; NaN when none were."""
        return self._state.bits_per_character()

    def bits_per_byte(self) -> float:
        """Bits of all tokens over the bytes told to :meth:`update`; NaN when none were."""
        return self._state.bits_per_byte()

    def total(self) -> float:
        """``sum(w * nll)`` in nats, exact and rounded once."""
        return self._state.total()

    def standard_error(self) -> float:
        """Return the standard error of :meth:`cross_entropy`, tokens taken as independent."""
        return self._state.standard_error()

    def token_accuracy(self) -> float:
        """Fraction of tokens that were the likeliest; ties go to the lowest index."""
        return self._state.token_accuracy()

    def top_k_accuracy(self, k: int) -> float:
        """Fraction of tokens that were among the k likeliest.

        Parameters
        ----------
        k : int
            One of `top_k`.

        Returns
        -------
        float

        Raises
        ------
        InvalidParameterError
            For a k that is not counted.
        """
        for counted, value in self._state.top_k_accuracies():
            if counted == k:
                return value
        raise InvalidParameterError(
            f"top-{k} accuracy is not counted: Tokens(top_k=...) was given {self.top_k}"
        )

    def compute(self) -> dict[str, float]:
        """Return the headline results.

        Returns
        -------
        dict
            ``tokens``, ``cross_entropy``, ``perplexity``, ``bits_per_token``, ``token_accuracy``
            and ``top_<k>_accuracy``; bits per character and per byte where their number is known.
        """
        state = self._state.copy()
        results: dict[str, float] = {
            "tokens": state.tokens,
            "cross_entropy": state.cross_entropy(),
            "perplexity": state.perplexity(),
            "bits_per_token": state.bits_per_token(),
            "token_accuracy": state.token_accuracy(),
        }
        results |= {f"top_{k}_accuracy": value for k, value in state.top_k_accuracies()}
        if state.characters:
            results["bits_per_character"] = state.bits_per_character()
        if state.bytes:
            results["bits_per_byte"] = state.bits_per_byte()
        return results

    def copy(self) -> Self:
        """Return an independent copy."""
        twin = super().copy()
        twin.ignore_index = self.ignore_index
        return twin

    @classmethod
    def from_bytes(cls, data: bytes, *, ignore_index: int | None = -100) -> Self:
        """Restore what :meth:`to_bytes` made.

        Parameters
        ----------
        data : bytes
        ignore_index : int or None, default=-100
            As in the constructor; the bytes do not hold it.

        Returns
        -------
        Tokens

        Raises
        ------
        FormatError
            If the bytes are truncated, altered, of another class, or of a newer version.
        """
        restored = super().from_bytes(data)
        restored.ignore_index = check_ignore_index(ignore_index, "Tokens.from_bytes")
        return restored

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        """Pickle by the same bytes as :meth:`to_bytes`, and `ignore_index`."""
        return _restore, (type(self), self.to_bytes(), self.ignore_index)

    def __repr__(self) -> str:
        ranks = f", top_k={self.top_k}" if self.top_k else ""
        return f"Tokens(tokens={self.tokens}{ranks})"


def _rank(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"got {value!r}")
    return int(value)


def _restore(kind: type[Tokens], data: bytes, ignore_index: int | None) -> Tokens:
    return kind.from_bytes(data, ignore_index=ignore_index)
