"""A first look at speed: lstmetrics beside scikit-learn, and torch where it is installed.

``python bench/overview.py`` prints a Markdown table of medians. Candidates of a workload take turns
in one process, so that a change of the machine's pace meets all of them alike.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sklearn
import sklearn.metrics

import lstmetrics
from lstmetrics import metrics
from lstmetrics.models import LSTM, Dense, Embedding, Sequential

try:
    import torch
except ImportError:
    torch = None

RNG = np.random.default_rng(7)


@dataclass(frozen=True)
class Workload:
    """One job, done by us and by a peer."""

    name: str
    peer: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    # Seconds before each turn: OpenMP's threads spin for a while after theirs, and would take a
    # core from whoever runs next.
    rest: float = 0.0


CALLS_A_TURN = 5
# Seconds of calls that are not timed, at the start of a turn: by then the caches are the
# candidate's own, and the system has spread its threads over the cores.
WARM_UP = 0.1


def median_times(workload: Workload, turns: int) -> tuple[float, float]:
    """Return the median seconds of a call of ours and of the peer's, who take turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns):
        for run, times in zip((workload.ours, workload.theirs), taken, strict=True):
            time.sleep(workload.rest)
            begin = time.perf_counter()
            while time.perf_counter() - begin < WARM_UP:
                run()
            for _ in range(CALLS_A_TURN):
                start = time.perf_counter()
                run()
                times.append(time.perf_counter() - start)
    return statistics.median(taken[0]), statistics.median(taken[1])


def metric_workloads() -> list[Workload]:
    """Classification metrics on integers: many samples, and the cost of a small call."""
    found = []
    for count in (1_000, 1_000_000):
        y_true = RNG.integers(0, 20, count)
        y_pred = np.where(RNG.random(count) < 0.7, y_true, RNG.integers(0, 20, count))
        scores = RNG.random(count)
        binary = (scores < RNG.random(count)).astype(np.int64)
        for name, arguments, options in (
            ("accuracy_score", (y_true, y_pred), {}),
            ("f1_score", (y_true, y_pred), {"average": "macro"}),
            ("confusion_matrix", (y_true, y_pred), {}),
            ("log_loss", (binary, scores), {}),
        ):
            ours, theirs = getattr(metrics, name), getattr(sklearn.metrics, name)
            found.append(
                Workload(
                    f"{name}, {count:,} samples",
                    "scikit-learn",
                    lambda f=ours, a=arguments, o=options: f(*a, **o),
                    lambda f=theirs, a=arguments, o=options: f(*a, **o),
                )
            )
    return found


def torch_workloads() -> list[Workload]:
    """An LSTM classifier and cross-entropy from logits, against torch on as many threads."""
    if torch is None:
        return []
    torch.set_num_threads(lstmetrics.num_threads())
    embedding, lstm = torch.nn.Embedding(20_000, 100), torch.nn.LSTM(100, 128, batch_first=True)
    linear = torch.nn.Linear(128, 2)
    weights = {
        f"{name}.{key}": value.numpy()
        for name, module in (("embedding", embedding), ("lstm", lstm), ("fc", linear))
        for key, value in module.state_dict().items()
    }
    model = Sequential(
        [
            Embedding.from_torch(weights, "embedding"),
            LSTM.from_torch(weights, "lstm"),
            Dense.from_torch(weights, "fc", activation="softmax"),
        ]
    )

    def peer(ids: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return torch.softmax(linear(lstm(embedding(ids))[1][0][-1]), -1)

    found = []
    for batch in (1, 32, 256):
        ids = RNG.integers(0, 20_000, (batch, 100))
        tensor = torch.from_numpy(ids)
        found.append(
            Workload(
                f"LSTM classifier, 100 steps, H 128, batch {batch}",
                "torch",
                lambda x=ids, b=batch: model.predict(x, batch_size=b),
                lambda x=tensor: peer(x),
                rest=0.3,
            )
        )
    logits = RNG.standard_normal((2048, 10_000), dtype=np.float32)
    targets = RNG.integers(0, 10_000, 2048)
    tensors = torch.from_numpy(logits), torch.from_numpy(targets)
    found.append(
        Workload(
            "perplexity, 2,048 x 10,000 float32 logits",
            "torch",
            lambda: metrics.perplexity(logits, targets),
            lambda: torch.exp(torch.nn.functional.cross_entropy(*tensors)),
            rest=0.3,
        )
    )
    return found


def main() -> None:
    """Run everything and print the table."""
    facts = lstmetrics.info()
    print(
        f"lstmetrics {facts['version']} ({facts['isa']}, {facts['threads']} threads), "
        f"scikit-learn {sklearn.__version__}, torch {torch.__version__ if torch else 'absent'}\n"
    )
    print("| workload | lstmetrics | peer | ratio |\n|---|---:|---:|---:|")
    for workload in metric_workloads() + torch_workloads():
        ours, theirs = median_times(workload, turns=8)
        print(
            f"| {workload.name} | {scaled(ours)} | {scaled(theirs)} {workload.peer} | "
            f"{theirs / ours:.1f}x |",
            flush=True,
        )


def scaled(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    return f"{seconds * 1e6:.1f} us" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


if __name__ == "__main__":
    main()
