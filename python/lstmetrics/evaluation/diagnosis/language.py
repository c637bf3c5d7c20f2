"""Findings about a language model: its perplexity beside that of knowing nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmetrics.evaluation.findings import Finding

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["RULES"]

_LITTLE = 0.9  # of the unigram perplexity: so little is gained by reading what came before
_FEW_TOKENS = 1000


def high_perplexity(report: Report) -> Iterator[Finding]:
    """No better than the frequencies of tokens, or than a die."""
    if report.kind != "language model" or not report.samples:
        return
    found = report.metrics["perplexity"]
    uniform = report.baseline.get("uniform_perplexity")
    unigram = report.baseline.get("unigram_perplexity")
    evidence = {"perplexity": found, "uniform_perplexity": uniform, "unigram_perplexity": unigram}
    if uniform is not None and not found < uniform:
        yield Finding(
            "no_better_than_uniform",
            "critical",
            evidence,
            f"Perplexity is {found:.4g}; giving every token the same probability has "
            f"{uniform:.4g}.",
            "Check that ids mean the same tokens as in training, and that targets are the inputs "
            "one step later.",
        )
    elif unigram is not None and not found < _LITTLE * unigram:
        yield Finding(
            "high_perplexity",
            "critical",
            evidence,
            f"Perplexity is {found:.4g}; the mere frequencies of the tokens have {unigram:.4g}: "
            "the model gains little by what came before.",
            "Train for longer or on text like this; check that texts are read in order, and that "
            "states are not reset within one.",
        )


def too_few_tokens(report: Report) -> Iterator[Finding]:
    """Too little text to tell perplexity."""
    if report.kind != "language model" or report.samples >= _FEW_TOKENS:
        return
    yield Finding(
        "too_few_samples",
        "warning",
        {"tokens": report.samples},
        f"{report.samples:,} tokens are few to tell perplexity by.",
        "Evaluate on more text.",
    )


RULES = (high_perplexity, too_few_tokens)
