"""Texts that occur more than once: in the test data, or in the training data as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from lstmetrics.errors import MissingExtraError

__all__ = ["Duplicates"]

_PERMUTATIONS = 128
_SHINGLE = 5  # characters
_KEPT = 10  # examples of texts with different labels


class Duplicates:
    """Counts of texts seen before; capitals and blanks make no difference.

    It keeps 16 bytes a text and, for near duplicates, a MinHash of each. A text is nearly the same
    as another when they share about `threshold` of their runs of five characters.

    Parameters
    ----------
    near : bool, default=False
        Whether near duplicates are looked for, which takes the extra ``leakage``.
    threshold : float, default=0.8
        The Jaccard similarity from which texts are nearly the same.
    train : iterable of str, optional
        Training texts; more can be added.

    Raises
    ------
    lstmetrics.errors.MissingExtraError
        `near` without the extra.

    Examples
    --------
    >>> from lstmetrics.evaluation import Duplicates
    >>> found = Duplicates()
    >>> found.add_train(["Win a prize now!"])
    >>> found.add_test(["win a  prize NOW!", "See you at eight", "see you at eight"], [1, 0, 1])
    >>> counts = found.counts()
    >>> counts["in_train"], counts["repeated"], counts["conflicting"]
    (1, 1, 1)
    """

    def __init__(
        self, *, near: bool = False, threshold: float = 0.8, train: Iterable[str] | None = None
    ) -> None:
        self._train: set[bytes] | None = None
        self._labels: dict[bytes, Any] = {}
        self._conflicting: dict[bytes, str] = {}
        self._samples = self._in_train = 0
        self._near = _NearDuplicates(threshold) if near else None
        if train is not None:
            self.add_train(train)

    def add_train(self, texts: Iterable[str]) -> None:
        """Add training texts; all of them before the first test text.

        Parameters
        ----------
        texts : iterable of str
        """
        self._train = set() if self._train is None else self._train
        for text in texts:
            plain = _plain(text)
            key = _key(plain)
            if self._near is not None and key not in self._train:
                self._near.add_train(key, plain)
            self._train.add(key)

    def add_test(self, texts: Sequence[str], labels: Sequence[Any]) -> None:
        """Add test texts with their true labels.

        Parameters
        ----------
        texts : sequence of str
        labels : sequence
            As many.
        """
        for text, label in zip(texts, labels, strict=True):
            plain = _plain(text)
            key = _key(plain)
            self._samples += 1
            in_train = self._train is not None and key in self._train
            self._in_train += in_train
            if key not in self._labels:
                self._labels[key] = label
                if self._near is not None and not in_train:
                    self._near.add_test(key, plain)
            elif self._labels[key] != label:
                self._conflicting.setdefault(key, text)

    def counts(self) -> dict[str, Any]:
        """Return what was found.

        Returns
        -------
        dict
            ``samples``; ``in_train``, test texts that are in the training data, None without any;
            ``repeated``, test texts that repeat another; ``conflicting``, different texts with more
            than one label, some of them in ``conflicts``; ``near_train`` and ``near_repeated``,
            different texts nearly the same as one of the training data, as another of the test
            data, None where that was not looked for.
        """
        near = self._near
        return {
            "samples": self._samples,
            "in_train": None if self._train is None else self._in_train,
            "repeated": self._samples - len(self._labels),
            "conflicting": len(self._conflicting),
            "conflicts": sorted(self._conflicting.values())[:_KEPT],
            "near_train": None if near is None or self._train is None else near.near_train,
            "near_repeated": None if near is None else near.near_repeated,
        }


class _NearDuplicates:
    """Texts with similar sets of character runs, found by locality-sensitive hashing."""

    def __init__(self, threshold: float) -> None:
        try:
            from datasketch import MinHash, MinHashLSH
        except ModuleNotFoundError as error:
            raise MissingExtraError("looking for near duplicates", "leakage") from error
        self._min_hash = MinHash
        self._train = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
        self._test = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
        self.near_train = self.near_repeated = 0

    def _sketch(self, plain: str) -> Any:
        runs = {plain[i : i + _SHINGLE].encode() for i in range(max(1, len(plain) - _SHINGLE + 1))}
        sketch = self._min_hash(num_perm=_PERMUTATIONS)
        sketch.update_batch(sorted(runs))
        return sketch

    def add_train(self, key: bytes, plain: str) -> None:
        self._train.insert(key, self._sketch(plain))

    def add_test(self, key: bytes, plain: str) -> None:
        sketch = self._sketch(plain)
        self.near_train += bool(self._train.query(sketch))
        self.near_repeated += bool(self._test.query(sketch))
        self._test.insert(key, sketch)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _key(plain: str) -> bytes:
    return blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).digest()
