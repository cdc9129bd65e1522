"""Feedback in plain text, composed from what was missing. It neither praises nor invents."""

from collections.abc import Sequence
from typing import Final

from grading.grader.material import Criterion, Kind
from grading.grader.verdict import CriterionVerdict, Mark

NAMED: Final = 3  # points a heading names; a longer list is not read


def compose(criteria: Sequence[Criterion], verdicts: Sequence[CriterionVerdict]) -> str:
    """Return short paragraphs, what would gain most first."""
    marks = {verdict.criterion_id: verdict.mark for verdict in verdicts}
    heaviest = sorted(criteria, key=lambda criterion: -criterion.weight)

    def points(mark: Mark, *kinds: Kind) -> list[str]:
        return [c.text for c in heaviest if c.kind in kinds and marks[c.id] is mark]

    true = (Kind.REQUIRED, Kind.BONUS)
    paragraphs = [
        _listed(
            "Not so, although the answer says it", points(Mark.CONTRADICTED, Kind.MISCONCEPTION)
        ),
        _listed("Stated the other way round", points(Mark.CONTRADICTED, *true)),
        _listed("Missing, most valuable first", points(Mark.NOT_MET, Kind.REQUIRED)),
        _listed("Touched on, to be said more fully", points(Mark.PARTIAL, Kind.REQUIRED)),
    ]
    told = [paragraph for paragraph in paragraphs if paragraph]
    if not told:
        told = ["Every required point was found in the answer."]
        extra = points(Mark.NOT_MET, Kind.BONUS)
        told += [_listed("To go further, add", extra)] if extra else []
    return "\n\n".join(told)


def _listed(heading: str, points: Sequence[str]) -> str:
    if not points:
        return ""
    more = len(points) - NAMED
    tail = f" And {more} more, shown below." if more > 0 else ""
    return f"{heading}: " + " ".join(_sentence(point) for point in points[:NAMED]) + tail


def _sentence(point: str) -> str:
    return point if point.endswith((".", "!", "?")) else f"{point}."
