"""Edits to a set's questions, by key and always in its draft: the next one opens when needed."""

import hashlib
import json
from dataclasses import replace

from django.db import transaction

from grading.operations.rubrics import hash_content
from interview.models import Question, QuestionSet
from interview.operations.drafts import open_draft
from interview.operations.questions import (
    QuestionError,
    QuestionText,
    add_question,
    change_question,
    move_question,
    remove_question,
    text_of,
)
from interview.operations.topics import ensure_topic


class StaleQuestion(QuestionError):  # noqa: N818 - it says what the question is
    """Somebody else changed the question after it was read."""


def save_question(
    *,
    question_set: QuestionSet,
    text: QuestionText,
    key: str = "",
    new_topic: str = "",
    seen: str = "",
) -> Question:
    """Write a new question, or the one of ``key``, which stays where it is when nothing differs.

    ``seen`` is the fingerprint of what the writer started from: StaleQuestion when the question
    says something else by now. Raises Question.DoesNotExist for an unknown key.
    """
    with transaction.atomic():
        if new_topic:
            text = replace(text, topics=text.topics | {ensure_topic(name=new_topic)})
        latest = question_set.versions.order_by("-number").first()
        if key and latest is not None:
            current = latest.questions.select_related("rubric").get(key=key)
            if text_of(current) == text:
                return current
            if seen and seen != fingerprint(text_of(current)):
                raise StaleQuestion("A colleague changed this question while you were writing.")
        draft = open_draft(question_set=question_set)
        if not key:
            return add_question(version=draft, text=text)
        question = draft.questions.select_related("rubric", "version").get(key=key)
        change_question(question=question, text=text)
    return question


def drop_question(*, question_set: QuestionSet, key: str) -> None:
    """Take a question out of the draft; published versions keep it."""
    with transaction.atomic():
        draft = open_draft(question_set=question_set)
        remove_question(question=draft.questions.select_related("version").get(key=key))


def shift_question(*, question_set: QuestionSet, key: str, by: int) -> None:
    """Move a question one place up (-1) or down (1); at the ends nothing happens."""
    with transaction.atomic():
        latest = question_set.versions.order_by("-number")[:1].get()
        question = latest.questions.get(key=key)
        if not latest.questions.filter(position=question.position + by).exists():
            return  # no draft for a move that is none
        draft = open_draft(question_set=question_set)
        move_question(question=draft.questions.select_related("version").get(key=key), by=by)


def fingerprint(text: QuestionText) -> str:
    """The same for the same words, so that a writer's starting point can be told."""
    rubric = hash_content(text.prompt, text.reference_answer, text.grader_notes, text.criteria)
    topics = sorted(topic.pk for topic in text.topics)
    content = json.dumps([text.title, text.minutes, topics, rubric])
    return hashlib.sha256(content.encode()).hexdigest()
