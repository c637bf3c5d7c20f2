# Written by tools/stubs.py from the module itself, not by hand.
"""
The C++ core of lstmetrics: runtime, accumulators, models.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing
import typing_extensions

__all__: list[str] = [
    "CONTRACT_VERSION",
    "CalibrationBins",
    "ClusteredCounts",
    "ClusteredLosses",
    "Column",
    "ConfusionCounts",
    "EntityCounts",
    "Graph",
    "GraphSpec",
    "LossSum",
    "LstmSpec",
    "MultilabelCounts",
    "PairedOutcomes",
    "PairedScores",
    "ScoreCounts",
    "Session",
    "Stream",
    "TokenLoss",
    "TopKCounts",
    "available_cpus",
    "available_isa_levels",
    "bfloat16_weights",
    "compiled_isa_levels",
    "compiler",
    "composite_bytes",
    "composite_digest_payload",
    "current_isa",
    "float32_array",
    "int8_weights",
    "num_threads",
    "open_composite",
    "set_isa",
    "set_num_threads",
    "state_name",
    "version",
]

class Column:
    """
    A column or tensor of another library, where it lies.
    """
    @staticmethod
    def coded(codes: typing.Any, labels: typing.Any, name: str) -> Column: ...
    @staticmethod
    def of_list(list: typing.Any) -> Column: ...
    def __init__(self, source: typing.Any, name: str) -> None: ...
    def __len__(self) -> int: ...
    def codes(self, name: str) -> Column: ...
    @property
    def _foreign(self) -> typing_extensions.CapsuleType: ...
    @property
    def bits(self) -> Column: ...
    @property
    def dtype(self) -> str: ...
    @property
    def has_buffer(self) -> bool: ...
    @property
    def has_labels(self) -> bool: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def ndim(self) -> int: ...
    @property
    def shape(self) -> tuple[int, ...]: ...

class ConfusionCounts:
    """
    How often each label was predicted as each other.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> ConfusionCounts:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    @staticmethod
    def from_matrix(matrix: typing.Any, labels: typing.Any, declare: bool) -> ConfusionCounts: ...
    def __add__(self, other: ConfusionCounts) -> ConfusionCounts: ...
    def __copy__(self) -> ConfusionCounts: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> ConfusionCounts: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: ConfusionCounts) -> ConfusionCounts: ...
    def __init__(self, labels: typing.Any = None) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def accuracy(self) -> float: ...
    def balanced_accuracy(self, adjusted: bool) -> tuple[float, bool]: ...
    def chance_test(self) -> tuple[float, float]: ...
    def cohen_kappa(
        self, labels: typing.Any, disagreement: typing.SupportsInt | typing.SupportsIndex
    ) -> tuple[float, bool, bool]: ...
    def copy(self) -> ConfusionCounts:
        """
        Return an independent copy.
        """
    def correct(self) -> float: ...
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def error_rate(self) -> float: ...
    def errors(self) -> float: ...
    def jaccard(
        self,
        labels: typing.Any,
        average: typing.SupportsInt | typing.SupportsIndex,
        zero_division: typing.SupportsFloat | typing.SupportsIndex,
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float, bool]: ...
    def likelihood_ratios(
        self, labels: typing.Any
    ) -> tuple[tuple[float, float], tuple[bool, bool, bool, bool]]: ...
    def matrix(
        self, labels: typing.Any, normalize: typing.SupportsInt | typing.SupportsIndex
    ) -> typing.Any: ...
    def matthews_corrcoef(self) -> float: ...
    def merge(self, other: ConfusionCounts) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def one_against_rest(self, labels: typing.Any) -> typing.Any: ...
    def replicates(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[ConfusionCounts]:
        """
        Draw the replicates [first, first + count) of the bootstrap with a seed.
        """
    def report(
        self, labels: typing.Any, zero_division: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        float,
        bool,
        bool,
    ]: ...
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def scores(
        self,
        labels: typing.Any,
        average: typing.SupportsInt | typing.SupportsIndex,
        beta: typing.SupportsFloat | typing.SupportsIndex,
        zero_division: typing.SupportsFloat | typing.SupportsIndex,
    ) -> tuple[
        tuple[
            numpy.typing.NDArray[numpy.float64],
            numpy.typing.NDArray[numpy.float64],
            numpy.typing.NDArray[numpy.float64],
        ],
        numpy.typing.NDArray[numpy.float64],
        tuple[float, float, float],
        tuple[bool, bool, bool],
    ]: ...
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(
        self, y_true: typing.Any, y_pred: typing.Any, sample_weight: typing.Any = None
    ) -> None: ...
    @property
    def is_declared(self) -> bool: ...
    @property
    def is_weighted(self) -> bool: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def samples(self) -> int: ...

class MultilabelCounts:
    """
    What came of the labels of samples that may have several.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> MultilabelCounts:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: MultilabelCounts) -> MultilabelCounts: ...
    def __copy__(self) -> MultilabelCounts: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> MultilabelCounts: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: MultilabelCounts) -> MultilabelCounts: ...
    def __init__(self, labels: typing.SupportsInt | typing.SupportsIndex | None = None) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def accuracy(self) -> float: ...
    def bounds_by_label(
        self,
        labels: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] | None,
        rate: typing.SupportsInt | typing.SupportsIndex,
        average: typing.SupportsInt | typing.SupportsIndex,
        zero_division: typing.SupportsFloat | typing.SupportsIndex,
        level: typing.SupportsFloat | typing.SupportsIndex,
    ) -> tuple[float, float]: ...
    def copy(self) -> MultilabelCounts:
        """
        Return an independent copy.
        """
    def correct(self) -> float: ...
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def error_rate(self) -> float: ...
    def errors(self) -> float: ...
    def hamming_loss(self) -> float: ...
    def jaccard(
        self,
        labels: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] | None,
        average: typing.SupportsInt | typing.SupportsIndex,
        zero_division: typing.SupportsFloat | typing.SupportsIndex,
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float, bool]: ...
    def merge(self, other: MultilabelCounts) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def one_against_rest(
        self, labels: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] | None
    ) -> typing.Any: ...
    def report(
        self, zero_division: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        float,
    ]: ...
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def row_replicates(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[MultilabelCounts]:
        """
        Draw the replicates [first, first + count) of the bootstrap with a seed.
        """
    def scores(
        self,
        labels: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] | None,
        average: typing.SupportsInt | typing.SupportsIndex,
        beta: typing.SupportsFloat | typing.SupportsIndex,
        zero_division: typing.SupportsFloat | typing.SupportsIndex,
    ) -> tuple[
        tuple[
            numpy.typing.NDArray[numpy.float64],
            numpy.typing.NDArray[numpy.float64],
            numpy.typing.NDArray[numpy.float64],
        ],
        numpy.typing.NDArray[numpy.float64],
        tuple[float, float, float],
        tuple[bool, bool, bool],
    ]: ...
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(
        self, y_true: typing.Any, y_pred: typing.Any, sample_weight: typing.Any = None
    ) -> None: ...
    @property
    def is_declared(self) -> bool: ...
    @property
    def is_weighted(self) -> bool: ...
    @property
    def labels(self) -> int: ...
    @property
    def samples(self) -> int: ...

class LossSum:
    """
    Exact sums of a loss.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> LossSum:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: LossSum) -> LossSum: ...
    def __copy__(self) -> LossSum: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> LossSum: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: LossSum) -> LossSum: ...
    def __init__(self, loss: str, labels: typing.Any = None) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def bounds(self, level: typing.SupportsFloat | typing.SupportsIndex) -> tuple[float, float]: ...
    def brier_score(self, half: bool) -> float: ...
    def copy(self) -> LossSum:
        """
        Return an independent copy.
        """
    def d2_brier(self) -> float: ...
    def d2_log_loss(self) -> float: ...
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def merge(self, other: LossSum) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def standard_error(self) -> float: ...
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def total(self) -> float: ...
    def update(
        self, y_true: typing.Any, y_proba: typing.Any, sample_weight: typing.Any = None
    ) -> int: ...
    def update_losses(self, losses: typing.Any, sample_weight: typing.Any = None) -> None: ...
    def value(self) -> float: ...
    @property
    def is_declared(self) -> bool: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def loss(self) -> str: ...
    @property
    def samples(self) -> int: ...

class CalibrationBins:
    """
    How often predictions of each size came true.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> CalibrationBins:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: CalibrationBins) -> CalibrationBins: ...
    def __copy__(self) -> CalibrationBins: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> CalibrationBins: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: CalibrationBins) -> CalibrationBins: ...
    def __init__(
        self,
        edges: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
        labels: typing.Any,
        kind: str,
    ) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def copy(self) -> CalibrationBins:
        """
        Return an independent copy.
        """
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def error(self, norm: str) -> float: ...
    def merge(self, other: CalibrationBins) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def reliability(
        self, table: typing.SupportsInt | typing.SupportsIndex
    ) -> tuple[
        numpy.typing.NDArray[numpy.int64],
        numpy.typing.NDArray[numpy.int64],
        numpy.typing.NDArray[numpy.float64],
        numpy.typing.NDArray[numpy.float64],
        numpy.typing.NDArray[numpy.float64],
    ]: ...
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(
        self, y_true: typing.Any, y_prob: typing.Any, sample_weight: typing.Any = None
    ) -> int: ...
    @property
    def edges(self) -> list[float]: ...
    @property
    def kind(self) -> str: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def samples(self) -> int: ...

class TokenLoss:
    """
    The exact loss of a language model over tokens.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> TokenLoss:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: TokenLoss) -> TokenLoss: ...
    def __copy__(self) -> TokenLoss: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> TokenLoss: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: TokenLoss) -> TokenLoss: ...
    def __init__(
        self, top_k: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]
    ) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def bits_per_byte(self) -> float: ...
    def bits_per_byte_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[float, float]: ...
    def bits_per_character(self) -> float: ...
    def bits_per_character_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[float, float]: ...
    def bits_per_token(self) -> float: ...
    def bits_per_token_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[float, float]: ...
    def copy(self) -> TokenLoss:
        """
        Return an independent copy.
        """
    def cross_entropy(self) -> float: ...
    def cross_entropy_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[float, float]: ...
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def merge(self, other: TokenLoss) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def perplexity(self) -> float: ...
    def perplexity_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[float, float]: ...
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def standard_error(self) -> float: ...
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def token_accuracy(self) -> float: ...
    def token_accuracy_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[float, float]: ...
    def top_k_accuracies(self) -> list[tuple[int, float]]: ...
    def top_k_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> list[tuple[int, tuple[float, float]]]: ...
    def total(self) -> float: ...
    def update_logits(
        self,
        logits: typing.Any,
        targets: typing.Any,
        mask: typing.Any,
        sample_weight: typing.Any,
        log_probabilities: bool,
        ignore_index: typing.Any,
        characters: typing.SupportsInt | typing.SupportsIndex,
        bytes: typing.SupportsInt | typing.SupportsIndex,
    ) -> None: ...
    def update_nll(
        self,
        nll: typing.Any,
        mask: typing.Any,
        sample_weight: typing.Any,
        correct: typing.Any,
        characters: typing.SupportsInt | typing.SupportsIndex,
        bytes: typing.SupportsInt | typing.SupportsIndex,
    ) -> None: ...
    @property
    def bytes(self) -> int: ...
    @property
    def characters(self) -> int: ...
    @property
    def tokens(self) -> int: ...
    @property
    def top_k(self) -> list[int]: ...

class EntityCounts:
    """
    Entities of tagged sequences, by type.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> EntityCounts:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    @staticmethod
    def schemes() -> list[str]: ...
    def __add__(self, other: EntityCounts) -> EntityCounts: ...
    def __copy__(self) -> EntityCounts: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> EntityCounts: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: EntityCounts) -> EntityCounts: ...
    def __init__(self, scheme: typing.SupportsInt | typing.SupportsIndex = 0) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def all_types(self) -> tuple[int, int, int]: ...
    def copy(self) -> EntityCounts:
        """
        Return an independent copy.
        """
    def counts(self) -> numpy.typing.NDArray[numpy.int64]: ...
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def merge(self, other: EntityCounts) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def replicates(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[EntityCounts]:
        """
        Draw the replicates [first, first + count) of the bootstrap with a seed.
        """
    def report(
        self, zero_division: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        tuple[
            tuple[
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
                numpy.typing.NDArray[numpy.float64],
            ],
            numpy.typing.NDArray[numpy.float64],
            tuple[float, float, float],
            tuple[bool, bool, bool],
        ],
        float,
    ]: ...
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def scores(
        self,
        average: typing.SupportsInt | typing.SupportsIndex,
        beta: typing.SupportsFloat | typing.SupportsIndex,
        zero_division: typing.SupportsFloat | typing.SupportsIndex,
    ) -> tuple[
        tuple[
            numpy.typing.NDArray[numpy.float64],
            numpy.typing.NDArray[numpy.float64],
            numpy.typing.NDArray[numpy.float64],
        ],
        numpy.typing.NDArray[numpy.float64],
        tuple[float, float, float],
        tuple[bool, bool, bool],
    ]: ...
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def token_accuracy(self) -> float: ...
    def update(
        self,
        y_true: typing.Any,
        true_lengths: typing.Any,
        y_pred: typing.Any,
        pred_lengths: typing.Any,
        suffix: bool,
    ) -> None: ...
    @property
    def right_tokens(self) -> int: ...
    @property
    def scheme(self) -> int: ...
    @property
    def tokens(self) -> int: ...
    @property
    def types(self) -> list[int] | list[str]: ...

class TopKCounts:
    """
    How often the true label was among the k of the highest scores.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> TopKCounts:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: TopKCounts) -> TopKCounts: ...
    def __copy__(self) -> TopKCounts: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> TopKCounts: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: TopKCounts) -> TopKCounts: ...
    def __init__(
        self,
        ks: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
        labels: typing.Any = None,
    ) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def accuracies(self) -> list[float]: ...
    def copy(self) -> TopKCounts:
        """
        Return an independent copy.
        """
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def hits(self) -> list[float]: ...
    def merge(self, other: TopKCounts) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(
        self, y_true: typing.Any, y_score: typing.Any, sample_weight: typing.Any = None
    ) -> None: ...
    @property
    def is_weighted(self) -> bool: ...
    @property
    def ks(self) -> list[int]: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def samples(self) -> int: ...

class PairedOutcomes:
    """
    How often each true label met each pair of predictions.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> PairedOutcomes:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: PairedOutcomes) -> PairedOutcomes: ...
    def __copy__(self) -> PairedOutcomes: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> PairedOutcomes: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: PairedOutcomes) -> PairedOutcomes: ...
    def __init__(self, labels: typing.Any = None) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def accuracy_difference(self) -> float: ...
    def confusion(self, of_a: bool) -> ConfusionCounts: ...
    def copy(self) -> PairedOutcomes:
        """
        Return an independent copy.
        """
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def mcnemar_chi_square(self) -> tuple[float, float]: ...
    def mcnemar_exact(self) -> tuple[float, float]: ...
    def merge(self, other: PairedOutcomes) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def newcombe_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[float, float]: ...
    def normal_bounds(
        self, level: typing.SupportsFloat | typing.SupportsIndex
    ) -> tuple[float, float]: ...
    def replicates(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[PairedOutcomes]:
        """
        Draw the replicates [first, first + count) of the bootstrap with a seed.
        """
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def table(self) -> numpy.typing.NDArray[numpy.int64]: ...
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(self, y_true: typing.Any, y_pred_a: typing.Any, y_pred_b: typing.Any) -> None: ...
    @property
    def is_declared(self) -> bool: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def samples(self) -> int: ...

class ScoreCounts:
    """
    How often each score came for positives and for negatives.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> ScoreCounts:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: ScoreCounts) -> ScoreCounts: ...
    def __copy__(self) -> ScoreCounts: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> ScoreCounts: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: ScoreCounts) -> ScoreCounts: ...
    def __init__(
        self,
        labels: typing.Any,
        pos_label: typing.Any,
        columns: typing.SupportsInt | typing.SupportsIndex,
        max_points: typing.SupportsInt | typing.SupportsIndex,
        probabilities: bool,
    ) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def bounds(
        self,
        column: typing.SupportsInt | typing.SupportsIndex,
        level: typing.SupportsFloat | typing.SupportsIndex,
    ) -> tuple[float, float]: ...
    def copy(self) -> ScoreCounts:
        """
        Return an independent copy.
        """
    def curve(
        self,
        kind: typing.SupportsInt | typing.SupportsIndex,
        drop_intermediate: bool,
        column: typing.SupportsInt | typing.SupportsIndex,
    ) -> tuple[
        numpy.typing.NDArray[numpy.float64],
        numpy.typing.NDArray[numpy.float64],
        numpy.typing.NDArray[numpy.float64],
    ]: ...
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def merge(self, other: ScoreCounts) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def one_vs_one(self, weighted: bool) -> float: ...
    def outcomes(
        self, column: typing.SupportsInt | typing.SupportsIndex
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def replicates(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[ScoreCounts]:
        """
        Draw the replicates [first, first + count) of the bootstrap with a seed.
        """
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def standard_error(self, column: typing.SupportsInt | typing.SupportsIndex) -> float: ...
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(
        self, y_true: typing.Any, y_score: typing.Any, sample_weight: typing.Any = None
    ) -> None: ...
    def update_indicator(
        self, y_true: typing.Any, y_score: typing.Any, sample_weight: typing.Any = None
    ) -> None: ...
    def values(
        self,
        metric: typing.SupportsInt | typing.SupportsIndex,
        average: typing.SupportsInt | typing.SupportsIndex,
        max_fpr: typing.SupportsFloat | typing.SupportsIndex,
    ) -> tuple[list[float], float]: ...
    @property
    def columns(self) -> int: ...
    @property
    def is_multilabel(self) -> bool: ...
    @property
    def is_weighted(self) -> bool: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def max_points(self) -> int: ...
    @property
    def positive(self) -> int: ...
    @property
    def probabilities(self) -> bool: ...
    @property
    def samples(self) -> int: ...

class PairedScores:
    """
    The scores of two models for the same samples of two classes.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> PairedScores:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: PairedScores) -> PairedScores: ...
    def __copy__(self) -> PairedScores: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> PairedScores: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: PairedScores) -> PairedScores: ...
    def __init__(self, labels: typing.Any, pos_label: typing.Any) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def area_difference_replicates(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex,
        replicates: typing.SupportsInt | typing.SupportsIndex,
    ) -> numpy.typing.NDArray[numpy.float64]: ...
    def areas(self) -> tuple[float, float, float, float]: ...
    def bounds(self, level: typing.SupportsFloat | typing.SupportsIndex) -> tuple[float, float]: ...
    def copy(self) -> PairedScores:
        """
        Return an independent copy.
        """
    def delong(self) -> tuple[float, float]: ...
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def merge(self, other: PairedScores) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(self, y_true: typing.Any, y_score_a: typing.Any, y_score_b: typing.Any) -> None: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def positive(self) -> int: ...
    @property
    def samples(self) -> int: ...

class ClusteredCounts:
    """
    Confusion counts by cluster.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> ClusteredCounts:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: ClusteredCounts) -> ClusteredCounts: ...
    def __copy__(self) -> ClusteredCounts: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> ClusteredCounts: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: ClusteredCounts) -> ClusteredCounts: ...
    def __init__(
        self, models: typing.SupportsInt | typing.SupportsIndex, labels: typing.Any = None
    ) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def confusions(self) -> list[ConfusionCounts]: ...
    def copy(self) -> ClusteredCounts:
        """
        Return an independent copy.
        """
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def merge(self, other: ClusteredCounts) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def replicates(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[list[ConfusionCounts]]: ...
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(
        self, ids: typing.Any, y_true: typing.Any, y_pred: collections.abc.Sequence[typing.Any]
    ) -> None: ...
    @property
    def ids(self) -> list[int] | list[str]: ...
    @property
    def labels(self) -> list[int] | list[str]: ...
    @property
    def models(self) -> int: ...
    @property
    def samples(self) -> int: ...

class ClusteredLosses:
    """
    Exact sums of losses by cluster.
    """

    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    @staticmethod
    def from_bytes(data: bytes) -> ClusteredLosses:
        """
        Restore what to_bytes made; FormatError for anything else.
        """
    def __add__(self, other: ClusteredLosses) -> ClusteredLosses: ...
    def __copy__(self) -> ClusteredLosses: ...
    def __deepcopy__(self, memo: dict[int, typing.Any]) -> ClusteredLosses: ...
    def __eq__(self, other: typing.Any) -> typing.Any: ...
    def __getstate__(self) -> bytes: ...
    def __iadd__(self, other: ClusteredLosses) -> ClusteredLosses: ...
    def __init__(self, models: typing.SupportsInt | typing.SupportsIndex) -> None: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def cluster_replicates(
        self,
        seed: typing.SupportsInt | typing.SupportsIndex,
        first: typing.SupportsInt | typing.SupportsIndex,
        count: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[typing.Annotated[list[float], "FixedSize(3)"]]: ...
    def copy(self) -> ClusteredLosses:
        """
        Return an independent copy.
        """
    def digest(self) -> str:
        """
        SHA-256, in hexadecimal, of the contract's version and the canonical content.
        """
    def means(self) -> typing.Annotated[list[float], "FixedSize(3)"]: ...
    def merge(self, other: ClusteredLosses) -> None:
        """
        Add another state to this one; MergeError if their parameters differ.
        """
    def reset(self) -> None:
        """
        Forget everything seen; keep the parameters.
        """
    def to_bytes(self) -> bytes:
        """
        Serialise to canonical bytes.
        """
    def update(
        self,
        ids: typing.Any,
        losses: collections.abc.Sequence[typing.Any],
        sample_weight: typing.Any = None,
    ) -> None: ...
    @property
    def ids(self) -> list[int] | list[str]: ...
    @property
    def models(self) -> int: ...
    @property
    def samples(self) -> int: ...

class GraphSpec:
    def __init__(self) -> None: ...
    def add_activation(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        activation: str,
    ) -> int: ...
    def add_batch_normalization(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        epsilon: typing.SupportsFloat | typing.SupportsIndex,
        gamma: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        beta: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        mean: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        variance: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
    ) -> int: ...
    def add_bidirectional(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        forward: LstmSpec,
        backward: LstmSpec,
        merge_mode: str,
    ) -> int: ...
    def add_conv1d(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        filters: typing.SupportsInt | typing.SupportsIndex,
        size: typing.SupportsInt | typing.SupportsIndex,
        stride: typing.SupportsInt | typing.SupportsIndex,
        dilation: typing.SupportsInt | typing.SupportsIndex,
        padding: str,
        groups: typing.SupportsInt | typing.SupportsIndex,
        activation: str,
        kernel: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        bias: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
    ) -> int: ...
    def add_dense(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        units: typing.SupportsInt | typing.SupportsIndex,
        activation: str,
        kernel: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        bias: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
    ) -> int: ...
    def add_embedding(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        vocabulary: typing.SupportsInt | typing.SupportsIndex,
        units: typing.SupportsInt | typing.SupportsIndex,
        mask_zero: bool,
        table: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
    ) -> int: ...
    def add_features_input(
        self,
        name: str,
        sequence: bool,
        steps: typing.SupportsInt | typing.SupportsIndex | None,
        features: typing.SupportsInt | typing.SupportsIndex,
    ) -> int: ...
    def add_flatten(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
    ) -> int: ...
    def add_global_pooling(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        pool: str,
        keep_dims: bool,
    ) -> int: ...
    def add_identity(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
    ) -> int: ...
    def add_ids_input(
        self, name: str, steps: typing.SupportsInt | typing.SupportsIndex | None
    ) -> int: ...
    def add_layer_normalization(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        epsilon: typing.SupportsFloat | typing.SupportsIndex,
        gamma: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        beta: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
    ) -> int: ...
    def add_lstm(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        layer: LstmSpec,
    ) -> int: ...
    def add_masking(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        value: typing.SupportsFloat | typing.SupportsIndex,
    ) -> int: ...
    def add_max_pooling1d(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        size: typing.SupportsInt | typing.SupportsIndex,
        stride: typing.SupportsInt | typing.SupportsIndex,
        padding: str,
    ) -> int: ...
    def add_merge(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        merge: str,
        masks: str,
    ) -> int: ...
    def add_take_step(
        self,
        name: str,
        inputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
        index: typing.SupportsInt | typing.SupportsIndex,
    ) -> int: ...
    def set_outputs(
        self,
        outputs: collections.abc.Sequence[
            tuple[
                typing.SupportsInt | typing.SupportsIndex, typing.SupportsInt | typing.SupportsIndex
            ]
        ],
    ) -> None:
        """
        The model's outputs; by default all values of the last node.
        """
    def set_precision(self, precision: str) -> None:
        """
        float32, bf16 or int8: how tables and matrices are held.
        """
    def shapes(self) -> list[list[tuple[int | None, ...]]]:
        """
        The shapes of the values of every node, Keras's way: None is the batch.
        """

class LstmSpec:
    def __init__(
        self,
        *,
        units: typing.SupportsInt | typing.SupportsIndex,
        name: str,
        activation: str,
        recurrent_activation: str,
        output_activation: str | None,
        return_sequences: bool,
        return_state: bool,
        go_backwards: bool,
        restore_order: bool,
        masked_output: str,
        clear_empty_rows: bool,
        clip: typing.SupportsFloat | typing.SupportsIndex,
        proj_size: typing.SupportsInt | typing.SupportsIndex,
        kernel: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        recurrent_kernel: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        bias: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        recurrent_bias: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        projection: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
    ) -> None: ...

class Graph:
    def __init__(self, spec: GraphSpec) -> None: ...
    def expect_language_model(self) -> None: ...
    @property
    def input_shapes(self) -> list[tuple[int | None, ...]]: ...
    @property
    def is_causal(self) -> bool: ...
    @property
    def is_language_model(self) -> bool: ...
    @property
    def obstacle(self) -> str: ...
    @property
    def output_shapes(self) -> list[tuple[int | None, ...]]: ...
    @property
    def state_slots(self) -> list[tuple[str, int, int]]: ...

class Session:
    def __init__(self, graph: Graph) -> None: ...
    def run(
        self,
        *,
        inputs: collections.abc.Sequence[
            tuple[
                typing.Annotated[numpy.typing.ArrayLike, numpy.int64] | None,
                typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
                typing.Annotated[numpy.typing.ArrayLike, numpy.uint8] | None,
                typing.Annotated[numpy.typing.ArrayLike, numpy.int64] | None,
            ]
        ],
        batch_size: typing.SupportsInt | typing.SupportsIndex,
        initial_state: collections.abc.Sequence[
            tuple[
                typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
                typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
            ]
        ]
        | None,
    ) -> tuple[
        list[numpy.typing.NDArray[numpy.float32]],
        list[tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]]],
    ]: ...
    def run_ids(
        self,
        ids: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        batch_size: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[numpy.typing.NDArray[numpy.float32]]: ...
    def run_sequences(
        self,
        *,
        ids: typing.Annotated[numpy.typing.ArrayLike, numpy.int64] | None,
        features: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
        lengths: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        batch_size: typing.SupportsInt | typing.SupportsIndex,
        first_row: typing.SupportsInt | typing.SupportsIndex,
    ) -> list[
        tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.int64] | None]
    ]: ...
    def token_losses(
        self,
        *,
        input: tuple[
            typing.Annotated[numpy.typing.ArrayLike, numpy.int64] | None,
            typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
            typing.Annotated[numpy.typing.ArrayLike, numpy.uint8] | None,
            typing.Annotated[numpy.typing.ArrayLike, numpy.int64] | None,
        ],
        targets: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        ignore_index: typing.SupportsInt | typing.SupportsIndex | None,
        batch_size: typing.SupportsInt | typing.SupportsIndex,
        initial_state: collections.abc.Sequence[
            tuple[
                typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
                typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
            ]
        ]
        | None,
    ) -> tuple[
        numpy.typing.NDArray[numpy.float64],
        numpy.typing.NDArray[numpy.uint8],
        numpy.typing.NDArray[numpy.uint8],
        list[tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]]],
    ]: ...

class Stream:
    def __init__(self, graph: Graph, rows: typing.SupportsInt | typing.SupportsIndex) -> None: ...
    def reset(self) -> None: ...
    def reset_rows(
        self, rows: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]
    ) -> None: ...
    def step(
        self,
        inputs: collections.abc.Sequence[
            tuple[
                typing.Annotated[numpy.typing.ArrayLike, numpy.int64] | None,
                typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
                typing.Annotated[numpy.typing.ArrayLike, numpy.uint8] | None,
                typing.Annotated[numpy.typing.ArrayLike, numpy.int64] | None,
            ]
        ],
    ) -> list[numpy.typing.NDArray[numpy.float32]]: ...
    def step_ids(
        self, ids: typing.Annotated[numpy.typing.ArrayLike, numpy.int64]
    ) -> list[numpy.typing.NDArray[numpy.float32]]: ...
    @property
    def states(
        self,
    ) -> list[tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]]]: ...
    @states.setter
    def states(
        self,
        arg1: collections.abc.Sequence[
            tuple[
                typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
                typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
            ]
        ],
    ) -> None: ...

def available_cpus() -> int: ...
def available_isa_levels() -> list[str]: ...
def bfloat16_weights(
    weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
) -> numpy.typing.NDArray[numpy.uint16]:
    """
    Weights rounded to bfloat16, as 16-bit words.
    """

def compiled_isa_levels() -> list[str]: ...
def compiler() -> str: ...
def composite_bytes(
    name: str, parameters: bytes, members: collections.abc.Sequence[tuple[bytes, bytes]]
) -> bytes:
    """
    The bytes of a state made of states by name.
    """

def composite_digest_payload(
    name: str, parameters: bytes, members: collections.abc.Sequence[tuple[bytes, bytes]]
) -> bytes:
    """
    What the digest is taken over, given those of the members.
    """

def current_isa() -> str: ...
def float32_array(
    array: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
) -> numpy.typing.NDArray[numpy.float32]:
    """
    A contiguous array of float32; numpy alone would round as the caller's mode says.
    """

def int8_weights(
    weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], *, by_row: bool
) -> tuple[numpy.typing.NDArray[numpy.int8], numpy.typing.NDArray[numpy.float32]]:
    """
    Weights as bytes, and the scale of each row of the first axis, or of each column of the last.
    """

def num_threads() -> int: ...
def open_composite(name: str, data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """
    (parameters, members) of such bytes; FormatError for anything else.
    """

def set_isa(name: str) -> None: ...
def set_num_threads(count: typing.SupportsInt | typing.SupportsIndex) -> None: ...
def state_name(data: bytes) -> str:
    """
    Which state bytes are of; FormatError when of none.
    """

def version() -> str: ...

CONTRACT_VERSION: int = 1
