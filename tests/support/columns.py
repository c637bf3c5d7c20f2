"""The same labels and numbers as columns of every library that users hold them in."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa

Array = npt.NDArray[Any]
Make = Callable[[Sequence[Any]], Any]


def _chunked(values: Sequence[Any], make: Make) -> pa.ChunkedArray:
    cuts = [0, len(values) // 3, len(values) // 3, 2 * len(values) // 3, len(values)]
    chunks = [make(values[a:b]) for a, b in itertools.pairwise(cuts)]
    return pa.chunked_array(chunks)


def _sliced(values: Sequence[Any], make: Make) -> Any:
    """Rows that begin in the middle of their buffers."""
    longer = [*values[:1] * 11, *values, *values[:1] * 3]
    return make(longer)[11 : 11 + len(values)]


TEXT: dict[str, Make] = {
    "list": list,
    "numpy fixed width": lambda v: np.array(v, np.str_),
    "numpy objects": lambda v: np.array(v, object),
    "numpy objects apart": lambda v: np.array([f"{s}|"[:-1] for s in v], object),
    "numpy StringDType": lambda v: np.array(v, np.dtypes.StringDType()),
    "pandas str": lambda v: pd.Series(v, dtype="str"),
    "pandas object": lambda v: pd.Series(v, dtype=object),
    "pandas string[python]": lambda v: pd.Series(v, dtype="string[python]"),
    "pandas string[pyarrow]": lambda v: pd.Series(v, dtype="string[pyarrow]"),
    "pandas ArrowDtype": lambda v: pd.Series(v, dtype=pd.ArrowDtype(pa.large_utf8())),
    "pandas category": lambda v: pd.Series(v, dtype="category"),
    "pandas categories unused": lambda v: pd.Categorical(v, categories=["zz", *dict.fromkeys(v)]),
    "pandas Index": lambda v: pd.Index(v, dtype="str"),
    "pandas DataFrame": lambda v: pd.DataFrame({"label": v}),
    "polars String": lambda v: pl.Series(v, dtype=pl.String),
    "polars Categorical": lambda v: pl.Series(v, dtype=pl.Categorical),
    "polars Enum": lambda v: pl.Series(v, dtype=pl.Enum(list(dict.fromkeys(v)))),
    "polars DataFrame": lambda v: pl.DataFrame({"label": v}),
    "pyarrow utf8": lambda v: pa.array(v, pa.utf8()),
    "pyarrow utf8 sliced": lambda v: _sliced(v, lambda w: pa.array(w, pa.utf8())),
    "pyarrow large_utf8": lambda v: pa.array(v, pa.large_utf8()),
    "pyarrow string_view": lambda v: pa.array(v, pa.string_view()),
    "pyarrow dictionary": lambda v: pa.array(v, pa.utf8()).dictionary_encode(),
    "pyarrow dictionary sliced": lambda v: _sliced(
        v, lambda w: pa.array(w, pa.dictionary(pa.int8(), pa.utf8()))
    ),
    "pyarrow dictionary twice": lambda v: pa.DictionaryArray.from_arrays(
        np.arange(len(v), dtype=np.int16), pa.array(v, pa.large_utf8())
    ),
    "pyarrow chunks": lambda v: _chunked(v, lambda w: pa.array(w, pa.utf8())),
    "pyarrow dictionary chunks": lambda v: _chunked(
        v, lambda w: pa.array(w, pa.dictionary(pa.uint8(), pa.utf8()))
    ),
    "pyarrow table": lambda v: pa.table({"label": pa.array(v, pa.utf8())}),
}

INTEGERS: dict[str, Make] = {
    "list": list,
    "numpy": lambda v: np.array(v, np.int64),
    "numpy float64": lambda v: np.array(v, np.float64),
    "numpy float16": lambda v: np.array(v, np.float16),
    "numpy big endian": lambda v: np.array(v, ">i4"),
    "numpy strided": lambda v: np.repeat(np.array(v, np.int16), 3)[::3],
    "pandas": lambda v: pd.Series(v, dtype="int32"),
    "pandas Int8": lambda v: pd.Series(v, dtype="Int8"),
    "pandas ArrowDtype": lambda v: pd.Series(v, dtype="int64[pyarrow]"),
    "pandas category": lambda v: pd.Series(v, dtype="category"),
    "polars Int16": lambda v: pl.Series(v, dtype=pl.Int16),
    "pyarrow int8": lambda v: pa.array(v, pa.int8()),
    "pyarrow float": lambda v: pa.array(v, pa.float32()),
    "pyarrow sliced": lambda v: _sliced(v, lambda w: pa.array(w, pa.int64())),
    "pyarrow chunks": lambda v: _chunked(v, lambda w: pa.array(w, pa.int32())),
    "pyarrow dictionary": lambda v: pa.array(v, pa.int64()).dictionary_encode(),
    "dlpack": lambda v: Tensor(np.array(v, np.int32)),
}

FLAGS: dict[str, Make] = {
    "list": list,
    "numpy": lambda v: np.array(v, np.bool_),
    "pandas boolean": lambda v: pd.Series(v, dtype="boolean"),
    "polars Boolean": lambda v: pl.Series(v, dtype=pl.Boolean),
    "pyarrow bool": lambda v: pa.array(v, pa.bool_()),
    "pyarrow bool sliced": lambda v: _sliced(v, lambda w: pa.array(w, pa.bool_())),
    "pyarrow bool chunks": lambda v: _chunked(v, lambda w: pa.array(w, pa.bool_())),
    "dlpack": lambda v: Tensor(np.array(v, np.bool_)),
}

# Of numbers that float16 holds.
FLOATS: dict[str, Make] = {
    "list": list,
    "numpy float64": lambda v: np.array(v, np.float64),
    "numpy float32": lambda v: np.array(v, np.float32),
    "numpy float16": lambda v: np.array(v, np.float16),
    "numpy longdouble": lambda v: np.array(v, np.longdouble),
    "pandas": lambda v: pd.Series(v, dtype="float64"),
    "pandas Float32": lambda v: pd.Series(v, dtype="Float32"),
    "pandas ArrowDtype": lambda v: pd.Series(v, dtype="double[pyarrow]"),
    "polars Float32": lambda v: pl.Series(v, dtype=pl.Float32),
    "pyarrow double": lambda v: pa.array(v, pa.float64()),
    "pyarrow halffloat": lambda v: pa.array(np.array(v, np.float16)),
    "pyarrow chunks": lambda v: _chunked(v, lambda w: pa.array(w, pa.float32())),
    "dlpack": lambda v: Tensor(np.array(v, np.float32)),
    "dlpack reversed": lambda v: Tensor(np.array(v[::-1], np.float64)[::-1]),
}


class Tensor:
    """What exports DLPack and nothing else."""

    def __init__(self, array: Array) -> None:
        self.array = array

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()

    def __dlpack__(self, **keywords: Any) -> Any:
        return self.array.__dlpack__(**keywords)
