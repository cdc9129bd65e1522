"""What does the local judge cost beside the model that it reads with?

Answers are the built-in references, cut or joined to length. Each ratio compares two things that
take turns in one process, round by round: the median stands, beside the lowest and the highest.
Passes for rubrics are counted, and memory is that of a process of its own, over a real database.
    .venv/bin/python -m benchmarks.local_judge [--write] [--json]
"""

import json
import os
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count, cycle, islice
from pathlib import Path
from typing import Final

from benchmarks.stage import tables
from config.children import ONE_HEAP
from grading.embedders.base import Tokens
from grading.embedders.onnx import WINDOW, Hidden, Ids, OnnxEmbedder, get_embedder
from grading.grader.material import Criterion, Kind, Material
from grading.grader.pipeline import grade
from grading.judges.local import LocalJudge
from interview.formats import read_path

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "benchmarks.md"
BEGIN: Final = "<!-- local judge: begin -->"
END: Final = "<!-- local judge: end -->"
CRITERIA: Final = 6
WORDS: Final = 150
LENGTHS: Final = (150, 300, 450, 600)  # words
THREADS: Final = 4  # of a worker as `make run` starts it
ROUNDS: Final = 5
EACH: Final = 8  # answers a round
FOLLOWED: Final = 5  # references that make 600 words, at least
ASKED: Final = 20  # answers to one question, each of two processes
MANY: Final = 200
TELLING: Final = 5  # up to here decimals tell something


@dataclass(frozen=True)
class Figure:
    """`key` names it to programs; the rest is shown. A count has one value."""

    key: str
    what: str
    values: Sequence[float]
    wanted: str

    @property
    def median(self) -> float:
        return statistics.median(self.values)


class CountingEmbedder(OnnxEmbedder):
    """As of a process just started; counts the passes over texts of a rubric."""

    def __init__(self, rubric: frozenset[str]) -> None:
        super().__init__()
        self._rubric = rubric
        self._passes = 0
        self.rubric_passes = 0

    def read(self, text: str) -> Tokens:
        before = self._passes
        tokens = super().read(text)
        self.rubric_passes += self._passes - before if text in self._rubric else 0
        return tokens

    def forward(self, ids: Ids) -> Hidden:
        self._passes += 1
        return super().forward(ids)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the figures in docs")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--peak", action="store_true", help="what a process of its own is for")
    options = parser.parse_args()
    if options.peak:
        print(peak_mb())
        return
    with tables(VIVA_JUDGE="local"):
        figures = []
        for figure in measure():  # told as they come: each takes a while
            figures.append(figure)
            print(f"{figure.what}: {figure.median:.2f}", flush=True)
    table = as_table(figures)
    print(table)
    if options.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
    if options.json:
        print(json.dumps({figure.key: round(figure.median, 3) for figure in figures}))


def measure() -> Iterator[Figure]:
    materials = rubrics()
    long = long_answers(materials, EACH)
    short = [replace(one, answer=cut(one.answer, WORDS)) for one in long]
    yield Figure("pass_ratio", "150 words, by one pass", pass_ratios(short), "≤ 1.25")
    yield Figure("pass_ratio_elsewhere", "… on another subject", pass_ratios(strange(short)), "")
    what = f"tokens a second on {THREADS} threads, of the bare model's"
    yield Figure("bare_share", what, bare_shares(long), "≥ 0.80")
    yield Figure("bare_share_elsewhere", "… on another subject", bare_shares(strange(long)), "")
    passes, texts = rubric_passes(materials[0])
    yield Figure("rubric_passes", "passes for one rubric in two processes", [passes], str(texts))
    yield Figure("peak_mb", "MB of a process that graded 200 answers", [apart()], "≤ 450")


def rubrics() -> list[Material]:
    """The built-in questions that have so many criteria, without an answer."""
    document = read_path(ROOT / "interview" / "content" / "llm-engineer")
    return [
        Material(
            f"{question.title}\n\n{question.prompt}",
            question.reference_answer,
            tuple(
                Criterion(f"c{place}", row.text, Kind(row.kind), row.weight)
                for place, row in enumerate(question.criteria[:CRITERIA], start=1)
            ),
            "",
        )
        for question in document.questions
        if len(question.criteria) >= CRITERIA
    ]


def cut(text: str, words: int) -> str:
    return " ".join(text.split(" ")[:words])


def long_answers(materials: Sequence[Material], answers: int) -> list[Material]:
    """Answers of 150 to 600 words: the reference, and then those of the questions after it."""
    places = islice(cycle(range(len(materials))), answers)
    return [
        replace(
            materials[place],
            answer=cut(
                "\n\n".join(
                    one.reference_answer
                    for one in islice(cycle(materials), place, place + FOLLOWED)
                ),
                words,
            ),
        )
        for place, words in zip(places, cycle(LENGTHS), strict=False)
    ]


def strange(materials: Sequence[Material]) -> list[Material]:
    """The same answers, given to other questions: in words that their references do not have."""
    half = len(materials) // 2
    return [
        replace(one, answer=other.answer)
        for one, other in zip(materials, [*materials[half:], *materials[:half]], strict=True)
    ]


def pass_ratios(materials: Sequence[Material]) -> list[float]:
    """CPU seconds of grading, with the rubric at hand, by those of the passes over the answer."""
    ratios = []
    for asked, windows in rounds(materials):
        took = [0.0, 0.0]
        for place, (material, ids) in enumerate(zip(asked, windows, strict=True)):
            for turn in (0, 1) if place % 2 else (1, 0):
                before = time.process_time()
                run_bare(ids) if turn else run_whole(material)
                took[turn] += time.process_time() - before
        ratios.append(took[0] / took[1])
    return ratios[1:]  # the first reads the rubrics


def bare_shares(materials: Sequence[Material]) -> list[float]:
    """Seconds of the bare model over those of the pipeline, for the same texts and threads."""
    shares = []
    with ThreadPoolExecutor(THREADS) as pool:
        for asked, windows in rounds(materials):
            started = time.perf_counter()
            list(pool.map(run_bare, windows))
            between = time.perf_counter()
            list(pool.map(run_whole, asked))
            shares.append((between - started) / (time.perf_counter() - between))
    return shares[1:]


def rounds(materials: Sequence[Material]) -> Iterator[tuple[list[Material], list[list[Ids]]]]:
    """Answers that were never read before, and each as the bare model takes it."""
    for number in range(ROUNDS + 1):
        place = next(_numbers)
        asked = [replace(one, answer=f"{place}.{number}. {one.answer}") for one in materials]
        yield asked, [windows_of(one.answer) for one in asked]


_numbers = count()


def windows_of(text: str) -> list[Ids]:
    """The ids of the text, as many at once as the model takes."""
    ids, _ = get_embedder().pieces(text)
    return [ids[at : at + WINDOW] for at in range(0, len(ids), WINDOW)]


def run_bare(windows: list[Ids]) -> None:
    for ids in windows:
        get_embedder().forward(ids)


def run_whole(material: Material) -> None:
    embedder = get_embedder()
    grade(material, LocalJudge(embedder), embedder)


def rubric_passes(material: Material) -> tuple[int, int]:
    """Passes over the rubric's texts when two processes grade twenty answers each in turn, and how
    many texts there are."""
    from grading.operations.readings import StoredReader  # noqa: PLC0415 - needs Django set up

    texts = {material.question, material.reference_answer, *(c.text for c in material.criteria)}
    passes = 0
    for process in range(2):
        reader = CountingEmbedder(frozenset(texts))
        for number in range(ASKED):
            asked = replace(material, answer=f"{process}.{number}. {material.reference_answer}")
            judge = LocalJudge(get_embedder(), reader=StoredReader(reader, asked))
            grade(asked, judge, get_embedder())
        passes += reader.rubric_passes
    return passes, len(texts)


def apart() -> float:
    """What `--peak` tells of a process of its own, started as `make run` starts a worker."""
    command = [sys.executable, "-m", "benchmarks.local_judge", "--peak"]
    environment = ONE_HEAP | os.environ
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603 - ourselves
    return float(told.stdout)


def peak_mb() -> float:
    """The most memory that was in use while 200 answers were graded as a worker does it."""
    import django  # noqa: PLC0415 - the environment names the database by now

    django.setup()
    import grading.tasks  # noqa: F401, PLC0415 - a worker has loaded what its tasks need
    from grading.operations.embeddings import StoredEmbedder  # noqa: PLC0415 - needs Django set up
    from grading.operations.readings import StoredReader  # noqa: PLC0415 - the same

    def grade_it(material: Material) -> None:
        embedder = StoredEmbedder(get_embedder())
        reader = StoredReader(get_embedder(), material)
        grade(material, LocalJudge(embedder, reader=reader), embedder)

    answers = long_answers(rubrics(), MANY)
    numbered = [replace(one, answer=f"{at}. {one.answer}") for at, one in enumerate(answers)]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(grade_it, numbered))
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def as_table(figures: Sequence[Figure]) -> str:
    lines = ["| figure | median | lowest | highest | wanted |", "|---|---:|---:|---:|---:|"]
    for figure in figures:
        shown = (figure.median, min(figure.values), max(figure.values))
        cells = " | ".join(f"{one:.2f}" if one < TELLING else f"{one:.0f}" for one in shown)
        lines.append(f"| {figure.what} | {cells} | {figure.wanted} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
