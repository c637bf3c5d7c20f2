"""Weights in files of PyTorch: state_dicts as safetensors, and checkpoints through torch itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.formats.archive import Archive
from lstmetrics.models.formats.safetensors import STATE_DICT, read_tensors

__all__ = ["CHECKPOINTS", "array_of_tensor", "read_state_dict"]

AnyArray = npt.NDArray[Any]
CHECKPOINTS = (".pt", ".pth", ".bin", ".ckpt")
# Where training loops put the weights beside an optimiser's state.
_PLACES = ("state_dict", "model_state_dict", "model")


def read_state_dict(path: str | os.PathLike[str]) -> dict[str, AnyArray]:
    """Read the weights of a PyTorch model from a file.

    Parameters
    ----------
    path : str or path-like
        A ``.safetensors`` file, which needs nothing but numpy; or a checkpoint that ``torch.save``
        wrote (``.pt``, ``.pth``, ``.bin``, ``.ckpt``), which needs torch and is read with
        ``weights_only=True``, so that nothing in it is run. Of a checkpoint of a training run the
        model's part is taken: its ``state_dict``, ``model_state_dict`` or ``model``.

    Returns
    -------
    dict of str to ndarray
        What ``LSTM.from_torch`` and its kin take; bfloat16 numbers as float32.

    Raises
    ------
    lstmetrics.errors.UnsupportedError
        Another ending, a TorchScript archive, a checkpoint older than PyTorch 1.6, or a checkpoint
        without torch being installed.
    lstmetrics.errors.FormatError
        The file is not what it says, or holds more than weights.

    Examples
    --------
    >>> from lstmetrics.demo import path
    >>> from lstmetrics.models import read_state_dict
    >>> sorted(read_state_dict(path("classifier.safetensors")))[:2]
    ['embedding.embeddings', 'fc.bias']
    """
    name = os.fspath(path)
    ending = Path(name).suffix.lower()
    if ending == ".safetensors":
        return read_tensors(name, STATE_DICT)[0]
    if ending in CHECKPOINTS:
        return _read_checkpoint(name)
    raise UnsupportedError(
        f"read_state_dict: cannot read {name!r}: the ending must be .safetensors, "
        f"{', '.join(CHECKPOINTS)}, got {ending!r}"
    )


def array_of_tensor(tensor: Any) -> AnyArray:
    """Return a tensor of PyTorch as an array; half precision becomes single precision."""
    plain = tensor.detach().cpu()
    if str(plain.dtype) in ("torch.float16", "torch.bfloat16"):
        plain = plain.float()
    array: AnyArray = np.array(plain.numpy())
    return array


def _read_checkpoint(path: str) -> dict[str, AnyArray]:
    with Path(path).open("rb") as file:  # FileNotFoundError, before anything is said of it
        start = file.read(2)
    if start != b"PK":
        raise UnsupportedError(
            f"{path}: not a zip archive, as torch.save has written since PyTorch 1.6; save it "
            "anew: torch.save(module.state_dict(), path)"
        )
    with Archive(path) as archive:  # which refuses what would unpack to many times its size
        names = archive.names()
    if any(one.endswith("/constants.pkl") or "/code/" in one for one in names):
        raise UnsupportedError(
            f"{path}: a TorchScript archive, which holds code; save the weights instead: "
            "torch.save(module.state_dict(), path), or export to ONNX"
        )
    try:
        import torch
    except ImportError:
        raise UnsupportedError(
            f"{path}: reading checkpoints needs torch (pip install torch); or save the weights "
            "with safetensors, which needs numpy alone"
        ) from None
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # pickle's, zip's and torch's own errors
        first = str(error).partition("\n")[0]
        raise FormatError(
            f"{path}: holds more than weights, or is damaged ({first:.200}); save the weights "
            "alone: torch.save(module.state_dict(), path)"
        ) from None
    return _arrays(path, found)


def _arrays(path: str, found: Any) -> dict[str, AnyArray]:
    for place in _PLACES:
        if isinstance(found, Mapping) and isinstance(found.get(place), Mapping):
            found = found[place]
            break
    if not isinstance(found, Mapping):
        raise FormatError(f"{path}: holds a {type(found).__name__}, not a state_dict")
    arrays = {
        str(name): array_of_tensor(tensor)
        for name, tensor in found.items()
        if hasattr(tensor, "detach")
    }
    if not arrays:
        raise FormatError(
            f"{path}: holds no weights; its keys are {', '.join(map(str, found))[:200]}"
        )
    return arrays
