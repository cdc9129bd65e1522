import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from grading.models import BatchRun, Grade, HumanScore, Submission
from grading.operations.batches import advance
from grading.operations.grades import requeue_stuck, run_grade
from interview.formats.past_answers import PastAnswer, PastAnswers
from interview.models import Answer, InterviewSession, QuestionSet, Team
from interview.operations.drafts import discard_draft, open_draft
from interview.operations.edits import drop_question
from interview.operations.past_answers import (
    ImportAnswersError,
    import_answers,
    place_answers,
    stop_import,
)
from interview.operations.questions import change_question
from interview.queries.past_answers import import_progress, set_agreement
from tests.factories import (
    REFERENCE,
    make_draft_set,
    make_published_set,
    make_team,
    make_user,
    question_text,
)
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db
KEY = "why-is-attention-scaled-1"
WRONG = "Because the paper says so, and its authors tried it out at great length."


def document(*rows: PastAnswer) -> PastAnswers:
    return PastAnswers(rows, ())


def row(answer: str, candidate: str = "", *scores: float, line: int = 2) -> PastAnswer:
    return PastAnswer(line, KEY, answer, candidate, scores)


@pytest.fixture
def team() -> Team:
    return make_team("north", admin=make_user("bo"))


@pytest.fixture
def question_set(team: Team) -> QuestionSet:
    return make_draft_set(team=team, slug="attention", questions=2)


def by_claude(settings: Settings, api: ClaudeApi) -> None:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = api.url
    settings.CLAUDE_EXTRA_CALLS = 0
    api.set(batch_seconds=0)


def advance_all() -> None:
    for run in BatchRun.objects.all():
        for _ in range(3):
            advance(run_id=run.pk, now=timezone.now())


def test_answers_are_kept_by_candidate_and_nobody_is_made_up(question_set: QuestionSet) -> None:
    placement = import_answers(
        question_set=question_set,
        document=document(
            row(REFERENCE, "A-17", 0.9, 1.0), row(WRONG, "A-17"), row(WRONG, "B-03"), row(WRONG)
        ),
    )
    assert (len(placement.placed), placement.scored, placement.labels) == (4, 1, 2)
    sessions = InterviewSession.objects.order_by("pk")
    assert [(s.label, s.candidate, s.mode, s.state, s.who) for s in sessions] == [
        ("A-17", None, "imported", "finished", "A-17"),
        ("B-03", None, "imported", "finished", "B-03"),
        ("", None, "imported", "finished", "Somebody"),
    ]
    answers = Answer.objects.filter(session=sessions[0])
    assert [(answer.position, answer.attempt) for answer in answers] == [(1, 1), (2, 2)]
    assert list(HumanScore.objects.values_list("position", "score")) == [(1, 0.9), (2, 1.0)]
    submission = Submission.objects.get(answer__session__label="B-03")
    assert submission.account is not None
    assert submission.account.key == f"team:{question_set.team_id}/set:{question_set.pk}"


def test_the_local_judge_grades_them_by_the_queue(question_set: QuestionSet) -> None:
    import_answers(question_set=question_set, document=document(row(REFERENCE), row(WRONG)))
    assert BatchRun.objects.count() == 0
    assert requeue_stuck(now=timezone.now()) == 2  # the sweep finds them at once
    for grade in Grade.objects.all():
        run_grade(grade_id=grade.pk)
    found = import_progress(question_set)
    assert (found.total, found.graded, found.percent, found.is_done) == (2, 2, 100, True)


def test_claude_grades_them_in_one_batch_that_no_worker_takes_up(
    question_set: QuestionSet, settings: Settings, claude_api: ClaudeApi
) -> None:
    by_claude(settings, claude_api)
    import_answers(question_set=question_set, document=document(row(REFERENCE), row(WRONG)))
    assert requeue_stuck(now=timezone.now()) == 0
    assert run_grade(grade_id=Grade.objects.all()[0].pk) is None
    assert import_progress(question_set).is_done is False
    advance_all()
    grades = Grade.objects.order_by("pk")
    assert [(g.judge, g.state, g.score, g.waiting_for, g.reserved) for g in grades] == [
        ("claude", "graded", 1.0, "", 0),
        ("claude", "graded", 0.0, "", 0),
    ]
    assert {call.batched for grade in grades for call in grade.calls.all()} == {True}
    found = import_progress(question_set)
    assert (found.graded, found.ungraded, found.done) == (2, 0, 2)


def test_what_a_stop_left_out_has_no_score_and_says_why(
    question_set: QuestionSet, settings: Settings, claude_api: ClaudeApi
) -> None:
    by_claude(settings, claude_api)
    import_answers(question_set=question_set, document=document(row(REFERENCE)))
    stop_import(question_set=question_set)
    advance_all()
    grade = Grade.objects.get()
    assert (grade.state, grade.reason, grade.score, grade.waiting_for) == (
        "ungraded",
        "stopped",
        None,
        "",
    )
    assert claude_api.log.exchanges == []


def test_a_second_import_waits_for_the_first_and_keeps_nothing(
    question_set: QuestionSet, settings: Settings, claude_api: ClaudeApi
) -> None:
    by_claude(settings, claude_api)
    import_answers(question_set=question_set, document=document(row(REFERENCE)))
    with pytest.raises(ImportAnswersError, match="still being graded"):
        import_answers(question_set=question_set, document=document(row(WRONG)))
    assert Submission.objects.count() == 1


def test_the_same_file_again_brings_in_nothing(question_set: QuestionSet) -> None:
    rows = document(row(REFERENCE, "A"), row(WRONG), row(WRONG))
    import_answers(question_set=question_set, document=rows)
    again = import_answers(question_set=question_set, document=rows)
    assert (len(again.placed), again.known, Submission.objects.count()) == (0, 3, 3)
    question = open_draft(question_set=question_set).questions.all()[0]
    change_question(question=question, text=question_text(reference_answer="Another one."))
    assert len(place_answers(question_set, rows).placed) == 3  # another rubric, another grade


def test_what_has_no_place_is_told_by_line(question_set: QuestionSet) -> None:
    placement = place_answers(
        question_set,
        document(
            row("x" * 20_001, line=7), PastAnswer(3, "nothing", "x", "", ()), row(WRONG, line=4)
        ),
    )
    assert [(left.line, left.text) for left in placement.unplaced] == [
        (3, "The set has no question with the key “nothing”."),
        (7, "The answer has more than 20,000 characters."),
    ]
    assert [one.row.line for one in placement.placed] == [4]


def test_a_drafts_question_goes_with_what_was_imported_to_it(question_set: QuestionSet) -> None:
    import_answers(question_set=question_set, document=document(row(WRONG, "A"), row(WRONG)))
    drop_question(question_set=question_set, key=KEY)
    assert [m.objects.count() for m in (Submission, Answer, InterviewSession)] == [0, 0, 0]


def test_a_discarded_draft_takes_its_imports_along(team: Team) -> None:
    question_set = make_published_set(team=team, slug="attention").question_set
    open_draft(question_set=question_set)
    import_answers(question_set=question_set, document=document(row(WRONG)))
    discard_draft(question_set=question_set)
    assert (Submission.objects.count(), question_set.versions.count()) == (0, 1)


def test_agreement_compares_the_judge_with_people_and_people_with_each_other(
    question_set: QuestionSet,
) -> None:
    import_answers(
        question_set=question_set,
        document=document(
            row(REFERENCE, "A", 1.0, 0.8), row(WRONG, "B", 0.0, 0.2), row("", "C", 0.5), row("x")
        ),
    )
    for grade in Grade.objects.all():
        run_grade(grade_id=grade.pk)
    found = set_agreement(question_set)
    figures = found.figures
    assert (figures.scored, figures.judge.n, figures.people.n) == (3, 3, 2)
    assert figures.people.r == pytest.approx(1.0)
    assert figures.people.mae == pytest.approx(0.2)
    assert figures.judge.mae is not None
    assert 0.15 < figures.judge.mae < 0.35
    assert found.furthest[0][0].session.label == "C"
    (question,) = found.questions
    assert (question.question.key, question.n) == (KEY, 3)
    assert question.people == pytest.approx((0.9 + 0.1 + 0.5) / 3)


def test_importing_takes_the_same_queries_for_any_number_of_answers(
    question_set: QuestionSet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [row(f"{WRONG} {number}", f"{number}", 0.5) for number in range(20)]
    import_answers(question_set=question_set, document=document(row(WRONG)))
    with django_assert_num_queries(14):
        import_answers(question_set=question_set, document=document(rows[0]))
    with django_assert_num_queries(14):
        import_answers(question_set=question_set, document=document(*rows[1:]))
