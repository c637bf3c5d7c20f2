"""Write the bytes of states that have none yet: ``python tests/golden/make.py VERSION``.

Files that exist are never rewritten: each version of a format stays readable for ever.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden.states import STATES


def main() -> None:
    """Write ``<state>.v<version>.bin`` for each state."""
    (version,) = sys.argv[1:]
    for name, make in STATES.items():
        path = Path(__file__).with_name(f"{name}.v{int(version)}.bin")
        if not path.exists():
            path.write_bytes(make().to_bytes())
            print(path.name)


if __name__ == "__main__":
    main()
