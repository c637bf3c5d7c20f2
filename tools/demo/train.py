"""Train the two models of `lstmetrics demo` and write them with their held-out data.

    python tools/demo/train.py                      # everything, into python/lstmetrics/demo
    python tools/demo/train.py --state-dicts DIR    # and the raw weights and torch's own numbers

PyTorch is a tool here and nowhere else. Runs on one thread, takes a few minutes, and gives the
same models each time on the same machine with the same PyTorch.
"""

from __future__ import annotations

import argparse
import copy
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from grammar import ALPHABET, LABELS, messages, prose
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, dropout, one_hot
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

PATTERN = r"[a-z0-9']+"
PADDING, UNKNOWN = "", "<unk>"
Message = tuple[str, str]


@dataclass(frozen=True)
class Settings:
    """Everything that decides what comes out."""

    seed: int = 7
    epochs: int = 10
    train_messages: int = 20_000
    held_out_messages: int = 600
    held_out_characters: int = 20_000
    # classifier
    rarest_word: int = 6  # words seen less often in training are unknown
    max_length: int = 64
    word_size: int = 28
    classifier_hidden: int = 40
    dropout: float = 0.5
    batch: int = 64
    # language model
    character_size: int = 32
    language_hidden: int = 120
    streams: int = 32  # texts read side by side
    steps: int = 64  # characters between two updates


class Classifier(nn.Module):
    """Embedding, bidirectional LSTM over the valid steps, last states of both ways, classes."""

    def __init__(self, words: int, settings: Settings) -> None:
        super().__init__()
        hidden = settings.classifier_hidden
        self.dropout = settings.dropout
        self.embedding = nn.Embedding(words, settings.word_size, padding_idx=0)
        self.lstm = nn.LSTM(settings.word_size, hidden, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, len(LABELS))

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits of each text; steps at and beyond its length do not count."""
        vectors = dropout(self.embedding(ids), self.dropout, self.training)
        packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
        _, (last, _) = self.lstm(packed)
        logits: Tensor = self.fc(
            dropout(torch.cat((last[0], last[1]), 1), self.dropout, self.training)
        )
        return logits


class LanguageModel(nn.Module):
    """Embedding, LSTM, and at each step the logits of the next character."""

    def __init__(self, characters: int, settings: Settings) -> None:
        super().__init__()
        self.embedding = nn.Embedding(characters, settings.character_size)
        self.lstm = nn.LSTM(settings.character_size, settings.language_hidden, batch_first=True)
        self.fc = nn.Linear(settings.language_hidden, characters)

    def forward(
        self, ids: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Logits of each next character, and the state to go on from."""
        outputs, state = self.lstm(self.embedding(ids), state)
        return self.fc(outputs), state


def word_list(texts: list[str], settings: Settings) -> list[str]:
    """Padding, unknown, then the known words, the most frequent first."""
    counts = Counter(word for text in texts for word in re.findall(PATTERN, text.lower()))
    known = [word for word, count in counts.items() if count >= settings.rarest_word]
    return [PADDING, UNKNOWN, *sorted(known, key=lambda word: (-counts[word], word))]


def encode_words(texts: list[str], words: list[str], settings: Settings) -> tuple[Tensor, Tensor]:
    """Padded ids and lengths."""
    ids = {word: i for i, word in enumerate(words)}
    rows = [
        torch.tensor([ids.get(word, 1) for word in re.findall(PATTERN, text.lower())])
        for text in texts
    ]
    rows = [row[: settings.max_length] for row in rows]
    return pad_sequence(rows, batch_first=True), torch.tensor([len(row) for row in rows])


def encode_labels(data: list[Message]) -> Tensor:
    """The index of each label."""
    return torch.tensor([LABELS.index(label) for _, label in data])


def encode_characters(text: str) -> Tensor:
    """The place of each character in the alphabet."""
    return torch.tensor([ALPHABET.index(character) for character in text])


class Trainer:
    """Adam with gradients clipped and a rate that rises, then falls to nothing."""

    def __init__(self, name: str, model: nn.Module, rate: float, updates: int) -> None:
        self._name, self._model, self._updates = name, model, updates
        self._adam = torch.optim.Adam(model.parameters(), rate)
        self._rate = torch.optim.lr_scheduler.OneCycleLR(self._adam, rate, total_steps=updates)
        self._seen, self._mean = 0, 0.0

    def update(self, loss: Tensor) -> None:
        """One step down the gradient of `loss`; reports ten times in all."""
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._adam.step()
        self._rate.step()
        self._seen += 1
        self._mean += 0.02 * (loss.item() - self._mean) if self._seen > 1 else loss.item()
        if self._seen % (self._updates // 10) == 0:
            print(f"  {self._name}: update {self._seen}/{self._updates}, loss {self._mean:.4f}")


def train_classifier(data: list[Message], words: list[str], settings: Settings) -> Classifier:
    """Fit to the labelled messages."""
    torch.manual_seed(settings.seed)
    ids, lengths = encode_words([text for text, _ in data], words, settings)
    targets = encode_labels(data)
    model = Classifier(len(words), settings)
    batches = -(-len(data) // settings.batch)
    trainer = Trainer("classifier", model, 4e-3, settings.epochs * batches)
    for _ in range(settings.epochs):
        order = torch.randperm(len(data))
        for start in range(0, len(data), settings.batch):
            rows = order[start : start + settings.batch]
            longest = int(lengths[rows].max())
            logits = model(ids[rows, :longest], lengths[rows])
            trainer.update(cross_entropy(logits, targets[rows]))
    return model.eval()


def windows(text: str, settings: Settings) -> Iterator[tuple[Tensor, Tensor]]:
    """Characters and those that follow them, as streams read side by side, window by window."""
    length = (len(text) - 1) // settings.streams
    ids = encode_characters(text[: length * settings.streams + 1])
    inputs = ids[:-1].view(settings.streams, length)
    targets = ids[1:].view(settings.streams, length)
    for start in range(0, length, settings.steps):
        yield inputs[:, start : start + settings.steps], targets[:, start : start + settings.steps]


def train_language_model(text: str, settings: Settings) -> LanguageModel:
    """Fit to the text, the state carried from window to window."""
    torch.manual_seed(settings.seed)
    model = LanguageModel(len(ALPHABET), settings)
    epoch = list(windows(text, settings))
    trainer = Trainer("language model", model, 6e-3, settings.epochs * len(epoch))
    for _ in range(settings.epochs):
        state = None
        for inputs, targets in epoch:
            logits, (hidden, cell) = model(inputs, state)
            state = hidden.detach(), cell.detach()
            trainer.update(cross_entropy(logits.flatten(0, 1), targets.flatten()))
    return model.eval()


@torch.no_grad()
def probabilities(
    model: Classifier, data: list[Message], words: list[str], settings: Settings
) -> NDArray[np.float64]:
    """Class probabilities of each message, computed in double."""
    ids, lengths = encode_words([text for text, _ in data], words, settings)
    logits = copy.deepcopy(model).double()(ids, lengths)
    return np.asarray(logits.softmax(1).numpy())


@torch.no_grad()
def losses(model: LanguageModel, text: str) -> NDArray[np.float64]:
    """Negative log likelihood of each character but the first, computed in double."""
    ids = encode_characters(text)
    logits, _ = copy.deepcopy(model).double()(ids[None, :-1])
    return np.asarray(cross_entropy(logits[0], ids[1:], reduction="none").numpy())


@torch.no_grad()
def sample(model: LanguageModel, characters: int) -> str:
    """Text of the model's own making, a little more careful than its probabilities."""
    text, state = "\n", None
    while len(text) < characters:
        logits, state = model(encode_characters(text[-1:])[None], state)
        text += ALPHABET[int(torch.multinomial((logits[0, -1] / 0.7).softmax(0), 1))]
    return text


def classifier_report(predicted: NDArray[np.float64], data: list[Message]) -> dict[str, Any]:
    """Accuracy, log loss and what is known of each class."""
    targets = encode_labels(data)
    truth = one_hot(targets, len(LABELS)).double()
    guess = one_hot(torch.from_numpy(predicted.argmax(1)), len(LABELS)).double()
    counts = truth.T @ guess
    hits = counts.diagonal()
    own = predicted[np.arange(len(data)), targets.numpy()]
    return {
        "samples": len(data),
        "accuracy": float(hits.sum() / counts.sum()),
        "log_loss": float(-np.log(own).mean()),
        "mean_confidence": float(predicted.max(1).mean()),
        "labels": list(LABELS),
        "precision": (hits / counts.sum(0)).tolist(),
        "recall": (hits / counts.sum(1)).tolist(),
        "f1": (2 * hits / (counts.sum(0) + counts.sum(1))).tolist(),
        "confusion_matrix": counts.int().tolist(),
    }


def language_report(nll: NDArray[np.float64], text: str, training: str) -> dict[str, Any]:
    """Nats per character, and the same for a model that knows only how frequent each one is."""
    counts = Counter(training + ALPHABET)
    unigram = np.log(counts.total()) - np.log([counts[character] for character in text[1:]]).mean()
    nats = float(nll.mean())
    return {
        "predictions": len(nll),
        "nats_per_character": nats,
        "perplexity": float(np.exp(nats)),
        "unigram_perplexity": float(np.exp(unigram)),
    }


def arrays(model: nn.Module) -> dict[str, NDArray[np.float32]]:
    """The state dict as numpy arrays."""
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}


def write_models(
    out: Path, classifier: Classifier, language: LanguageModel, words: list[str], settings: Settings
) -> None:
    """The two shipped files, rebuilt layer by layer as a user of PyTorch would."""
    from lstmetrics.models import LSTM, CharVocabulary, Dense, Embedding, Sequential, WordVocabulary

    weights = arrays(classifier)
    Sequential(
        [
            Embedding.from_torch(weights, "embedding", mask_zero=True),
            LSTM.from_torch(weights, "lstm", bidirectional=True),
            Dense.from_torch(weights, "fc", activation="softmax"),
        ],
        name="demo_classifier",
        text=WordVocabulary(
            words, pattern=PATTERN, lower=True, unknown=1, max_length=settings.max_length
        ),
        labels=list(LABELS),
    ).save(out / "classifier.safetensors")
    weights = arrays(language)
    Sequential(
        [
            Embedding.from_torch(weights, "embedding"),
            LSTM.from_torch(weights, "lstm", return_sequences=True),
            Dense.from_torch(weights, "fc", activation="softmax"),
        ],
        name="demo_language_model",
        text=CharVocabulary(ALPHABET, unknown=None),
    ).save(out / "language_model.safetensors")


def write_held_out(out: Path, data: list[Message], text: str) -> None:
    """The held-out messages and the held-out prose."""
    with (out / "held_out.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("text", "label"), *data])
    (out / "held_out.txt").write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Make the text, train, measure, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("python/lstmetrics/demo"))
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--state-dicts", type=Path, help="also write weights and torch's numbers")
    parser.add_argument("--no-models", action="store_true", help="do without lstmetrics")
    options = parser.parse_args()
    settings = replace(Settings(), epochs=options.epochs)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    data = messages(settings.seed, settings.train_messages + settings.held_out_messages)
    training, held_out = data[: settings.train_messages], data[settings.train_messages :]
    words = word_list([text for text, _ in training], settings)
    classifier = train_classifier(training, words, settings)
    training_text = prose(text for text, _ in training)
    held_out_text = prose(text for text, _ in held_out)[: settings.held_out_characters]
    language = train_language_model(training_text, settings)

    predicted = probabilities(classifier, held_out, words, settings)
    nll = losses(language, held_out_text)
    fitted = classifier_report(probabilities(classifier, training, words, settings), training)
    report = {
        "settings": asdict(settings),
        "torch": torch.__version__,
        "training_accuracy": fitted["accuracy"],
        "classifier": classifier_report(predicted, held_out),
        "language_model": language_report(nll, held_out_text, training_text),
    }
    print(json.dumps(report, indent=2), sample(language, 600), sep="\n")

    options.out.mkdir(parents=True, exist_ok=True)
    write_held_out(options.out, held_out, held_out_text)
    if not options.no_models:
        write_models(options.out, classifier, language, words, settings)
    if options.state_dicts:
        folder: Path = options.state_dicts
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "classifier.npz", allow_pickle=False, **arrays(classifier))
        np.savez(folder / "language_model.npz", allow_pickle=False, **arrays(language))
        np.save(folder / "expected_probabilities.npy", predicted)
        np.save(folder / "expected_nll.npy", nll)
        vocabulary = {"words": words, "characters": ALPHABET, "labels": LABELS}
        (folder / "vocabulary.json").write_text(json.dumps(vocabulary, indent=0) + "\n")
        (folder / "expected.json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
