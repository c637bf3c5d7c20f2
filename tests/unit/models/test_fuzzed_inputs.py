"""Inputs that the fuzzers found, and what the fuzzers themselves promise."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fuzz.mutations import changed_json, changed_state
from fuzz.targets import FORMATS
from fuzz.worker import input_of
from golden.states import STATES
from lstmetrics.errors import FormatError, LstmetricsError
from lstmetrics.inspection import inspect_file
from lstmetrics.models import load_model
from lstmetrics.models.text import vocabulary_from_config
from support.onnx_files import GraphWriter

CHANGED = 4000  # states; a tenth of it of each other format


@pytest.mark.parametrize("name", ["gather0_0", "Gather", "array0", "ids"])
def test_names_of_an_onnx_file_that_are_not_utf8(tmp_path: Path, name: str) -> None:
    writer = GraphWriter({"ids": ["batch", "steps"]})
    path = writer.write(tmp_path, writer.embedding(np.ones((5, 3), np.float32)))
    data = path.read_bytes()
    wrong = b"\xff" + name.encode()[1:]
    path.write_bytes(data.replace(name.encode(), wrong, 1))
    with pytest.raises(FormatError, match="a name in it is not UTF-8"):
        load_model(path)
    assert len(inspect_file(path).reasons) == 1


@pytest.mark.parametrize("kind", [{}, [], 7, None])
def test_a_kind_of_vocabulary_that_is_no_string(kind: Any) -> None:
    with pytest.raises(FormatError, match="unknown kind of vocabulary"):
        vocabulary_from_config(kind, {})


def test_an_onnx_node_without_outputs(tmp_path: Path) -> None:
    writer = GraphWriter({"ids": ["batch", "steps"]})
    value = writer.embedding(np.ones((5, 3), np.float32))
    model = writer.model(writer.node("Div", value, value))
    del model.graph.node[-1].output[:]
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    assert not inspect_file(path).can_run


@pytest.mark.parametrize("name", FORMATS)
def test_an_input_follows_from_its_number(name: str) -> None:
    seeds = FORMATS[name].seeds()
    found = [input_of(name, index, seeds) for index in range(20)]
    assert found == [input_of(name, index, seeds) for index in range(20)]
    assert len(set(found)) > 10
    for seed in seeds:
        FORMATS[name].read(seed)


@pytest.mark.parametrize("name", FORMATS)
def test_changed_inputs_are_read_or_refused(name: str) -> None:
    """Some thousands, so that every run of the suite, the one under AddressSanitizer too, has them.

    The fuzzers proper take more, each format in a process with limits.
    """
    chosen, seeds = FORMATS[name], FORMATS[name].seeds()
    accepted = 0
    for index in range(int(CHANGED * chosen.share)):
        try:
            chosen.read(input_of(name, index, seeds))
            accepted += 1
        except LstmetricsError:
            continue
    assert accepted


def test_checksums_of_changed_states_are_mended() -> None:
    """Or else nothing behind the checksum would be tried."""

    data = STATES["confusion_text"]().to_bytes()
    told = []
    for index in range(100):
        try:
            FORMATS["states"].read(changed_state(random.Random(index), data, data))
        except FormatError as error:
            told.append(str(error))
    assert sum("checksum" in one or "mark" in one for one in told) < len(told) / 2


def test_changed_documents_stay_documents() -> None:

    kept = 0
    for index in range(100):
        changed = changed_json(random.Random(index), b'{"a": [1, {"b": null}]}', b"{}")
        try:
            json.loads(changed)
            kept += 1
        except ValueError:
            pass
    assert kept > 70
