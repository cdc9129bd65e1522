from decimal import Decimal

import pytest

from grading.models import Rubric
from grading.operations.rubrics import CriterionText
from interview.formats.document import (
    CriterionLine,
    QuestionDraft,
    SetDocument,
    TopicDraft,
    Unplaced,
)
from interview.models import Question, QuestionSet, QuestionSetVersion, Topic
from interview.operations.drafts import open_draft
from interview.operations.publishing import PublishError
from interview.operations.question_sets import ImportReport, import_document
from interview.operations.questions import text_of
from tests.factories import make_team

pytestmark = pytest.mark.django_db


def question(key: str, **changes: object) -> QuestionDraft:
    fields: dict[str, object] = {
        "key": key,
        "title": f"What is {key}?",
        "prompt": "",
        "reference_answer": "It is a thing. It has two parts.",
        "grader_notes": "",
        "criteria": (CriterionLine("required", Decimal(2), "It is a thing."),),
        "topics": ("basics",),
        "minutes": 3,
        "line": 1,
    }
    return QuestionDraft(**(fields | changes))  # type: ignore[arg-type]  # tests name the fields


def document(*questions: QuestionDraft) -> SetDocument:
    return SetDocument(
        slug="things",
        title="Things",
        description="About things.",
        topics=(TopicDraft("basics", "Basics"),),
        questions=questions,
        unplaced=(Unplaced(7, "A stray line."),),
    )


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def test_a_new_document_becomes_a_draft() -> None:
    report = import_document(document=document(question("a"), question("b")), team=None)
    assert (counts(report), report.topics, report.unplaced[0].line) == ((2, 0, 0), 1, 7)
    draft = QuestionSetVersion.objects.get()
    assert (draft.state, draft.number) == ("draft", 1)
    first = draft.questions.get(key="a")
    assert text_of(first).criteria == (CriterionText("required", Decimal(2), "It is a thing."),)
    assert text_of(first).topics == frozenset(Topic.objects.all())


def test_the_same_document_again_changes_nothing() -> None:
    import_document(document=document(question("a")), team=None, publish=True)
    report = import_document(document=document(question("a")), team=None, publish=True)
    assert counts(report) == (0, 0, 1)
    assert QuestionSetVersion.objects.count() == 1
    assert Rubric.objects.count() == 1


def test_a_changed_question_makes_the_next_version_and_leaves_the_published_one() -> None:
    import_document(document=document(question("a"), question("b")), team=None, publish=True)
    changed = document(question("a", title="What, really, is a?"), question("b"))
    report = import_document(document=changed, team=None, publish=True)
    assert counts(report) == (0, 1, 1)
    titles = Question.objects.filter(key="a").order_by("version__number")
    assert [row.title for row in titles] == ["What is a?", "What, really, is a?"]


def test_questions_that_a_document_leaves_out_stay() -> None:
    import_document(document=document(question("a"), question("b")), team=None)
    import_document(document=document(question("b")), team=None)
    assert set(Question.objects.values_list("key", flat=True)) == {"a", "b"}


def test_a_dry_run_reports_the_same_and_leaves_no_trace() -> None:
    report = import_document(document=document(question("a")), team=None, dry_run=True)
    assert counts(report) == (1, 0, 0)
    assert (QuestionSet.objects.count(), Topic.objects.count(), Rubric.objects.count()) == (0, 0, 0)


def test_criteria_are_drafted_where_the_document_has_none() -> None:
    bare = question(
        "a", criteria=(), reference_answer="- **Speed**: it is fast.\n- **Cost**: cheap."
    )
    import_document(document=document(bare), team=None)
    drafted = text_of(Question.objects.get()).criteria
    assert len(drafted) >= 2
    assert {row.kind for row in drafted} == {"required"}


def test_teams_keep_sets_of_one_slug_apart() -> None:
    north, south = make_team("north"), make_team("south")
    for team in (None, north, south):
        import_document(document=document(question("a")), team=team)
    assert QuestionSet.objects.filter(slug="things").count() == 3


def test_publishing_what_is_not_ready_says_everything_that_is_missing_and_imports_nothing() -> None:
    unready = document(question("a", reference_answer="", criteria=()), question("b"))
    with pytest.raises(PublishError) as refused:
        import_document(document=unready, team=None, publish=True)
    assert refused.value.problems == [
        "Question 1, “What is a?”, has no reference answer.",
        "Question 1, “What is a?”, has no required criterion, so no answer could score.",
    ]
    assert QuestionSet.objects.count() == 0


def test_an_open_draft_is_used_not_doubled() -> None:
    import_document(document=document(question("a")), team=None, publish=True)
    question_set = QuestionSet.objects.get()
    draft = open_draft(question_set=question_set)
    import_document(document=document(question("b")), team=None)
    assert question_set.versions.count() == 2
    assert set(draft.questions.values_list("key", flat=True)) == {"a", "b"}
