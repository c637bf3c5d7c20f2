"""Language-model metrics from their definitions, in 50-digit decimal arithmetic."""

from __future__ import annotations

import decimal
import math
from collections.abc import Sequence
from decimal import Decimal

_CONTEXT = decimal.Context(prec=50, Emin=-999999, Emax=999999)


def negative_log_likelihood(logits: Sequence[float], target: int) -> float:
    """-log softmax(logits)[target]; infinite for a target at -inf, NaN where undefined."""
    if any(math.isnan(x) or x == math.inf for x in logits):
        return math.nan
    finite = [x for x in logits if x != -math.inf]
    if not finite:
        return math.nan
    if logits[target] == -math.inf:
        return math.inf
    with decimal.localcontext(_CONTEXT):
        shift = Decimal(max(finite))
        total = sum(((Decimal(x) - shift).exp() for x in finite), Decimal(0))
        return float(shift - Decimal(logits[target]) + total.ln())


def log_sum_exp(values: Sequence[float]) -> float:
    """log(sum(exp(values))) of finite values."""
    with decimal.localcontext(_CONTEXT):
        shift = Decimal(max(values))
        return float(shift + sum(((Decimal(x) - shift).exp() for x in values), Decimal(0)).ln())


def cross_entropy(losses: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Weighted mean of per-token losses: exact sums of fl(w * loss) and of w, divided once."""
    amounts = [1.0] * len(losses) if weights is None else list(weights)
    total = math.fsum(amounts)
    if not total:
        return math.nan
    return math.fsum(w * loss for w, loss in zip(amounts, losses, strict=True)) / total


def perplexity(mean_loss: float) -> float:
    """exp of the cross-entropy, rounded once."""
    with decimal.localcontext(_CONTEXT):
        return float(Decimal(mean_loss).exp())


def top_k_hit(logits: Sequence[float], target: int, k: int) -> bool:
    """Whether fewer than k values come before the target: larger, or equal at a lower index."""
    ahead = sum(
        x > logits[target] or (x == logits[target] and index < target)
        for index, x in enumerate(logits)
    )
    return ahead < k


def strided_windows(tokens: int, max_length: int, stride: int) -> list[tuple[int, int, list[int]]]:
    """The loop of Hugging Face's perplexity guide: windows, and the tokens that each one judges.

    The labels of the first tokens of a window are masked, and the first of all has no prediction.
    """
    windows = []
    previous_end = 0
    for begin in range(0, tokens, stride):
        end = min(begin + max_length, tokens)
        judged = [token for token in range(previous_end, end) if token > begin]
        windows.append((begin, end, judged))
        previous_end = end
        if end == tokens:
            break
    return windows
