"""Weights in fewer bits, without a file."""

from __future__ import annotations

from typing import Any

import numpy as np


def as_read(held: dict[str, Any]) -> dict[str, Any]:
    """What a file's reader would give for what it was to hold: bfloat16 widened."""
    return {
        name: (one.astype(np.uint32) << 16).view(np.float32) if one.dtype == np.uint16 else one
        for name, one in held.items()
    }
