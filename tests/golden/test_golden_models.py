"""Native files written by every version so far still load, and give the bits they gave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from golden.models import MODELS, inputs_of
from lstmetrics.models import load_model
from lstmetrics.models.formats.native import FORMAT_VERSION, oldest_version
from lstmetrics.models.precision import in_precision

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("model_*.safetensors"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_old_files_load(path: Path) -> None:
    kind = path.name.split(".")[0]
    model, today = load_model(path), MODELS[kind]()
    assert model.get_config() == today.get_config()
    found, made = (in_precision(one.weight_items(), one.precision) for one in (model, today))
    assert list(found) == list(made)
    for name, weight in found.items():
        assert weight.tobytes() == made[name].tobytes()
    expected = np.load(path.with_suffix(".npy"))
    assert model.predict(inputs_of(model)).tobytes() == expected.tobytes()


@pytest.mark.parametrize("name", MODELS)
def test_the_newest_version_is_kept(name: str) -> None:
    version = oldest_version(MODELS[name]())
    assert version <= FORMAT_VERSION
    assert (FOLDER / f"{name}.v{version}.safetensors").is_file()
