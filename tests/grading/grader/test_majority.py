import pytest

from grading.grader.majority import Sample, agreement, is_unanimous, merge
from grading.grader.verdict import CriterionVerdict, Judgement, Mark, Span, Usage
from tests.grading.grader.material import answered

CRITERIA = answered("").criteria


def sample(*marks: Mark, strong: bool = False, **changes: object) -> Sample:
    """A reading with these marks on c1, c2, …, quoting two characters where it can."""
    verdicts = tuple(
        CriterionVerdict(f"c{at}", mark, (Span(0, 2),) if mark != Mark.NOT_MET else ())
        for at, mark in enumerate(marks, start=1)
    )
    fields: dict[str, object] = {"feedback": "Said.", "model": "big" if strong else "small"}
    return Sample(Judgement(verdicts, **(fields | changes)), strong)  # type: ignore[arg-type]  # tests name the fields


MET, PARTIAL, MISSED, WRONG = Mark.MET, Mark.PARTIAL, Mark.NOT_MET, Mark.CONTRADICTED


def marks_of(*samples: Sample) -> list[Mark]:
    return [verdict.mark for verdict in merge(samples).verdicts]


def test_one_reading_stands_as_it_is() -> None:
    only = sample(MET, MISSED)
    assert merge([only]) is only.judgement


def test_without_a_reading_there_is_no_judgement() -> None:
    with pytest.raises(ValueError, match="no judgement"):
        merge([])


def test_two_of_three_decide_each_criterion_on_its_own() -> None:
    assert marks_of(
        sample(MET, MET, MISSED), sample(MET, MISSED, PARTIAL), sample(MISSED, MISSED, MISSED)
    ) == [MET, MISSED, MISSED]


def test_the_share_that_agrees_is_the_confidence() -> None:
    judged = merge([sample(MET, MET), sample(MET, MISSED), sample(MET, MISSED, strong=True)])
    assert [verdict.confidence for verdict in judged.verdicts] == [1.0, pytest.approx(2 / 3)]


def test_where_readings_of_one_model_are_even_the_lower_mark_stands() -> None:
    assert marks_of(sample(MET, PARTIAL), sample(PARTIAL, WRONG)) == [PARTIAL, WRONG]


def test_where_all_differ_the_strong_model_decides() -> None:
    assert marks_of(sample(MISSED), sample(PARTIAL), sample(MET, strong=True)) == [MET]


def test_two_readings_outvote_the_strong_model() -> None:
    assert marks_of(sample(MISSED), sample(MISSED), sample(MET, strong=True)) == [MISSED]


def test_evidence_is_of_the_reading_that_is_surest_of_its_quotes() -> None:
    unsure = Sample(Judgement((CriterionVerdict("c1", MET, (), "No quote.", 0.3),), "Said."))
    sure = Sample(Judgement((CriterionVerdict("c1", MET, (Span(3, 9),), "Here.", 0.9),), "Said."))
    found = merge([unsure, sure]).verdicts[0]
    assert (found.evidence, found.justification, found.confidence) == ((Span(3, 9),), "Here.", 0.9)


def test_feedback_is_of_the_first_reading_that_agrees_most() -> None:
    judged = merge(
        [
            sample(MET, MISSED, feedback="Alone."),
            sample(MISSED, MISSED, feedback="Agreed."),
            sample(MISSED, MISSED, feedback="Later.", strong=True),
        ]
    )
    assert (judged.feedback, judged.model) == ("Agreed.", "small + big")


def test_usage_adds_up_and_one_suspicion_is_enough() -> None:
    judged = merge(
        [
            sample(MET, usage=Usage(1, 2, 3, 4, 5)),
            sample(MET, usage=Usage(10, 20, 30, 40, 50), injection_suspected=True),
        ]
    )
    assert (judged.usage, judged.injection_suspected) == (Usage(11, 22, 33, 44, 55), True)


def test_agreement_is_weighed_by_criterion() -> None:
    heaviest = max(range(len(CRITERIA)), key=lambda at: CRITERIA[at].weight)
    same = [MISSED] * len(CRITERIA)
    other = [MET if at == heaviest else MISSED for at in range(len(CRITERIA))]
    samples = [sample(*same), sample(*same), sample(*other)]
    whole = sum(row.weight for row in CRITERIA)
    split = float(CRITERIA[heaviest].weight / whole) / 3
    assert agreement(CRITERIA, samples) == pytest.approx(1 - split)
    assert (is_unanimous(samples), is_unanimous(samples[:2])) == (False, True)
