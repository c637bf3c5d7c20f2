"""From a file to a model."""

from __future__ import annotations

import os
from pathlib import Path

from lstmetrics.errors import UnsupportedError
from lstmetrics.models.model import Model

__all__ = ["PathLike", "load_model"]

PathLike = str | os.PathLike[str]


def load_model(path: PathLike) -> Model:
    """Load a model from a file, by the format that its ending names.

    Parameters
    ----------
    path : str or path-like
        A native ``.safetensors`` file, as :meth:`Model.save` writes it.

    Returns
    -------
    Model
        The model, ready to run.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    lstmetrics.errors.FormatError
        The file is not what it says: truncated, corrupted, or describing something else. Nothing in
        a file is ever executed.
    lstmetrics.errors.UnsupportedError
        The ending is unknown, or the model has a layer or option that the engine lacks.

    Examples
    --------
    >>> import lstmetrics, lstmetrics.demo
    >>> model = lstmetrics.load_model(lstmetrics.demo.path("classifier.safetensors"))
    >>> model.output_shape
    (None, 3)
    """
    name = os.fspath(path)
    ending = Path(name).suffix.lower()
    # A new format is a reader and a line here.
    if ending == ".safetensors":
        from lstmetrics.models.formats.native import read_model

        return read_model(name)
    raise UnsupportedError(
        f"load_model: cannot read {name!r}: the ending must be .safetensors, got {ending!r}"
    )
