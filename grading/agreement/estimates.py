"""What a grader said of each row, kept in a file so that a stopped run goes on where it stopped."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TextIO

from grading.agreement.datasets import Row
from grading.grader.material import Material
from grading.grader.verdict import Outcome, Ungraded

STEPS: Final = 20  # lines of progress where nothing can be redrawn
WIDTH: Final = 40


@dataclass(frozen=True, slots=True)
class Estimate:
    """One outcome as figures; score and confidence are None where it could not be graded.

    `reason` is the gate or the reason for not grading; `seconds` is what grading took, which is
    not known of a `batched` answer, at half price.
    """

    score: float | None
    confidence: float | None
    reason: str
    flagged: bool
    seconds: float
    micro_dollars: int = 0
    batched: bool = False


def estimate_of(outcome: Outcome, seconds: float) -> Estimate:
    if isinstance(outcome, Ungraded):
        return Estimate(None, None, outcome.reason, flagged=False, seconds=seconds)
    return Estimate(
        score=outcome.score,
        confidence=outcome.confidence,
        reason=outcome.reason,
        flagged=outcome.injection_suspected,
        seconds=seconds,
        micro_dollars=outcome.usage.micro_dollars,
    )


class Notebook:
    """Estimates by key in a file of JSON lines: read at the start, added to as they come.

    A line cut short by a stopped run is passed over. Without a path nothing is kept.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known = dict(_read(path)) if path and path.exists() else {}

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def look_up(self, key: str) -> Estimate | None:
        return self._known.get(key)

    def note(self, key: str, estimate: Estimate) -> None:
        self._known[key] = estimate
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            line = json.dumps({"key": key} | asdict(estimate))
            with self._path.open("a", encoding="utf-8") as file:
                # Begins with the line break: a line that was cut short spoils only itself.
                file.write(f"\n{line}")


def _read(path: Path) -> Iterator[tuple[str, Estimate]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                fields = json.loads(line)
                yield fields.pop("key"), Estimate(**fields)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue


def key_of(material: Material) -> str:
    """The same for the same question, rubric and answer."""
    return hashlib.sha256(repr(material).encode()).hexdigest()[:32]


def estimate_rows(
    rows: Sequence[Row], estimate: Callable[[Row], Estimate], tell: Callable[[int, int], None]
) -> list[Estimate]:
    """One estimate a row, in order. `tell` is told (done, all) after every row."""
    found = []
    for row in rows:
        found.append(estimate(row))
        tell(len(found), len(rows))
    return found


class Progress:
    """A bar that is redrawn on a terminal; elsewhere a line every twentieth of the way."""

    def __init__(self, stream: TextIO, what: str) -> None:
        self._stream, self._what = stream, what
        self._redraws = stream.isatty()
        self._last = -1

    def __call__(self, done: int, whole: int) -> None:
        steps = WIDTH if self._redraws else STEPS
        step = done * steps // whole
        if step == self._last and done < whole:
            return
        self._last = step
        if self._redraws:
            bar = "#" * step + "." * (steps - step)
            end = "\n" if done == whole else ""
            self._stream.write(f"\r{self._what} [{bar}] {done}/{whole}{end}")
        else:
            self._stream.write(f"{self._what} {done}/{whole}\n")
        self._stream.flush()


def fingerprint(folders: Iterable[Path]) -> str:
    """A hash over the files of these folders: figures of other code are not these figures."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
