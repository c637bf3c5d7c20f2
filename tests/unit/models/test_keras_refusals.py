"""What a file of Keras may not do: each has an error of its own, and nothing of it is run."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

import lstmetrics
from lstmetrics.errors import FormatError, MissingExtraError, UnsupportedError
from support.keras_files import (
    layer,
    lstm,
    sequential,
    write_archive,
)
from support.keras_small import PLACES, config, legacy, refuses

# ---- what a config may not name -----------------------------------------------------------------

HEAD = {"name": "head", "units": 2, "trainable": True}
CONFIGS = [
    (
        config(class_name="Lambda", config={"name": "trick", "function": ["4wEAAAA", None, None]}),
        "'trick' is a Lambda: its code is part of the file and is never run",
    ),
    (
        config(module="os", class_name="system", config={"name": "x"}),
        "'system' is a class of the module 'os'",
    ),
    (config(module="kerasevil.layers"), "'Dense' is a class of the module 'kerasevil.layers'"),
    (config(registered_name="Custom>Dense"), "'Dense' is registered as 'Custom>Dense'"),
    (
        config(class_name="GRU", config={"name": "g", "units": 2}),
        "'g' is of class 'GRU', which is not supported; supported are .*LSTM",
    ),
    (
        config(config=HEAD | {"activation": {"class_name": "function", "config": "mine"}}),
        "the activation 'mine' is a function of the user's",
    ),
    (config(config=HEAD | {"activation": "os.system"}), "os.system"),
    (config(config=HEAD | {"dtype": "mixed_float16"}), "dtype 'mixed_float16' is not supported"),
    (config(config=HEAD | {"dtype": {"config": {"name": "int8"}}}), "dtype 'int8'"),
    (config(config=HEAD | {"lora_rank": 4}), "lora_rank=4 is not supported"),
    (config(config=HEAD | {"invented": 7}), "the option invented=7 is not known"),
    (
        sequential([lstm("r", 3, batch_input_shape=[None, None, 4], time_major=True)]),
        "time_major=True is not supported",
    ),
    (
        sequential([layer("Bidirectional", "b", layer=layer("GRU", "g", units=2))]),
        "of 'GRU' is not supported",
    ),
    (
        {"class_name": "MyModel", "config": {"name": "m"}},
        "models of class 'MyModel' are not supported",
    ),
    (config(module="keras.src.ops.numpy", class_name="GetItem"), "operation GetItem"),
]


@pytest.mark.parametrize(("described", "match"), CONFIGS, ids=lambda x: str(x)[:30])
@pytest.mark.parametrize("archived", [True, False])
def test_what_cannot_run_is_refused_by_name(
    tmp_path: Path, described: Any, match: str, archived: bool
) -> None:
    if archived:
        path = write_archive(tmp_path / "m.keras", described, PLACES)
    else:
        path = legacy(tmp_path / "m.h5", described)
    refuses(path, UnsupportedError, match)


@pytest.mark.parametrize(
    ("described", "match"),
    [
        ({"class_name": "Sequential"}, "the config of Sequential is not an object"),
        ({"class_name": "Sequential", "config": {"layers": []}}, "has no list of layers"),
        (sequential([{"class_name": "LSTM"}]), "the config of LSTM is not an object"),
        (sequential([7]), "a layer needs class_name and config"),
        (config(config={"name": "head"}), "the model's description is not valid"),
        (config(config=HEAD | {"units": "many"}), "units must be a positive integer"),
        (config(config=HEAD | {"units": 3}), "the model's description is not valid|do not fit"),
    ],
)
def test_descriptions_that_are_none(tmp_path: Path, described: Any, match: str) -> None:
    refuses(write_archive(tmp_path / "m.keras", described, PLACES), FormatError, match)


def test_a_graph_that_goes_in_circles(tmp_path: Path) -> None:
    layers = [
        layer("InputLayer", "x", batch_input_shape=[None, 3]) | {"name": "x", "inbound_nodes": []},
        layer("Add", "a") | {"name": "a", "inbound_nodes": [[["x", 0, 0, {}], ["b", 0, 0, {}]]]},
        layer("Activation", "b", activation="relu")
        | {"name": "b", "inbound_nodes": [[["a", 0, 0, {}]]]},
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["b", 0, 0]]}
    described = {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}
    path = legacy(tmp_path / "m.h5", described)
    refuses(path, FormatError, "'a' takes what no layer gives")


def test_models_that_call_one_another_without_end(tmp_path: Path) -> None:
    """Each level calls the one inside it four times: 4^9 calls in 5 kB."""
    inner: dict[str, Any] = sequential([layer("Activation", "a", activation="relu")], "m0")
    for level in range(1, 10):
        calls = [[["x", 0, 0, {}]], *([[[f"m{level - 1}", k, 0, {}]] for k in range(3)])]
        layers = [
            layer("InputLayer", "x", batch_input_shape=[None, 3])
            | {"name": "x", "inbound_nodes": []},
            inner | {"name": f"m{level - 1}", "inbound_nodes": calls},
        ]
        ends = {"input_layers": [["x", 0, 0]], "output_layers": [[f"m{level - 1}", 3, 0]]}
        inner = {
            "class_name": "Functional",
            "config": {"name": f"m{level}", "layers": layers, **ends},
        }
    refuses(legacy(tmp_path / "m.h5", inner), UnsupportedError, "more than 10000 times")


def test_a_description_nested_too_deeply(tmp_path: Path) -> None:
    start = '{"class_name": "Sequential", "config": {"layers": ['
    depth = 400
    text = start * depth + json.dumps(layer("Dense", "d", units=2)) + "]}}" * depth
    path = write_archive(tmp_path / "m.keras", text, PLACES)
    refuses(path, FormatError, "nested too deeply|maximum recursion depth")


# ---- archives -----------------------------------------------------------------------------------


class Runs:
    """A pickle of it would run a command."""

    def __reduce__(self) -> Any:
        return eval, ("__import__('pathlib').Path('ran').write_text('')",)


@pytest.mark.parametrize("ending", [".keras", ".h5", ".safetensors"])
def test_a_pickle_of_another_name(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"model{ending}"
    path.write_bytes(pickle.dumps(Runs()))
    refuses(path, FormatError, "this is a pickle, whatever its name")
    assert not Path("ran").exists()


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04 but no more", b"a text", b"\x89HDF\r\n"])
def test_files_that_are_neither(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(data)
    refuses(path, FormatError, "not a zip archive|neither a .keras archive nor an HDF5 file")


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", config(), bytes(1 << 26), compression=8)
    tracemalloc.start()
    try:
        refuses(path, FormatError, "more than 200 times its size: refused as a zip bomb")
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", config(), PLACES)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", "{}")
    refuses(path, FormatError, "two entries named 'config.json'")


def test_an_entry_that_lies_outside(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", config(), PLACES, more={"assets/../../x": b""})
    refuses(path, FormatError, "lies outside the archive")


def test_an_archive_without_weights(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", config(), None, more={"model.weights.zarr": b""})
    refuses(path, UnsupportedError, "h5 or model.weights.npz, the archive has model.weights.zarr")


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("metadata.json", "{}", "does not say the version of Keras"),
        ("metadata.json", '{"keras_version": "1.2.2"}', "files of Keras 1.2.2 are not supported"),
        ("metadata.json", '{"keras_version": "new"}', "'new' is no version of Keras"),
        ("config.json", "[]", "must be a JSON object"),
        ("config.json", "{", "is not valid JSON"),
    ],
)
def test_descriptions_of_archives(tmp_path: Path, name: str, content: str, match: str) -> None:
    path = tmp_path / "m.keras"
    contents = {"metadata.json": '{"keras_version": "3.1.0"}', "config.json": json.dumps(config())}
    with zipfile.ZipFile(path, "w") as archive:
        for key, text in (contents | {name: content}).items():
            archive.writestr(key, text)
    refuses(path, (FormatError, UnsupportedError), match)  # type: ignore[arg-type]


def test_damaged_archives(tmp_path: Path) -> None:
    """Cut anywhere, with any byte changed: an error of ours, or a model."""
    path = write_archive(tmp_path / "m.keras", config(), PLACES, compression=8)
    data = path.read_bytes()
    for cut in range(0, len(data), 97):
        path.write_bytes(data[:cut])
        with pytest.raises((FormatError, UnsupportedError)):
            lstmetrics.load_model(path)


# ---- around -------------------------------------------------------------------------------------


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = legacy(tmp_path / "m.h5")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'lstmetrics\[keras\]'"):
        lstmetrics.load_model(path)


def test_no_framework_is_imported(tmp_path: Path) -> None:
    path = legacy(tmp_path / "m.h5")
    program = (
        "import sys, lstmetrics\n"
        f"lstmetrics.load_model({str(path)!r})\n"
        "print([m for m in ('keras', 'tensorflow', 'torch', 'onnxruntime', 'tf_keras', 'jax')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_hard_sigmoid_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(lstmetrics.errors.InvalidValueError, match="hard_sigmoid must be one of"):
        lstmetrics.load_model(legacy(tmp_path / "m.h5"), hard_sigmoid="soft")
