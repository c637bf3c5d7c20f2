"""Tensors of PyTorch are read where they lie, in any dtype and layout."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics
from lstmetrics.errors import LstmetricsError
from lstmetrics.metrics._columns import Column, as_array, as_column
from lstmetrics.streaming import Confusion, Loss

torch = pytest.importorskip("torch", reason="compares with PyTorch: nox -s conformance")

INTEGERS = ("uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64", "bool")
FLOATS = ("float16", "float32", "float64", "bfloat16")


def layouts(tensor: Any) -> list[Any]:
    wide = torch.stack([tensor, tensor], dim=-1)
    return [
        tensor,
        tensor.flip(0).contiguous().flip(0),
        wide[..., 0],
        wide.mT.contiguous().mT[..., 1],
    ]


@pytest.mark.parametrize("name", [*INTEGERS, *FLOATS])
def test_values_and_memory(name: str) -> None:
    tensor = torch.arange(12).reshape(3, 4).to(getattr(torch, name))
    for layout in layouts(tensor):
        read = as_column(layout, "x")
        values = as_array(layout, "x")
        np.testing.assert_array_equal(values, layout.to(torch.float64).numpy())
        if name == "bfloat16":
            assert isinstance(read, Column)
            assert (read.shape, read.dtype) == ((3, 4), "bfloat16")
        else:
            assert read.ctypes.data == layout.data_ptr()


@pytest.mark.parametrize("name", FLOATS)
def test_metrics_are_those_of_numpy(name: str) -> None:
    generator = torch.Generator().manual_seed(3)
    truth = torch.randint(0, 3, (50,), generator=generator)
    predicted = torch.randint(0, 3, (50,), generator=generator)
    weights = torch.rand(50, generator=generator).to(getattr(torch, name))
    numpys = truth.numpy(), predicted.numpy(), weights.to(torch.float64).numpy()
    for w in layouts(weights):
        state = Confusion().update(truth, predicted.to(torch.int16), w)
        assert state.digest() == Confusion().update(*numpys).digest()
        assert metrics.f1_score(truth, predicted, average="macro", sample_weight=w) == (
            metrics.f1_score(*numpys[:2], average="macro", sample_weight=numpys[2])
        )
        losses = Loss("user").update_losses(w, w)
        assert losses.digest() == Loss("user").update_losses(numpys[2], numpys[2]).digest()


def test_changes_that_torch_puts_off() -> None:
    tensor = torch.tensor([1.0, 2.0])._neg_view()
    assert as_array(tensor, "x").tolist() == [-1.0, -2.0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: torch.ones(3, requires_grad=True), r"y_true is a tensor that requires gradients"),
        (lambda: torch.ones(3).to_sparse(), "layout other than torch.strided"),
        (lambda: torch.ones(3, device="meta"), "y_true.*meta"),
        (lambda: torch.ones(3, dtype=torch.complex64), "type code 5 with 64 bits"),
        (lambda: torch.ones(3).to(torch.float8_e5m2), "with 8 bits"),
    ],
)
def test_tensors_that_are_refused(make: Any, message: str) -> None:
    with pytest.raises(LstmetricsError, match=message):
        metrics.accuracy_score(make(), [1, 1, 1])
