"""Run it: ``python tests/conformance/keras_suite COUNT SEED PYTHON[,MODULE[,BACKEND]] ...``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Make models by each Python's Keras, compare, print the table; 1 where one differs."""
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]
    from keras_suite.compare import Comparison
    from keras_suite.draw import CONFIGURATIONS

    count, seed = int(sys.argv[1]), int(sys.argv[2])
    missing = CONFIGURATIONS.uncovered(CONFIGURATIONS.draw(count, seed))
    print(f"{count} configurations drawn by seed {seed}; pairs of choices in none: {missing}")
    found = []
    for wanted in sys.argv[3:]:
        python, module, backend = [*wanted.split(","), "keras", "tensorflow"][:3]
        with tempfile.TemporaryDirectory() as folder:
            command = [python, str(HERE / "make.py"), folder, str(count), str(seed), module]
            environment = os.environ | {"KERAS_BACKEND": backend, "PYTHONWARNINGS": "ignore"}
            subprocess.run(command, env=environment, check=True)
            found.append(Comparison.of(Path(folder)))
    columns = "models compared | furthest from it | from the definition | unsupported | failed"
    print(f"\n| Keras | {columns} |\n|---|---|---|---|---|---|")
    for one in found:
        print(one.row())
    for one in found:
        reasons = sorted({refused["error"][:150] for refused in one.refused})
        if reasons:
            print(f"\n{one.version['keras']} itself refused {len(one.refused)}:")
            print(*(f"  {reason}" for reason in reasons), sep="\n")
    failed = [failure for one in found for failure in one.failed]
    print(*(f"\nFAILED {failure}" for failure in failed))
    return 1 if failed or not all(one.made for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
