"""Run it: ``python tests/conformance/onnx_suite COUNT SEED [PYTHON]``.

So many modules of PyTorch and so many nodes written by hand; PYTHON, where there is one, has
TensorFlow and tf2onnx, and writes so many models of Keras.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Make models, compare, print the table; 1 where one differs."""
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]
    from onnx_suite.compare import Comparison
    from onnx_suite.exported import MODULES, adjusted, export
    from onnx_suite.nodes import NODES, write

    logging.disable(logging.WARNING)
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    torch, onnx = (importlib.metadata.version(name) for name in ("torch", "onnx"))
    found = {
        "torchscript": Comparison(f"torch {torch}, TorchScript exporter"),
        "dynamo": Comparison(f"torch {torch}, dynamo exporter"),
        "nodes": Comparison(f"onnx.helper {onnx}"),
    }
    modules, nodes = MODULES.draw(count, seed), NODES.draw(count, seed)
    print(
        f"{count} modules and {count} nodes drawn by seed {seed}; pairs of choices in none: "
        f"{MODULES.uncovered(modules)} and {NODES.uncovered(nodes)}"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        for options in map(adjusted, modules):
            comparison = found[options["exporter"]]
            try:
                feeds = export(options, path)
            except Exception as error:  # whatever the exporter cannot write
                comparison.refused.append(f"{options}: {type(error).__name__}: {error}"[:300])
                continue
            comparison.add(options, path, feeds, batch_first=options["batch_first"])
        for options in nodes:
            found["nodes"].add(options, path, write(options, path), batch_first=False)
        for python in sys.argv[3:]:
            _add_keras(found, python, Path(folder), count, seed)
    runtime = importlib.metadata.version("onnxruntime")
    columns = f"models compared | furthest from onnxruntime {runtime} | from the definition"
    print(f"\n| written by | {columns} | refused by them | failed |\n|---|---|---|---|---|---|")
    for one in found.values():
        print(one.row())
    for one in found.values():
        print(*(f"\nrefused by them: {text}" for text in one.refused[:5]), sep="")
    failed = [failure for one in found.values() for failure in one.failed]
    print(*(f"\nFAILED {failure}" for failure in failed))
    return 1 if failed or not all(one.made for one in found.values()) else 0


def _add_keras(found: dict[str, Any], python: str, folder: Path, count: int, seed: int) -> None:
    """Let tf2onnx write models, and compare them."""
    from onnx_suite.compare import Comparison

    command = [python, str(HERE / "keras_models.py"), str(folder), str(count), str(seed)]
    subprocess.run(command, check=True)
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    comparison = found["keras"] = Comparison(index["version"])
    for options in index["made"]:
        path = folder / options["file"]
        with np.load(path.with_suffix(".npz")) as data:
            comparison.add(options, path, dict(data), batch_first=True)


if __name__ == "__main__":
    sys.exit(main())
