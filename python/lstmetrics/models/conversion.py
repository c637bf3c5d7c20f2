"""From any supported file to a native one."""

from __future__ import annotations

import os
from pathlib import Path

from lstmetrics.errors import InvalidValueError
from lstmetrics.models.loading import PathLike, load_model
from lstmetrics.models.model import Model
from lstmetrics.models.precision import Precision

__all__ = ["convert_model"]


def convert_model(
    source: PathLike,
    target: PathLike,
    *,
    hard_sigmoid: str | None = None,
    self_test: bool = True,
    precision: Precision | None = None,
) -> Model:
    """Read a model of any supported format and write it as a native file.

    What the source knows goes along: layers and calls, weights, vocabulary, labels. What the engine
    cannot run is refused, as :func:`lstmetrics.load_model` does, before anything is written.

    Parameters
    ----------
    source : str or path-like
        What :func:`lstmetrics.load_model` reads.
    target : str or path-like
        Where to; must end in ``.safetensors``. A file that is there is replaced.
    hard_sigmoid : {"hard_sigmoid", "hard_sigmoid_02"}, optional
        As in :func:`lstmetrics.load_model`.
    self_test : bool, default=True
        Also write the digests of the model's outputs for inputs that follow from its description;
        each loading checks them.
    precision : {"float32", "bf16", "int8"}, optional
        How the file, and whoever loads it, holds tables and matrices: :meth:`Model.with_precision`.
        By default as the source does.

    Returns
    -------
    Model
        The model, loaded from the new file.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        The target has another ending.
    lstmetrics.errors.LstmetricsError
        The source cannot be read, as in :func:`lstmetrics.load_model`.
    lstmetrics.errors.UnsupportedError
        The model is too large for a self-test.

    Examples
    --------
    >>> import lstmetrics.demo, pathlib, tempfile
    >>> from lstmetrics.models import convert_model
    >>> source = lstmetrics.demo.path("classifier.safetensors")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     convert_model(source, pathlib.Path(folder) / "native.safetensors").output_shape
    (None, 3)
    """
    name = os.fspath(target)
    if Path(name).suffix != ".safetensors":
        raise InvalidValueError(f"convert: the target must end in .safetensors, got {name!r}")
    model = load_model(source, hard_sigmoid=hard_sigmoid, precision=precision)
    model.save(name, self_test=self_test)
    return load_model(name)
