"""The states whose bytes are kept: small, and together covering every field of the payloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstmetrics.streaming import (
    Calibration,
    ClusteredConfusion,
    ClusteredLoss,
    ClusteredPairedLoss,
    ClusteredPairedOutcomes,
    Collection,
    Confusion,
    Entities,
    Grouped,
    Loss,
    MultilabelConfusion,
    PairedOutcomes,
    PairedScores,
    Scores,
    Tokens,
    TopK,
)


def _tokens() -> Tokens:
    logits = (np.arange(40, dtype=np.float32).reshape(5, 8) * 7 % 5) - 2
    return Tokens(top_k=(2, 5)).update(
        logits, [0, 3, -100, 7, 5], sample_weight=[1, 2, 3, 0.5, 0.25], characters=9, bytes=11
    )


STATES: dict[str, Callable[[], Any]] = {
    "confusion_empty": Confusion,
    "confusion_integers": lambda: Confusion().update([-5, 0, 2**40, 0], [0, 0, 2**40, -5]),
    "confusion_text": lambda: Confusion(["é", "\U0001f600", "", "a"]).update(
        ["é", "a", ""], ["é", "", "\U0001f600"]
    ),
    "confusion_weighted": lambda: Confusion().update([0, 1, 1], [0, 1, 0], [1e300, 1e-300, 0.1]),
    "clusteredconfusion": lambda: ClusteredConfusion().update(
        [0, -5, 0], [0, 0, 2**40], ids=["é", "", "é"]
    ),
    "clusteredpairedoutcomes": lambda: ClusteredPairedOutcomes(["é", "a"]).update(
        ["a", "a"], ["é", "a"], ["a", "a"], ids=[-1, 2**40]
    ),
    "clusteredloss": lambda: ClusteredLoss().update(
        [1e-320, -1e300, 0.1], [0.5, 1e-300, 0], ids=[3, 3, -3]
    ),
    "clusteredpairedloss": lambda: ClusteredPairedLoss().update([1, 2], [0.1, 3], ids=["b", "a"]),
    "collection": lambda: Collection({"größe": Loss("brier"), "hits": Confusion([0, 1])}).update(
        y_true=[0, 1], y_proba=[0.25, 0.5], y_pred=[0, 0]
    ),
    "grouped": lambda: Grouped(Confusion([0, 1])).update(["é", "", "é"], [0, 1, 1], [0, 1, 0]),
    "grouped_columns": lambda: Grouped(Loss("user"), by=["site", "größe"]).update(
        [[-1, 2**40], ["x", "y"]], [0.1, 1e300], using="update_losses"
    ),
    "loss_log": lambda: Loss("log_loss", labels=["a", "b"]).update(
        ["a", "b", "b"], [0.0, 0.5, 1.0], [1.0, 0.3, 2.0]
    ),
    "loss_brier": lambda: Loss("brier").update([0, 1, 2], np.eye(3) * 0.5 + 1 / 6),
    "loss_user": lambda: Loss("user").update_losses([1e-320, -1e300, 0.1]),
    "calibration_binary": lambda: Calibration(edges=[0, 0.25, 0.5, 1]).update(
        [0, 1, 1, 0], [0.0, 0.25, 0.7, 5e-324]
    ),
    "calibration_each": lambda: Calibration(
        2, kind="classwise", labels=["a", "é", "\U0001f600"]
    ).update(["é", "a"], [[0.5, 0.25, 0.25], [0.125, 0.0, 0.875]], [1e-300, 3.5]),
    "multilabel_empty": MultilabelConfusion,
    "multilabel": lambda: MultilabelConfusion().update(
        [[1, 0, 1], [0, 0, 0], [1, 1, 0]], [[1, 0, 0], [0, 0, 1], [1, 1, 0]]
    ),
    "multilabel_weighted": lambda: MultilabelConfusion(2).update(
        [[1, 0], [0, 1], [1, 1]], [[1, 1], [0, 0], [1, 1]], [1e300, 1e-300, 0.1]
    ),
    "scores_binary": lambda: Scores(["é", ""], "").update(
        ["é", "", "", "é"], [-0.0, 5e-324, 1e300, 1e300]
    ),
    "scores_weighted": lambda: Scores().update(
        [0, 1, 1, 0], [0.5, 0.5, -1, 3], [1e300, 0.1, 0, 1e-300]
    ),
    "scores_bounded": lambda: Scores([3, 5, 7], max_points=3, probabilities=True).update(
        [3, 5, 7, 7, 3], [[0.1, 0.2, 0.7], [0, 1, 0], [0.5, 0.25, 0.25], [0, 0, 1], [0.9, 0, 0.1]]
    ),
    "scores_indicators": lambda: Scores(labels=None, n_labels=2).update(
        [[0, 1], [1, 1], [0, 0]], [[3, 2], [2, 2], [1, -1]]
    ),
    "topk_numbers": lambda: TopK((3, 1)).update([0, 2, 1], [[3, 2, 1], [1, 1, 1], [2, 0, 5]]),
    "topk_labels": lambda: TopK(2, labels=["é", "a", "\U0001f600"]).update(
        ["é", "a"], [[0.5, -np.inf, 0.5], [1.0, 2.0, 3.0]], [1e300, 1e-300]
    ),
    "entities_any": lambda: Entities().update(
        [["B-é", "I-é", "O"], ["S-\U0001f600"]], [["B-é", "E-é", "B"], ["O"]]
    ),
    "entities_strict": lambda: Entities("strict", "BILOU").update(
        [["B-A", "L-A", "U-B", "I-C"]], [["B-A", "L-A", "U-A", "O"]]
    ),
    "pairedoutcomes_integers": lambda: PairedOutcomes().update(
        [0, -5, 0], [0, 2**40, 0], [1, 0, 1]
    ),
    "pairedoutcomes_text": lambda: PairedOutcomes(["é", "a", ""]).update(["a"], ["é"], ["a"]),
    "pairedscores_integers": lambda: PairedScores().update([0, 1, 1], [0.5, -0.0, 0.5], [1, 2, 1]),
    "pairedscores_text": lambda: PairedScores(["é", "a"], "é").update(
        ["a", "é"], [5e-324, -1e308], [float("inf"), -2.5]
    ),
    "tokens": _tokens,
    "tokens_nll": lambda: Tokens().update_nll([0.5, 1.5], correct=[1, 0]),
}
