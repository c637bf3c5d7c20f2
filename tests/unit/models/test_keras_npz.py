"""Weights in ``model.weights.npz``, which are pickles: read as data, and never run."""

from __future__ import annotations

import io
import pickle
import pickletools
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.formats.pickles import Made, Named, array_of, read_pickle
from support.keras_files import weights_npz, write_archive
from support.keras_small import GIVEN, PLACES, config, refuses


def archive(path: Path, weights: Any) -> Path:
    data = weights if isinstance(weights, bytes) else weights_npz(weights)
    return write_archive(path, config(), None, more={"model.weights.npz": data})


def check(path: Path) -> None:
    for found, right in zip(lstmetrics.load_model(path).get_weights(), GIVEN, strict=True):
        np.testing.assert_array_equal(found, right)


def test_arrays_as_keras_2_writes_them(tmp_path: Path) -> None:
    check(archive(tmp_path / "m.keras", PLACES))


def test_arrays_in_other_orders_and_types(tmp_path: Path) -> None:
    turned = {
        "layers/lstm/cell": [np.asfortranarray(GIVEN[0]), GIVEN[1].astype(">f8"), GIVEN[2]],
        "layers/dense": [GIVEN[3].astype(np.float64), GIVEN[4]],
    }
    check(archive(tmp_path / "m.keras", turned))


class Variable:
    """What stands for a framework's variable while it is pickled."""

    def __init__(self, function: Any, arguments: Any, state: Any = None) -> None:
        self.parts = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self) -> Any:
        return self.parts


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives functions of modules that there are only while pickles are written."""

    def make(module: str, name: str) -> Any:
        def function(*_: Any) -> None: ...

        function.__module__, function.__qualname__ = module, name
        holder = ModuleType(module)
        setattr(holder, name, function)
        for length in range(1, module.count(".") + 2):
            part = ".".join(module.split(".")[:length])
            monkeypatch.setitem(sys.modules, part, holder if part == module else ModuleType(part))
        return function

    return make


def pickled_with(make: Any, monkeypatch: pytest.MonkeyPatch) -> bytes:
    data = weights_npz({place: [make(one) for one in own] for place, own in PLACES.items()})
    monkeypatch.undo()
    return data


def test_variables_of_keras_3(tmp_path: Path, named: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It pickles the backend's whole variable; what it was made from is another array in it."""
    variable = named("keras.src.backend.tensorflow.core", "Variable")
    resource = named("tensorflow.python.ops.resource_variable_ops", "ResourceVariable")

    def make(array: Any) -> Any:
        value = Variable(resource, (), {"initial_value": array, "trainable": True})
        return Variable(variable, (), {"_initializer": np.ones(3), "_value": value, "_path": "x"})

    data = pickled_with(make, monkeypatch)
    assert b"tensorflow" in data
    check(archive(tmp_path / "m.keras", data))


def test_variables_of_jax(tmp_path: Path, named: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the pieces of numpy's array as arguments of a function of its own."""
    variable, jax = named("keras.src.backend", "Variable"), named("jax._src", "_reconstruct_array")

    def make(array: Any) -> Any:
        value = Variable(jax, (*array.__reduce__(), {"weak_type": False}))
        return Variable(variable, (), {"_value": value})

    check(archive(tmp_path / "m.keras", pickled_with(make, monkeypatch)))


def test_variables_of_torch_are_refused_by_name(
    tmp_path: Path, named: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = named("keras.src.backend", "Variable")
    torch = named("torch._utils", "_rebuild_parameter")
    data = pickled_with(
        lambda array: Variable(variable, (), {"_value": Variable(torch, (array.tobytes(),))}),
        monkeypatch,
    )
    path = archive(tmp_path / "m.keras", data)
    refuses(path, UnsupportedError, r"torch\._utils\._rebuild_parameter.*weights in HDF5")


class Runs:
    """A pickle of it would run a command."""

    def __reduce__(self) -> Any:
        return eval, ("__import__('pathlib').Path('ran').write_text('')",)


def test_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    head = [Runs(), GIVEN[4]]
    path = archive(tmp_path / "m.keras", {**PLACES, "layers/dense": head})
    refuses(path, UnsupportedError, r"layers/dense/0: .*builtins\.eval")
    path = archive(tmp_path / "n.keras", {**PLACES, "layers/dense": Runs()})
    refuses(path, FormatError, "not a dictionary of arrays")
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        (b"", "not a numpy array of one object"),
        (
            np.lib.format.magic(1, 0) + b"\x10\x00{'descr': '<f4'}",
            "not a numpy array of one object",
        ),
        ([1, 2], "not a dictionary of arrays"),
        ({1: GIVEN[3]}, "not a dictionary of arrays"),
        ({"0": GIVEN[3]}, "set_weights takes 2 arrays"),
        ({"0": GIVEN[3], "1": GIVEN[3].T}, "bias"),
        ({"0": GIVEN[3], "1": None}, "does not keep its numbers as an array"),
        ({"0": GIVEN[3], "1": np.array(["a", "b"])}, "it must hold numbers, got dtype 'U1'"),
        ({"0": GIVEN[3], "1": [GIVEN[4], GIVEN[4] + 1]}, "does not keep its numbers as an array"),
    ],
    ids=repr,
)
def test_entries_that_are_others(tmp_path: Path, entry: Any, match: str) -> None:
    data = weights_npz({"layers/lstm/cell": GIVEN[:3], "layers/dense": {"0": GIVEN[3]}})
    if isinstance(entry, bytes):
        changed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
            for name in old.namelist():
                new.writestr(name, entry if name == "layers/dense.npy" else old.read(name))
        data = changed.getvalue()
    else:
        wrapped = np.empty((), object)
        wrapped[()] = entry
        data = weights_npz({"layers/lstm/cell": GIVEN[:3], "layers/dense": wrapped})
    refuses(archive(tmp_path / "m.keras", data), (FormatError, UnsupportedError), match)  # type: ignore[arg-type]


# ---- pickles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize(
    "array", [np.arange(6.0).reshape(2, 3), np.zeros((0, 3), np.int8), GIVEN[1]]
)
def test_arrays_of_every_protocol(protocol: int, array: Any) -> None:
    found = array_of("x", read_pickle("x", pickle.dumps(array, protocol)))
    assert found is not None
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


def test_what_it_says_is_written_down() -> None:
    tree = read_pickle("x", pickle.dumps({"a": (1, -2, 2.5, True, None, b"b"), "c": Path}))
    assert tree["a"] == (1, -2, 2.5, True, None, b"b")
    assert str(tree["c"]) == f"{Path.__module__}.Path"
    made = read_pickle("x", pickle.dumps(Runs()))
    assert isinstance(made, Made)
    assert isinstance(made.function, Named)
    assert array_of("x", made) is None


def test_every_cut_and_every_byte_is_an_error_or_data() -> None:
    data = pickletools.optimize(pickle.dumps({"0": GIVEN[4]}, 4))
    for cut in range(len(data)):
        with pytest.raises(FormatError):
            read_pickle("x", data[:cut])
    for place in range(len(data)):
        for value in range(0, 256, 3):
            changed = data[:place] + bytes([value]) + data[place + 1 :]
            try:
                read_pickle("x", changed)
            except FormatError:
                continue


@pytest.mark.parametrize(
    "data",
    [
        b".",
        b"0.",
        b"t.",
        b"N0N.",
        b"NN.",
        b"N.N",
        b"}Ns.",
        b"]Na.N",
        b"(ldp0\n.",
        b"h\x05.",
        b"(}]s.",
    ],
)
def test_programs_that_make_no_sense(data: bytes) -> None:
    with pytest.raises(FormatError, match=r"cannot be read as data|behind the pickle"):
        read_pickle("x", data)


def test_what_is_nested_without_end() -> None:
    """Neither takes long nor much of the stack, whose end Python does not see everywhere."""
    deep = b")" + b"\x85" * 300_000
    assert isinstance(read_pickle("x", deep + b"."), tuple)
    with pytest.raises(FormatError, match="str or int was expected, got tuple"):
        read_pickle("x", b"}(" + deep + b"Nu.")
    with pytest.raises(FormatError, match="cannot be read as data"):
        read_pickle("x", b"(" * 200_000 + b"t" * 200_000 + b"t.")
