"""How near does one worker come to the model's own pace, and what does a verdict cost on the way?

The fake API answers in two seconds; one worker process has 64 threads. First a thousand answers
that all wait when the worker starts, nothing cached; then answers that come one by one, at half the
pace the worker can keep, each watched from its submission to its verdict in the database.
    .venv/bin/python -m benchmarks.throughput [--json]
"""

import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import psutil

from benchmarks.stage import Stage, answers, rubrics, stage, wait_until, worker

if TYPE_CHECKING:
    from grading.models import Rubric

LATENCY, THREADS = 2.0, 64
QUESTIONS, EACH = 10, 100
IDEAL_SECONDS = QUESTIONS * EACH * LATENCY / THREADS
ONE_BY_ONE = 200
PER_SECOND = THREADS / LATENCY / 2


@dataclass(frozen=True)
class Result:
    seconds: float
    share_of_ideal: float
    cpu_seconds: float
    peak_mb: float
    overhead_p50_ms: float
    overhead_p95_ms: float


def main() -> None:
    with stage(latency=LATENCY) as found:
        result = run(found)
    print("| 1,000 answers | of the ideal | CPU | memory | overhead p50 | p95 |")
    print("|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {result.seconds:.1f} s | {result.share_of_ideal:.1%} | {result.cpu_seconds:.1f} s "
        f"| {result.peak_mb:.0f} MB | {result.overhead_p50_ms:.0f} ms "
        f"| {result.overhead_p95_ms:.0f} ms |"
    )
    if "--json" in sys.argv:
        print(json.dumps(asdict(result)))


def run(found: Stage) -> Result:
    from grading.models import Grade  # noqa: PLC0415 - needs Django set up
    from grading.operations.grades import request_grade  # noqa: PLC0415 - the same

    rows = [
        (rubric, answers(rubric, EACH + ONE_BY_ONE // QUESTIONS)) for rubric in rubrics(QUESTIONS)
    ]
    for number in range(EACH):
        for rubric, texts in rows:
            request_grade(rubric=rubric, text=texts[number])
    finished = Grade.objects.exclude(state__in=("pending", "running"))
    with worker(found, threads=THREADS) as process, _watched(process) as used:
        wait_until(lambda: finished.count() == QUESTIONS * EACH, "the last verdict", every=0.5)
        seconds = _first_to_last(found)
        used.read()
        cpu, peak = used.cpu_seconds, used.peak_mb
        later = [(rubric, text) for rubric, texts in rows for text in texts[EACH:]]
        overheads = _one_by_one(found, later)
    return Result(
        seconds=round(seconds, 2),
        share_of_ideal=round(IDEAL_SECONDS / seconds, 4),
        cpu_seconds=round(cpu, 2),
        peak_mb=round(peak, 1),
        overhead_p50_ms=round(statistics.median(overheads), 1),
        overhead_p95_ms=round(statistics.quantiles(overheads, n=20)[-1], 1),
    )


def _first_to_last(found: Stage) -> float:
    exchanges = found.exchanges()
    ended = max(float(row["ended"]) for row in exchanges)
    return ended - min(float(row["started"]) for row in exchanges)


class _Used:
    """What a process and all below it took so far."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.cpu_seconds = 0.0
        self.peak_mb = 0.0

    def read(self) -> None:
        tree = [self._process, *self._process.children(recursive=True)]
        self.cpu_seconds = sum(sum(one.cpu_times()[:2]) for one in tree)
        self.peak_mb = max(self.peak_mb, sum(one.memory_info().rss for one in tree) / 2**20)


@contextmanager
def _watched(process: psutil.Process) -> Iterator[_Used]:
    used, done = _Used(process), threading.Event()

    def watch() -> None:
        while not done.wait(0.25):
            used.read()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield used
    finally:
        done.set()
        thread.join()


def _one_by_one(found: Stage, waiting: list[tuple["Rubric", str]]) -> list[float]:
    """Milliseconds from a submission to its verdict, less the model's own time."""
    from grading.models import Grade, ModelCall  # noqa: PLC0415 - needs Django set up
    from grading.operations.grades import request_grade  # noqa: PLC0415 - the same

    draw = random.Random(1)  # noqa: S311 - repeatable, not secret
    draw.shuffle(waiting)
    submitted: dict[int, float] = {}
    visible: dict[int, float] = {}

    def submit() -> None:
        for rubric, text in waiting:
            time.sleep(draw.expovariate(PER_SECOND))
            now = time.monotonic()
            submitted[request_grade(rubric=rubric, text=text).pk] = now

    before = Grade.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    thread = threading.Thread(target=submit)
    thread.start()
    done = Grade.objects.filter(pk__gt=before).exclude(state__in=("pending", "running"))
    while len(visible) < len(waiting):
        for pk in done.exclude(pk__in=list(visible)).values_list("pk", flat=True):
            visible[pk] = time.monotonic()
        time.sleep(0.01)
    thread.join()
    model = {row["request_id"]: row["ended"] - row["started"] for row in found.exchanges()}
    calls = ModelCall.objects.filter(grade__in=list(visible)).values_list("grade", "request_id")
    took = dict.fromkeys(visible, 0.0)
    for pk, request_id in calls:
        took[pk] += model[request_id]
    return [(visible[pk] - submitted[pk] - took[pk]) * 1000 for pk in visible]


if __name__ == "__main__":
    main()
