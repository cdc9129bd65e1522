"""Who gets what where: role by endpoint, about one candidate's graded answer in one team."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from interview.api import urls
from interview.models import Answer, Question, QuestionSet, User
from interview.operations.drafts import open_draft
from tests.factories import (
    first_grade,
    make_draft_set,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)
from tests.interview.api.callers import browser

pytestmark = pytest.mark.django_db

RULING = {"marks": {"c1": "met", "c2": "met", "c3": "not_met"}, "reason": "It is all there."}
PEOPLE = ("owner", "candidate", "interviewer", "reviewer", "admin", "outsider", "stranger")

# What each of PEOPLE gets. "owner" is the candidate whose answer it is; "candidate" is another
# candidate of the team; "outsider" is an admin of another team; "stranger" is not signed in.
MATRIX = {
    "topics": (200, 200, 200, 200, 200, 200, 401),
    "question_sets": (200, 200, 200, 200, 200, 200, 401),
    "question_set": (200, 200, 200, 200, 200, 404, 401),
    "version": (200, 200, 200, 200, 200, 404, 401),
    "version draft": (403, 403, 200, 403, 200, 404, 401),
    "question_set unpublished": (404, 404, 200, 404, 200, 404, 401),
    "sessions": (200, 200, 200, 200, 200, 200, 401),
    "sessions POST": (201, 201, 201, 201, 201, 400, 401),
    "session": (200, 404, 404, 404, 404, 404, 401),
    "session_finish POST": (200, 404, 404, 404, 404, 404, 401),
    "answers": (200, 200, 200, 200, 200, 200, 401),
    "answers POST": (201, 201, 201, 201, 201, 400, 401),
    "answer": (200, 403, 200, 200, 200, 404, 401),
    "answer_follow_up": (200, 403, 200, 200, 200, 404, 401),
    "answer_follow_up POST": (201, 403, 403, 403, 403, 404, 401),
    "answer_grade": (200, 403, 200, 200, 200, 404, 401),
    "answer_grades": (200, 403, 200, 200, 200, 404, 401),
    "answer_overrule POST": (403, 403, 403, 201, 201, 404, 401),
    "grade": (200, 403, 200, 200, 200, 404, 401),
    "progress": (200, 200, 200, 200, 200, 200, 401),
    "team_spend": (403, 403, 403, 403, 200, 404, 401),
    "schema": (200, 200, 200, 200, 200, 200, 200),
    "docs": (200, 200, 200, 200, 200, 200, 200),
}


@dataclass(frozen=True, slots=True)
class Matter:
    people: dict[str, User | None]
    answer: Answer
    unpublished: QuestionSet

    @property
    def question(self) -> Question:
        return self.answer.question

    def address(self, row: str) -> str:
        name, _, variant = row.partition(" ")
        question_set = self.question.version.question_set
        kwargs: dict[str, dict[str, object]] = {
            "question_set": {"pk": question_set.pk},
            "version": {"pk": question_set.pk, "number": 2 if variant == "draft" else 1},
            "session": {"session_id": self.answer.session.public_id},
            "session_finish": {"session_id": self.answer.session.public_id},
            "team_spend": {"team": "north"},
            "grade": {"grade_id": first_grade(self.answer).public_id},
        }
        if variant == "unpublished":
            return reverse("api:question_set", kwargs={"pk": self.unpublished.pk})
        about_answer = {"answer_id": self.answer.public_id} if name.startswith("answer_") else {}
        if name == "answer":
            about_answer = {"answer_id": self.answer.public_id}
        return reverse(f"api:{name}", kwargs=kwargs.get(name, about_answer))

    def body(self, row: str) -> dict[str, object]:
        question_set = self.question.version.question_set_id
        return {
            "sessions POST": {"question_set": question_set},
            "answers POST": {
                "question_set": question_set,
                "question": self.question.key,
                "text": "Because of the variance.",
            },
            "answer_overrule POST": RULING,
        }.get(row, {})


@pytest.fixture
def matter() -> Matter:
    people = {name: make_user(name) for name in PEOPLE if name != "stranger"}
    roles = {name: people[name] for name in ("candidate", "interviewer", "reviewer", "admin")}
    team = make_team("north", **roles)
    team.memberships.create(user=people["owner"])
    make_team("south", admin=people["outsider"])
    version = make_published_set(team=team)
    answer = make_half_answer(people["owner"], version=version, team=team)
    open_draft(question_set=version.question_set)
    return Matter({**people, "stranger": None}, answer, make_draft_set(team=team))


@pytest.mark.parametrize("row", MATRIX)
def test_roles_get_what_the_permission_table_grants(matter: Matter, row: str) -> None:
    found = {}
    for name in PEOPLE:
        client = browser(matter.people[name])
        found[name] = (
            client.post(matter.address(row), matter.body(row), format="json")
            if row.endswith("POST")
            else client.get(matter.address(row))
        ).status_code
    assert found == dict(zip(PEOPLE, MATRIX[row], strict=True))


def test_matrix_names_every_address() -> None:
    named = {row.partition(" ")[0] for row in MATRIX}
    assert named == {pattern.name for pattern in urls.urlpatterns} - {"unknown"}
