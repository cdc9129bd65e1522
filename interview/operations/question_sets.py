"""Question sets: made, renamed, and read in from documents."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from grading.operations.drafts import draft_criteria
from grading.operations.rubrics import CriterionText
from interview.formats.document import QuestionDraft, SetDocument, Unplaced
from interview.models import Question, QuestionSet, QuestionSetVersion, Team, Topic, User
from interview.operations.drafts import open_draft
from interview.operations.publishing import publish_version
from interview.operations.questions import (
    QuestionText,
    add_question,
    change_question,
    text_of,
)


@dataclass(frozen=True, slots=True)
class ImportedQuestion:
    """What became of one question: ``change`` is created, updated or unchanged."""

    key: str
    title: str
    topics: tuple[str, ...]  # slugs
    criteria: int
    drafted: bool  # the document had no criteria, so a first draft was made
    change: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: counts of questions, and what found no place."""

    set_slug: str
    created: int
    updated: int
    unchanged: int
    topics: int
    unplaced: Sequence[Unplaced]
    question_set: QuestionSet | None
    published: QuestionSetVersion | None
    questions: Sequence[ImportedQuestion]


class _DryRun(Exception):  # noqa: N818 - a way out of the transaction, not an error
    def __init__(self, report: ImportReport) -> None:
        self.report = report


def create_set(*, team: Team | None, slug: str, title: str, description: str = "") -> QuestionSet:
    """A new set with an empty draft."""
    with transaction.atomic():
        question_set = QuestionSet.objects.create(
            team=team, slug=slug, title=title, description=description
        )
        open_draft(question_set=question_set)
    return question_set


def describe_set(*, question_set: QuestionSet, title: str, description: str) -> QuestionSet:
    question_set.title, question_set.description = title, description
    question_set.save(update_fields=["title", "description"])
    return question_set


def import_document(
    *,
    document: SetDocument,
    team: Team | None,
    by: User | None = None,
    publish: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Bring a document's questions into the set of that slug, known ones by their key.

    All of it or nothing; a dry run does everything and takes it back. Questions of the set that
    the document does not name stay as they are. Raises PublishError when it is to be published
    and is not ready.
    """
    try:
        with transaction.atomic():
            report = _import(document, team, by, publish=publish)
            if dry_run:
                raise _DryRun(report)
    except _DryRun as taken_back:
        return taken_back.report
    return report


def _import(
    document: SetDocument, team: Team | None, by: User | None, *, publish: bool
) -> ImportReport:
    question_set, _ = QuestionSet.objects.get_or_create(
        team=team,
        slug=document.slug,
        defaults={"title": document.title, "description": document.description},
    )
    if (question_set.title, question_set.description) != (document.title, document.description):
        describe_set(
            question_set=question_set, title=document.title, description=document.description
        )
    topics = _ensure_topics(document)
    latest = question_set.versions.order_by("-number").first()
    known = _questions_by_key(latest)
    imported = []
    draft = latest if latest is not None and not latest.is_published else None
    for incoming in document.questions:
        text = _text_from(incoming, topics)
        existing = known.get(incoming.key)
        change = "unchanged"
        if existing is None or text_of(existing) != text:
            if draft is None:  # only now: an import that changes nothing opens no draft
                draft = open_draft(question_set=question_set)
                known = _questions_by_key(draft)
                existing = known.get(incoming.key)
            change = _bring_in(draft, existing, incoming.key, text)
        imported.append(
            ImportedQuestion(
                key=incoming.key,
                title=incoming.title,
                topics=incoming.topics,
                criteria=len(text.criteria),
                drafted=bool(text.criteria) and not incoming.criteria,
                change=change,
            )
        )
    counts = Counter(question.change for question in imported)
    published = publish_version(version=draft, by=by) if publish and draft else None
    return ImportReport(
        set_slug=question_set.slug,
        topics=len(document.topics),
        unplaced=document.unplaced,
        question_set=question_set,
        published=published,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        questions=imported,
    )


def _bring_in(
    draft: QuestionSetVersion, existing: Question | None, key: str, text: QuestionText
) -> str:
    if existing is None:
        add_question(version=draft, text=text, key=key)
        return "created"
    change_question(question=existing, text=text)
    return "updated"


def _ensure_topics(document: SetDocument) -> dict[str, Topic]:
    Topic.objects.bulk_create(
        [
            Topic(slug=topic.slug, name=topic.name, order=order)
            for order, topic in enumerate(document.topics)
        ],
        ignore_conflicts=True,  # topics are shared; the first set to name one orders it
    )
    return Topic.objects.in_bulk([topic.slug for topic in document.topics], field_name="slug")


def _questions_by_key(version: QuestionSetVersion | None) -> dict[str, Question]:
    if version is None:
        return {}
    rows = version.questions.select_related("rubric", "version").prefetch_related(
        "rubric__criteria", "topics"
    )
    return {question.key: question for question in rows}


def _text_from(incoming: QuestionDraft, topics: dict[str, Topic]) -> QuestionText:
    criteria = tuple(CriterionText(row.kind, row.weight, row.text) for row in incoming.criteria)
    if not criteria:
        criteria = draft_criteria(
            question=incoming.prompt or incoming.title, reference_answer=incoming.reference_answer
        )
    return QuestionText(
        title=incoming.title,
        prompt=incoming.prompt,
        reference_answer=incoming.reference_answer,
        criteria=criteria,
        topics=frozenset(topics[slug] for slug in incoming.topics),
        grader_notes=incoming.grader_notes,
        minutes=incoming.minutes or 4,
    )
