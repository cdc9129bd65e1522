"""How far is the shipped grader from people, and did that change?

Measures every set of a folder and prints the kept figures beside the new ones; a star marks a
correlation outside the interval of the kept one. With --write the new figures are kept.

Run: .venv/bin/python -m benchmarks.agreement FOLDER [--sample N] [--write]
"""

import json
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

from grading.agreement.regress import compare, read_table, side_by_side, to_table, write_table

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--write", action="store_true", help="keep the new figures")
    options = parser.parse_args()
    command = [sys.executable, "manage.py", "evaluate_grader", str(options.folder.resolve())]
    command += ["--judge", "local"]  # a key in the environment must not make it another's figures
    command += ["--sample", str(options.sample)] if options.sample else []
    told = subprocess.run([*command, "--json"], cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own command
    table = to_table(json.loads(told.stdout)["by_dataset"])
    page = PAGE.read_text(encoding="utf-8")
    print(side_by_side(compare(read_table(page), table)))
    if options.write:
        PAGE.write_text(write_table(page, table), encoding="utf-8")


if __name__ == "__main__":
    main()
