"""Run it: ``python tests/conformance/sklearn_suite``; arguments go to pytest."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = (
    "sklearn.metrics.tests.test_classification",
    "sklearn.metrics.tests.test_ranking",
    "sklearn.metrics.tests.test_common",
    "sklearn.metrics.tests.test_score_objects",
    "sklearn.metrics._plot.tests",
    "sklearn.tests.test_calibration",
)


def main() -> int:
    """Run the suite in this process."""
    # Read when scipy is imported: with it, tests of array-API dispatch run and show what is passed
    # on. Their graphics cards and the like are skipped.
    os.environ["SCIPY_ARRAY_API"] = "1"
    os.environ.setdefault("MPLBACKEND", "agg")
    os.environ.setdefault("SKLEARN_SEED", "42")
    sys.path.insert(0, str(HERE.parent))
    import pytest
    import sklearn

    root = Path(sklearn.__file__).resolve().parents[1]
    settings = ["-c", str(HERE / "pytest.ini"), "--rootdir", str(root)]
    command = ["-p", "sklearn_suite.plugin", *settings, *sys.argv[1:], "--pyargs", *MODULES]
    return pytest.main(command)


if __name__ == "__main__":
    sys.exit(main())
