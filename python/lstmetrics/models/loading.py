"""From a file to a model."""

from __future__ import annotations

import os

from lstmetrics.errors import UnsupportedError
from lstmetrics.models.model import Model
from lstmetrics.models.precision import Precision, as_precision

__all__ = ["PathLike", "load_model"]

PathLike = str | os.PathLike[str]


def load_model(
    path: PathLike,
    *,
    hard_sigmoid: str | None = None,
    self_test: bool = True,
    precision: Precision | None = None,
) -> Model:
    """Load a model from a file, by the format that its ending names.

    Parameters
    ----------
    path : str or path-like
        A native ``.safetensors`` file, as :meth:`Model.save` writes it; a ``.keras`` archive of
        Keras 3, or a whole model in ``.h5`` of Keras 2.2 to 3, as ``model.save`` writes them; an
        ``.onnx`` graph, as torch.onnx and tf2onnx write them for LSTM text models (see Notes).
    hard_sigmoid : {"hard_sigmoid", "hard_sigmoid_02"}, optional
        What Keras's files mean by ``hard_sigmoid``. By default their version says it: before Keras
        3 it is ``clip(0.2 x + 0.5)``, since then ``clip(x / 6 + 0.5)``.
    self_test : bool, default=True
        Whether to run the self-test that a native file may hold, as :func:`convert_model` writes
        it: outputs that are not those of the model that was written are a FormatError.
    precision : {"float32", "bf16", "int8"}, optional
        How the engine holds tables and matrices: :meth:`Model.with_precision`. By default as the
        file says; float32 unless it was written in another.

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
    lstmetrics.errors.MissingExtraError
        The format needs a package that is not installed.

    Notes
    -----
    Whatever the order of axes in an ONNX graph, the model takes and gives batches of rows: ids
    (batch, timesteps), results (batch, ...). Axes of one element are left out. Sizes that an
    exporter has fixed are free again, unless the graph lays the steps of a row side by side. An
    input of lengths, and inputs of initial states, are not inputs of the model: they are
    ``lengths=`` and ``initial_state=`` of :meth:`Model.predict`, and a row is what the graph gives
    for it alone. An output that keeps several directions apart is one output for each.

    Examples
    --------
    >>> import lstmetrics, lstmetrics.demo
    >>> model = lstmetrics.load_model(lstmetrics.demo.path("classifier.safetensors"))
    >>> model.output_shape
    (None, 3)
    """
    if precision is not None:
        as_precision(precision)
    model = _read(os.fspath(path), hard_sigmoid, self_test)
    return model if precision is None else model.with_precision(precision)


def _read(name: str, hard_sigmoid: str | None, self_test: bool) -> Model:
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 (pathlib takes 0.6 MB)
    # A new format is a reader and a line here.
    if ending == ".safetensors":
        from lstmetrics.models.formats.native import read_model

        return read_model(name, self_test=self_test)
    if ending in (".keras", ".h5", ".hdf5"):
        from lstmetrics.models.formats.keras.reader import read_model as read_keras

        return read_keras(name, hard_sigmoid=hard_sigmoid)
    if ending == ".onnx":
        from lstmetrics.models.formats.onnx.reader import read_model as read_onnx

        return read_onnx(name)
    from lstmetrics.models.formats.torch_files import CHECKPOINTS

    if ending in CHECKPOINTS:
        raise UnsupportedError(
            f"load_model: {name!r} holds weights, not how a model uses them: rebuild it from "
            "read_state_dict(path) with Sequential and the layers' from_torch, or from the live "
            "module with from_torch"
        )
    raise UnsupportedError(
        f"load_model: cannot read {name!r}: the ending must be .safetensors, .keras, .h5, .hdf5 or "
        f".onnx, got {ending!r}"
    )
