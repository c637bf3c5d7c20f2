"""Metrics fed batch by batch, on any number of workers, merged exactly in any order."""

from lstmetrics.streaming._calibration import Calibration
from lstmetrics.streaming._clustered_losses import ClusteredLoss, ClusteredPairedLoss
from lstmetrics.streaming._clusters import ClusteredConfusion, ClusteredPairedOutcomes
from lstmetrics.streaming._collection import Collection
from lstmetrics.streaming._confusion import Confusion
from lstmetrics.streaming._entities import Entities
from lstmetrics.streaming._grouped import Grouped
from lstmetrics.streaming._interval import Interval
from lstmetrics.streaming._loss import Loss
from lstmetrics.streaming._multilabel import MultilabelConfusion
from lstmetrics.streaming._paired import PairedOutcomes, PairedTest
from lstmetrics.streaming._paired_scores import PairedScores
from lstmetrics.streaming._scores import Scores
from lstmetrics.streaming._tokens import Tokens
from lstmetrics.streaming._top_k import TopK

__all__ = [
    "Calibration",
    "ClusteredConfusion",
    "ClusteredLoss",
    "ClusteredPairedLoss",
    "ClusteredPairedOutcomes",
    "Collection",
    "Confusion",
    "Entities",
    "Grouped",
    "Interval",
    "Loss",
    "MultilabelConfusion",
    "PairedOutcomes",
    "PairedScores",
    "PairedTest",
    "Scores",
    "Tokens",
    "TopK",
]
