"""The command: ``python -m bench --threads 1 2 --json out.json``."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

from bench.report import markdown
from bench.run import run
from bench.timing import QUICK, Pace


def main() -> None:
    """Run what the arguments ask for; print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Time lstmetrics beside the libraries that a user would pick instead.",
    )
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--only", default="", metavar="TEXT", help="workloads named so")
    parser.add_argument("--rounds", type=int, help="turns of each candidate")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the size, and briefly")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables there too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there")
    chosen = parser.parse_args()
    if min(chosen.threads) < 1:
        parser.error("--threads takes numbers from 1")

    pace = QUICK if chosen.quick else Pace()
    if chosen.rounds:
        pace = dataclasses.replace(pace, rounds=chosen.rounds)
    scale, probe = (0.01, 64) if chosen.quick else (1.0, 256)
    record = run(chosen.threads, pace, scale, chosen.only, probe)
    tables = markdown(record)
    print(tables)
    if chosen.markdown:
        chosen.markdown.write_text(tables + "\n", encoding="utf-8")
    if chosen.json:
        chosen.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
