"""Run it: ``python tests/conformance/onnx_suite COUNT SEED``, half exported, half by hand."""

from __future__ import annotations

import importlib.metadata
import logging
import sys
import tempfile
from pathlib import Path

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


if __name__ == "__main__":
    sys.exit(main())
