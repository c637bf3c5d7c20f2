"""Native files written by every version so far still load, and give the bits they gave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from golden.models import MODELS, inputs_of
from lstmetrics.models import load_model
from lstmetrics.models.formats.native import FORMAT_VERSION

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("model_*.safetensors"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_old_files_load(path: Path) -> None:
    name = path.name.split(".")[0]
    model, today = load_model(path), MODELS[name]()
    assert model.get_config() == today.get_config()
    for found, made in zip(model.get_weights(), today.get_weights(), strict=True):
        assert found.tobytes() == made.tobytes()
    expected = np.load(path.with_suffix(".npy"))
    found = model.predict(inputs_of(model))
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("name", MODELS)
def test_the_newest_version_is_kept(name: str) -> None:
    assert (FOLDER / f"{name}.v{FORMAT_VERSION}.safetensors").is_file()
