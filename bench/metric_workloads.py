"""Metrics over labels, scores and logits."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

import numpy as np

from bench.workload import Array, Call, Shared, Workload, count, tensor

__all__ = ["METRIC_WORKLOADS"]


class Labels(Shared):
    """True and predicted labels, 70 % of them right."""

    def __init__(self, size: int, classes: int = 20) -> None:
        super().__init__(size)
        self.classes = classes

    @cached_property
    def read(self) -> tuple[Array, Array]:
        y_true = self.rng.integers(0, self.classes, self.size)
        wrong = self.rng.integers(0, self.classes, self.size)
        return y_true, np.where(self.rng.random(self.size) < 0.7, y_true, wrong)

    @property
    def tensors(self) -> tuple[Any, Any]:
        """Predicted and true labels: torch's order."""
        return tensor(self.read[1]), tensor(self.read[0])


class Accuracy(Labels):
    title, function = "accuracy, int64", "accuracy_score"

    def numpy(self) -> Call:
        y_true, y_pred = self.read
        return lambda: np.mean(y_true == y_pred)

    def torch(self) -> Call:
        y_pred, y_true = self.tensors
        return lambda: (y_true == y_pred).sum().item() / len(y_true)

    def torchmetrics(self) -> Call:
        from torchmetrics.functional.classification import multiclass_accuracy

        options = {"num_classes": self.classes, "average": "micro"}
        return partial(multiclass_accuracy, *self.tensors, **options)

    def torcheval(self) -> Call:
        from torcheval.metrics.functional import multiclass_accuracy

        return partial(multiclass_accuracy, *self.tensors)


class Confusion(Labels):
    title, function = "confusion matrix", "confusion_matrix"

    @property
    def name(self) -> str:
        return f"{self.title}, K = {self.classes}, {count(self.size)}"

    def numpy(self) -> Call:
        return partial(_confusion_of_numpy, *self.read, self.classes)

    def torch(self) -> Call:
        import torch

        y_pred, y_true = self.tensors
        cells = self.classes**2
        return lambda: torch.bincount(y_true * self.classes + y_pred, minlength=cells).reshape(
            self.classes, self.classes
        )

    def torchmetrics(self) -> Call:
        from torchmetrics.functional.classification import multiclass_confusion_matrix

        return partial(multiclass_confusion_matrix, *self.tensors, num_classes=self.classes)

    def torcheval(self) -> Call:
        from torcheval.metrics.functional import multiclass_confusion_matrix

        return partial(multiclass_confusion_matrix, *self.tensors, num_classes=self.classes)


def _confusion_of_numpy(y_true: Array, y_pred: Array, classes: int) -> Array:
    cells = np.bincount(y_true * classes + y_pred, minlength=classes**2)
    return cells.reshape(classes, classes)


class F1(Labels):
    title, function = "F1 macro, K = 20", "f1_score"
    options = {"average": "macro"}  # noqa: RUF012

    def numpy(self) -> Call:
        y_true, y_pred = self.read

        def f1() -> Any:
            matrix = _confusion_of_numpy(y_true, y_pred, self.classes)
            return np.mean(2 * matrix.diagonal() / (matrix.sum(0) + matrix.sum(1)))

        return f1

    def torchmetrics(self) -> Call:
        from torchmetrics.functional.classification import multiclass_f1_score

        options = {"num_classes": self.classes, "average": "macro"}
        return partial(multiclass_f1_score, *self.tensors, **options)

    def torcheval(self) -> Call:
        from torcheval.metrics.functional import multiclass_f1_score

        options = {"num_classes": self.classes, "average": "macro"}
        return partial(multiclass_f1_score, *self.tensors, **options)


class F1OfText(Shared):
    title, function = "F1 macro, K = 20, text", "f1_score"
    options = {"average": "macro"}  # noqa: RUF012

    @cached_property
    def read(self) -> tuple[Array, Array]:
        names = np.array([f"label {k}" for k in range(20)])
        y_true, y_pred = Labels(self.size).read
        return names[y_true], names[y_pred]


class Scores(Shared):
    """Binary labels, a third of them true, and scores that tell something of them."""

    dtype: type = np.float64

    @cached_property
    def read(self) -> tuple[Array, Array]:
        y_true = (self.rng.random(self.size) < 0.3).astype(np.int64)
        scores = 1 / (1 + np.exp(-self.rng.standard_normal(self.size) - y_true))
        return y_true, scores.astype(self.dtype)

    @property
    def tensors(self) -> tuple[Any, Any]:
        """Scores and labels: torch's order."""
        return tensor(self.read[1]), tensor(self.read[0])


class RocAuc(Scores):
    title, function = "ROC AUC, float64", "roc_auc_score"

    def torchmetrics(self) -> Call:
        from torchmetrics.functional.classification import binary_auroc

        return partial(binary_auroc, *self.tensors)

    def torcheval(self) -> Call:
        from torcheval.metrics.functional import binary_auroc

        return partial(binary_auroc, *self.tensors)


class AveragePrecision(Scores):
    title, function, dtype = "average precision, float32", "average_precision_score", np.float32
    tolerance = 1e-3  # torcheval interpolates

    def torchmetrics(self) -> Call:
        from torchmetrics.functional.classification import binary_average_precision

        return partial(binary_average_precision, *self.tensors)

    def torcheval(self) -> Call:
        from torcheval.metrics.functional import binary_auprc

        return partial(binary_auprc, *self.tensors)


class LogLoss(Scores):
    title, function = "log loss, binary, float64", "log_loss"

    def numpy(self) -> Call:
        y_true, scores = self.read
        return lambda: -np.mean(np.log(np.where(y_true == 1, scores, 1 - scores)))

    def torch(self) -> Call:
        import torch

        scores, y_true = self.tensors
        return lambda: torch.nn.functional.binary_cross_entropy(scores, y_true.double())


class LogLossOfClasses(Shared):
    title, function = "log loss, K = 20, float64", "log_loss"
    classes = 20

    @cached_property
    def read(self) -> tuple[Array, Array]:
        y_true = self.rng.integers(0, self.classes, self.size)
        raw = np.exp(self.rng.standard_normal((self.size, self.classes)))
        return y_true, raw / raw.sum(1, keepdims=True)

    def numpy(self) -> Call:
        y_true, probabilities = self.read
        rows = np.arange(self.size)
        return lambda: -np.mean(np.log(probabilities[rows, y_true]))

    def torch(self) -> Call:
        import torch

        y_true, probabilities = (tensor(array) for array in self.read)
        return lambda: torch.nn.functional.nll_loss(probabilities.log(), y_true)


class Perplexity(Workload):
    title, function = "perplexity from float32 logits", "perplexity"
    vocabulary = 10_000

    @property
    def name(self) -> str:
        return f"{self.title}, {self.size:,} x {self.vocabulary:,}"

    @cached_property
    def read(self) -> tuple[Array, Array]:
        logits = self.rng.standard_normal((self.size, self.vocabulary), dtype=np.float32)
        return logits, self.rng.integers(0, self.vocabulary, self.size)

    def torch(self) -> Call:
        import torch

        logits, targets = (tensor(array) for array in self.read)
        return lambda: torch.exp(torch.nn.functional.cross_entropy(logits, targets))

    def torchmetrics(self) -> Call:
        from torchmetrics.functional.text import perplexity

        return partial(perplexity, *(tensor(array[None]) for array in self.read))

    def torcheval(self) -> Call:
        from torcheval.metrics.functional import perplexity

        return partial(perplexity, *(tensor(array[None]) for array in self.read))


class TopK(Shared):
    title, function = "top-5 accuracy of 1,000 classes, float64", "top_k_accuracy_score"
    options = {"k": 5, "labels": np.arange(1_000)}  # noqa: RUF012
    classes = 1_000

    @cached_property
    def read(self) -> tuple[Array, Array]:
        y_true = self.rng.integers(0, self.classes, self.size)
        scores = self.rng.random((self.size, self.classes))
        scores[np.arange(self.size), y_true] += self.rng.random(self.size) * 0.3
        return y_true, scores

    def numpy(self) -> Call:
        y_true, scores = self.read

        def accuracy() -> Any:
            best = np.argpartition(scores, -5, axis=1)[:, -5:]
            return np.mean((best == y_true[:, None]).any(1))

        return accuracy

    def torch(self) -> Call:
        y_true, scores = (tensor(array) for array in self.read)
        return lambda: (scores.topk(5).indices == y_true[:, None]).any(1).double().mean()

    def torchmetrics(self) -> Call:
        from torchmetrics.functional.classification import multiclass_accuracy

        y_true, scores = (tensor(array) for array in self.read)
        options = {"num_classes": self.classes, "average": "micro", "top_k": 5}
        return partial(multiclass_accuracy, scores, y_true, **options)

    def torcheval(self) -> Call:
        from torcheval.metrics.functional import multiclass_accuracy

        y_true, scores = (tensor(array) for array in self.read)
        return partial(multiclass_accuracy, scores, y_true, k=5)


# Class, size, and what else it is made with.
METRIC_WORKLOADS: tuple[tuple[Any, ...], ...] = (
    (Accuracy, 10**7),
    (Confusion, 10**7, 2),
    (Confusion, 10**7, 20),
    (Confusion, 10**7, 1000),
    (F1, 10**7),
    (F1OfText, 10**6),
    (RocAuc, 10**7),
    (AveragePrecision, 10**7),
    (LogLoss, 10**7),
    (LogLossOfClasses, 10**6),
    (Perplexity, 8_192),
    (TopK, 10**5),
    (Accuracy, 1_000),
    (F1, 1_000),
)
