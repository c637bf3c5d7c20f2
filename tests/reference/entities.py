"""Entities of tagged sequences from the definitions, as sets of spans found by patterns of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

Span = tuple[int, int, int, str]  # sequence, first token, one past the last, type
Tags = Sequence[Sequence[str]]

# What an entity looks like, once all its tokens are of one type. IOB1 and IOE1 are defined by what
# stands before a token, and have seqeval as their oracle.
SHAPES = {
    "IOB2": re.compile("BI*"),
    "IOE2": re.compile("I*E"),
    "IOBES": re.compile("S|BI*E"),
    "BILOU": re.compile("U|BI*L"),
}


def parts(tag: str, suffix: bool = False) -> tuple[str, str]:
    """Letter and type of a tag; a type is `_` where there is none."""
    letter = tag[-1] if suffix else tag[0]
    kind = (tag[:-2] if suffix else tag[2:]) or "_"
    return letter, kind


def conlleval(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """Every token that is not O belongs to an entity; which tokens begin one is what is told."""
    spans = []
    before, kind_before = "O", "_"
    for i, (letter, kind) in enumerate(parts(tag) for tag in tags):
        if letter != "O":
            if letter in "BS" or before in "OES" or kind != kind_before:
                spans.append([i, i + 1, kind])
            else:
                spans[-1][1] = i + 1
        before, kind_before = letter, kind
    return {(begin, end, kind) for begin, end, kind in spans}


def strict(tags: Sequence[str], scheme: str) -> set[tuple[int, int, str]]:
    """The tokens of one type in a row, cut where the shape of an entity is found."""
    spans = set()
    begin = 0
    while begin < len(tags):
        kind = parts(tags[begin])[1]
        end = begin
        while end < len(tags) and tags[end] != "O" and parts(tags[end])[1] == kind:
            end += 1
        letters = "".join(parts(tag)[0] for tag in tags[begin:end])
        spans |= {
            (begin + found.start(), begin + found.end(), kind)
            for found in SHAPES[scheme].finditer(letters)
        }
        begin = max(end, begin + 1)
    return spans


def spans_of(sequences: Tags, scheme: str | None = None) -> set[Span]:
    """All entities of all sequences."""
    return {
        (i, *span)
        for i, tags in enumerate(sequences)
        for span in (conlleval(tags) if scheme is None else strict(tags, scheme))
    }


def counts(y_true: Tags, y_pred: Tags, scheme: str | None = None) -> dict[str, tuple[int, ...]]:
    """Per type, sorted: entities that are right, only predicted and only true."""
    truth, predicted = spans_of(y_true, scheme), spans_of(y_pred, scheme)
    sets = (truth & predicted, predicted - truth, truth - predicted)
    found = [Counter(kind for *_, kind in spans) for spans in sets]
    return {
        kind: tuple(one[kind] for one in found) for kind in sorted(found[0] + found[1] + found[2])
    }


def scores(tp: int, fp: int, fn: int) -> tuple[float, ...]:
    """Precision, recall and F1: exact quotients, rounded once; 0/0 is 0."""
    pairs = ((tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn))
    return tuple(float(Fraction(above, below)) if below else 0.0 for above, below in pairs)
