"""What do answers cost beside the least that caching by question could cost?

Ten questions of a hundred answers each, all waiting when the workers start, nothing cached. Tokens
and prices are those of the fake API's own accounting. The least: the instructions are written once
for an hour, each question once for five minutes, and all else is read.
    .venv/bin/python -m benchmarks.cache_cost [--json]
"""

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from benchmarks.stage import Stage, answers, rubrics, stage, wait_until, worker
from tests.fakes.catalogue import CATALOGUE
from tests.fakes.tokens import count

QUESTIONS, EACH = 10, 100
LATENCY = 1.0
THREADS = 16


@dataclass(frozen=True)
class Result:
    cost_ratio: float
    follower_hit_share: float
    cold_writes: int
    prefixes: int
    cost_per_1000: float


def main() -> None:
    if len(sys.argv) == 2 and sys.argv[1].isdigit():  # noqa: PLR2004 - the one run asked for below
        with stage(latency=LATENCY) as found:
            print(json.dumps(asdict(run(found, int(sys.argv[1])))))
        return
    results = {workers: run_apart(workers) for workers in (1, 4)}
    print("| workers | cost against the least | followers that read | cold writes | prefixes "
          "| $ per 1,000 |")  # fmt: skip
    print("|---:|---:|---:|---:|---:|---:|")
    for workers, result in results.items():
        print(
            f"| {workers} | {result.cost_ratio:.3f} | {result.follower_hit_share:.1%} "
            f"| {result.cold_writes} | {result.prefixes} | {result.cost_per_1000:.4f} |"
        )
    if "--json" in sys.argv:
        print(json.dumps(asdict(max(results.values(), key=lambda result: result.cost_ratio))))


def run_apart(workers: int) -> Result:
    """Each run in a process of its own, for Django is set up for one database."""
    command = [sys.executable, "-m", "benchmarks.cache_cost", str(workers)]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - ourselves
    return Result(**json.loads(said.splitlines()[-1]))


def run(found: Stage, workers: int) -> Result:
    from grading.models import Grade  # noqa: PLC0415 - needs Django set up
    from grading.operations.grades import request_grade  # noqa: PLC0415 - the same

    rows = [(rubric, answers(rubric, EACH)) for rubric in rubrics(QUESTIONS)]
    for number in range(EACH):
        for rubric, texts in rows:
            request_grade(rubric=rubric, text=texts[number])
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(worker(found, threads=THREADS))
        finished = Grade.objects.filter(state__in=("graded", "ungraded"))
        wait_until(lambda: finished.count() == QUESTIONS * EACH, "the last verdict", every=0.5)
    assert Grade.objects.filter(state="graded").count() == QUESTIONS * EACH  # noqa: S101 - a benchmark's precondition
    return measure(found.exchanges())


def measure(exchanges: list[dict[str, Any]]) -> Result:
    """Everyone but the first of a prefix is a follower; one that wrote anything did not follow."""
    billed = [row for row in exchanges if row["prefix"]]
    prefixes = {row["prefix"] for row in billed}
    written = [row for row in billed if row["billed"]["write_5m"] + row["billed"]["write_1h"]]
    paid = sum((price(row["model"], **row["billed"]) for row in exchanges), Decimal(0))
    return Result(
        cost_ratio=round(float(paid / least(exchanges)), 4),
        follower_hit_share=round((len(billed) - len(written)) / (len(billed) - len(prefixes)), 4),
        cold_writes=len(written),
        prefixes=len(prefixes),
        cost_per_1000=round(float(paid) / (QUESTIONS * EACH) / 1000, 4),
    )


def least(exchanges: list[dict[str, Any]]) -> Decimal:
    """Micro-dollars of one call an answer, every prefix written once and read by all others."""
    total, seen, answered = Decimal(0), set(), set()
    for row in exchanges:
        body, counts = json.loads(row["body"]), row["billed"]
        instructions, question = (block["text"] for block in body["system"])
        answer = body["messages"][0]["content"][0]["text"]
        if answer in answered or not counts["output"]:
            continue  # a second call for it is a price that the least does not pay
        answered.add(answer)
        for text, write in ((instructions, "write_1h"), (question, "write_5m")):
            total += price(row["model"], **{"read" if text in seen else write: count(text)})
            seen.add(text)
        total += price(row["model"], input=count(answer), output=counts["output"])
    return total


def price(model: str, **counts: int) -> Decimal:
    """Micro-dollars."""
    prices = CATALOGUE[model].price
    charged = {name: number for name, number in counts.items() if name != "thinking"}
    return sum((number * getattr(prices, name) for name, number in charged.items()), Decimal(0))


if __name__ == "__main__":
    main()
