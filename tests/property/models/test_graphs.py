"""Random graphs of layers: against the definitions, and the same bits however they are run."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings

from lstmetrics import runtime
from support.oracles import Oracle, sample_of
from support.random_graphs import Batch, graphs

# As for chains; products of layers that are not bounded may be larger than 1.
TOLERANCE = 1e-5
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def expected_row(batch: Batch, row: int) -> tuple[list[Any], list[Any]]:
    samples = [
        sample_of(one[row], None if length is None else length[row], None if m is None else m[row])
        for one, length, m in zip(batch.inputs, batch.lengths, batch.masks, strict=True)
    ]
    states = [(hidden[row].tolist(), cell[row].tolist()) for hidden, cell in batch.states]
    return Oracle(batch.model).run_row(samples, states)


@settings(max_examples=300, suppress_health_check=QUIET)
@given(graphs())
def test_against_the_definitions(batch: Batch) -> None:
    values, states = batch.predict()
    for row in range(batch.rows):
        expected, finals = expected_row(batch, row)
        for found, sample in zip(values, expected, strict=True):
            there = found[row] if sample.timeless else found[row, : len(sample.steps)]
            wanted = np.array(sample.steps).reshape(there.shape)
            assume(np.abs(wanted).max(initial=0) < 1e3)
            scale = max(1.0, np.abs(wanted[np.isfinite(wanted)]).max(initial=0))
            np.testing.assert_allclose(there, wanted, rtol=0, atol=TOLERANCE * scale)
        for pair, wanted_pair in zip(states, finals, strict=True):
            for array, wanted in zip(pair, wanted_pair, strict=True):
                np.testing.assert_allclose(array[row], wanted, rtol=0, atol=TOLERANCE)


def bits(found: tuple[list[Any], Any]) -> list[bytes]:
    values, states = found
    return [array.tobytes() for array in [*values, *(part for pair in states for part in pair)]]


@settings(max_examples=100, suppress_health_check=QUIET)
@given(graphs())
def test_batches_threads_and_levels_change_no_bit(batch: Batch) -> None:
    expected = bits(batch.predict())
    for level in runtime.available_isa_levels():
        runtime.set_isa(level)
        for threads in (1, 2):
            runtime.set_num_threads(threads)
            for batch_size in (1, 2, 64):
                assert bits(batch.predict(batch_size=batch_size)) == expected


@settings(max_examples=200, suppress_health_check=QUIET)
@given(graphs())
def test_each_row_is_what_it_would_be_alone(batch: Batch) -> None:
    values, states = batch.predict()
    for row in range(batch.rows):
        alone, finals = batch.row(row).predict()
        for found, one in zip(values, alone, strict=True):
            there = found[row] if found.ndim == 2 else found[row, : one.shape[1]]
            assert there.tobytes() == one[0].tobytes()
        for pair, own in zip(states, finals, strict=True):
            for array, one in zip(pair, own, strict=True):
                assert array[row].tobytes() == one[0].tobytes()
