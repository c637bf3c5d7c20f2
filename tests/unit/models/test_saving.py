"""Native files: what is saved comes back to the last bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from lstmetrics.errors import InvalidValueError, UnsupportedError
from lstmetrics.models import (
    LSTM,
    Activation,
    Bidirectional,
    CharVocabulary,
    Dense,
    Dropout,
    Embedding,
    Input,
    Sequential,
    WordVocabulary,
    load_model,
)
from support.random_models import build, random_features, random_ids

MODELS: dict[str, Any] = {
    "classifier": lambda: build(
        [Embedding(9, 4, mask_zero=True), Bidirectional(LSTM(5), "mul"), Dense(2, "softmax")],
        text=WordVocabulary(["", "?", "größe", "字", "🎬"], pattern=r"\w+", max_length=3),
        labels=["böse", "gut"],
        name="café",
    ),
    "language model": lambda: build(
        [Embedding(9, 4), LSTM(5, return_sequences=True), Dense(9), Activation("softmax")],
        text=CharVocabulary("ab\n\0é字🎬", unknown=1),
    ),
    "numbered labels": lambda: build([Embedding(9, 4), LSTM(3)], labels=[-1, 0, 2**40]),
    "features": lambda: build(
        [Input((None, 4)), Dropout(0.1), LSTM(3, "relu", "hard_sigmoid", name="a.b"), Dense(1)],
        features=4,
    ),
}


def inputs_of(model: Sequential) -> Any:
    return random_ids((3, 5), 9) if model.takes_ids else random_features((3, 5, 4))


@pytest.mark.parametrize("name", MODELS)
def test_round_trip(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    path = tmp_path / "model.safetensors"
    model.save(path)
    again = load_model(path)
    assert again.get_config() == model.get_config()
    assert again.labels == model.labels
    inputs = inputs_of(model)
    assert again.predict(inputs).tobytes() == model.predict(inputs).tobytes()
    again.save(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["classifier", "language model"])
def test_text_comes_back(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    texts = ["Größe 字!", "🎬\n", "aé\0"]
    assert again.predict(texts).tobytes() == model.predict(texts).tobytes()


def test_weights_of_torch_keep_both_biases(tmp_path: Path) -> None:
    weights = {
        "lstm.weight_ih_l0": random_features((12, 4), 1),
        "lstm.weight_hh_l0": random_features((12, 3), 2),
        "lstm.bias_ih_l0": random_features((12,), 3),
        "lstm.bias_hh_l0": random_features((12,), 4),
    }
    model = Sequential([LSTM.from_torch(weights, "lstm")])
    model.save(tmp_path / "model.safetensors")
    features = random_features((3, 5, 4))
    again = load_model(tmp_path / "model.safetensors")
    assert again.predict(features).tobytes() == model.predict(features).tobytes()


def test_the_safetensors_package_reads_what_we_write(tmp_path: Path) -> None:
    model = MODELS["classifier"]()
    model.save(tmp_path / "model.safetensors")
    tensors = safetensors.numpy.load_file(tmp_path / "model.safetensors")
    expected = {name: weight.tobytes() for name, weight in model.weight_items().items()}
    assert {name: tensor.tobytes() for name, tensor in tensors.items()} == expected
    assert "bidirectional.forward.kernel" in tensors


def test_we_read_what_the_safetensors_package_writes(tmp_path: Path) -> None:
    model = MODELS["classifier"]()
    path = tmp_path / "model.safetensors"
    model.save(path)
    with safetensors.safe_open(path, "numpy") as file:
        metadata = file.metadata()
    safetensors.numpy.save_file(safetensors.numpy.load_file(path), path, metadata)
    ids = inputs_of(model)
    assert load_model(path).predict(ids).tobytes() == model.predict(ids).tobytes()


def test_special_values_are_kept(tmp_path: Path) -> None:
    model = build([Embedding(4, 2)])
    table = np.array([[-0.0, 1e-45], [np.inf, -np.inf], [3.4e38, 0.1], [np.nan, 1]], np.float32)
    model.set_weights([table])
    model.save(tmp_path / "model.safetensors")
    (again,) = load_model(tmp_path / "model.safetensors").get_weights()
    assert again.tobytes() == table.tobytes()


def test_labels_may_come_from_numpy(tmp_path: Path) -> None:
    for labels in (np.array(["a", "b", "c"]), np.arange(3)):
        model = build([Embedding(9, 4), LSTM(3)], labels=labels)
        model.save(tmp_path / "model.safetensors")
        assert load_model(tmp_path / "model.safetensors").labels == labels.tolist()


def test_saving_replaces_the_whole_file_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"something else, and longer than a header")
    MODELS["classifier"]().save(path)
    before = path.read_bytes()
    with pytest.raises(OSError, match="no_such_folder"):
        MODELS["classifier"]().save(tmp_path / "no_such_folder" / "model.safetensors")
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.safetensors"]
    assert path.read_bytes() == before


def test_a_loaded_model_may_be_saved_over_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model = MODELS["classifier"]()
    model.save(path)
    again = load_model(path)
    again.save(path)
    ids = inputs_of(model)
    assert load_model(path).predict(ids).tobytes() == model.predict(ids).tobytes()
    assert again.predict(ids).tobytes() == model.predict(ids).tobytes()


def test_paths() -> None:
    model = MODELS["numbered labels"]()
    with pytest.raises(InvalidValueError, match=r"must end in .safetensors, got 'model.h5'"):
        model.save("model.h5")
    with pytest.raises(UnsupportedError, match=r"cannot read 'model.pkl'.*got '.pkl'"):
        load_model("model.pkl")
    with pytest.raises(FileNotFoundError):
        load_model("no_such_model.safetensors")


def test_names_that_would_hide_each_other_are_refused(tmp_path: Path) -> None:
    layers = [
        Embedding(9, 4),
        Bidirectional(LSTM(3, return_sequences=True), name="a"),
        LSTM(3, name="a.forward"),
    ]
    model = build(layers)
    with pytest.raises(InvalidValueError, match=r"two weights are named 'a.forward.kernel'"):
        model.save(tmp_path / "model.safetensors")


def test_the_description_is_plain_json(tmp_path: Path) -> None:
    MODELS["classifier"]().save(tmp_path / "model.safetensors")
    with safetensors.safe_open(tmp_path / "model.safetensors", "numpy") as file:
        description = json.loads(file.metadata()["lstmetrics"])
    assert description["format_version"] == 2
    names = [layer["class_name"] for layer in description["model"]["layers"]]
    assert names == ["Embedding", "Bidirectional", "Dense"]
