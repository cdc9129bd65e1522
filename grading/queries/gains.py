"""What each point of a grade would still add."""

from grading.grader.material import Criterion, Kind
from grading.grader.scoring import score
from grading.grader.verdict import CriterionVerdict, Mark
from grading.models import Grade


def gains_of(grade: Grade) -> dict[str, float]:
    """By criterion key, how far the score (0..1) would rise were that point alone made good.

    A required or bonus point is made good by being met, a misconception by being left out. Points
    that would add nothing are not there. Costs no query when verdicts and criteria are at hand.
    """
    found: dict[str, CriterionVerdict] = {}
    criteria: list[Criterion] = []
    for row in grade.verdicts.all():
        known = row.criterion
        mark = Mark(row.mark)
        found[known.key] = CriterionVerdict(known.key, mark, (), credit=row.expected_credit)
        criteria.append(Criterion(known.key, known.text, Kind(known.kind), known.weight))
    reached = score(criteria, list(found.values()))
    gains = {}
    for criterion in criteria:
        best = Mark.NOT_MET if criterion.kind is Kind.MISCONCEPTION else Mark.MET
        if found[criterion.id].mark is best:
            continue
        good = found | {criterion.id: CriterionVerdict(criterion.id, best, ())}
        gain = score(criteria, list(good.values())) - reached
        if gain > 0:
            gains[criterion.id] = gain
    return gains
