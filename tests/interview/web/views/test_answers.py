from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from grading.models import CriterionVerdict, Grade
from grading.operations.reviews import overrule
from grading.operations.rubrics import ensure_rubric
from interview.models import Answer, InterviewSession, Membership
from interview.operations.answers import save_draft, submit_answer
from tests.factories import (
    REFERENCE,
    first_grade,
    make_answer,
    make_graded_answer,
    make_published_set,
    make_session,
    make_team,
    make_user,
    question_text,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "I don't know."
NOTES = "Be strict about the variance"


def url_of(answer: Answer, name: str = "verdict") -> str:
    return reverse(name, args=[answer.public_id])


def page_of(client: Client, answer: Answer, name: str = "verdict") -> str:
    client.force_login(answer.session.candidate)
    return client.get(url_of(answer, name)).content.decode()


def grade_by_hand(answer: Answer, *marks: str, spans: list[list[int]], text: str = "") -> Grade:
    """A grade with known marks, where what a judge would say is not under test."""
    grade = first_grade(answer)
    grade.state, grade.judge, grade.model = Grade.State.GRADED, "local", "minilm"
    grade.score, grade.confidence, grade.feedback = 0.6, 0.8, text
    grade.finished_at = timezone.now()
    grade.save()
    for criterion, mark in zip(grade.submission.rubric.criteria.all(), marks, strict=True):
        evidence = spans if mark != "not_met" else []
        CriterionVerdict.objects.create(
            grade=grade, criterion=criterion, mark=mark, evidence=evidence
        )
    return grade


def test_verdict_of_another_candidate_is_not_there_even_for_a_reviewer(client: Client) -> None:
    candidate, reviewer = make_user(), make_user()
    team = make_team(candidate=candidate, reviewer=reviewer)
    answer = make_answer(candidate, team=team)
    for stranger in (make_user(), reviewer):
        client.force_login(stranger)
        assert client.get(url_of(answer)).status_code == 404
        assert client.get(url_of(answer, "verdict_state")).status_code == 404
        assert client.post(url_of(answer, "answer_retry")).status_code == 404
    assert InterviewSession.objects.count() == 1


def test_verdict_of_a_draft_leads_back_to_the_room(client: Client) -> None:
    session = make_session(make_user())
    answer = session.answers.get()
    save_draft(answer=answer, text="So far")
    client.force_login(session.candidate)
    response = client.get(url_of(answer))
    assert response.headers["Location"] == reverse("room", args=[session.public_id, 1])
    assert client.get(url_of(answer, "verdict_state")).status_code == 404
    assert client.post(url_of(answer, "answer_retry")).status_code == 302
    assert InterviewSession.objects.count() == 1


def test_waiting_page_polls_and_refreshes_without_script(client: Client) -> None:
    page = page_of(client, make_answer(make_user(), text="<i>My</i> words"))
    assert "/state/?seen=pending" in page
    assert 'hx-trigger="every 700ms"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "&lt;i&gt;My&lt;/i&gt; words" in page
    assert "Model answer" not in page
    assert "softmax" not in page


def test_waiting_page_lets_the_candidate_go_on(client: Client) -> None:
    session = make_session(make_user(), version=make_published_set(questions=2))
    answer = submit_answer(answer=session.answers.get(position=1), text=REFERENCE)
    page = page_of(client, answer)
    room = reverse("room", args=[session.public_id, 2])
    assert f'<a class="btn primary" href="{room}">Go on to question 2</a>' in page


def test_state_is_nothing_new_until_it_changes(client: Client) -> None:
    answer = make_answer(make_user())
    client.force_login(answer.session.candidate)
    url = url_of(answer, "verdict_state")
    assert client.get(url, {"seen": "pending"}).status_code == 204
    Grade.objects.update(state=Grade.State.RUNNING)
    changed = client.get(url, {"seen": "pending"})
    assert changed.status_code == 200
    assert "/state/?seen=running" in changed.content.decode()


def test_long_wait_is_told_calmly_and_asked_about_less_often(client: Client) -> None:
    answer = make_answer(make_user())
    Grade.objects.update(created_at=timezone.now() - timedelta(seconds=30))
    page = page_of(client, answer, "verdict_state")
    assert "The grader is busy or away. Your answer is safe;" in page
    assert 'hx-trigger="every 2s"' in page


def test_state_of_a_finished_grade_is_the_verdict_and_polls_no_more(client: Client) -> None:
    answer = make_graded_answer(make_user(), text=UNKNOWN)
    client.force_login(answer.session.candidate)
    page = client.get(
        url_of(answer, "verdict_state"), {"seen": "running"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Point by point" in page
    assert 'hx-swap-oob="innerHTML">Graded: 0 of 100' in page
    assert "hx-trigger" not in page
    assert "<html" not in page


def test_verdict_ties_each_point_to_the_words_that_earned_it(client: Client) -> None:
    answer = make_answer(make_user(), text="Large variance, <so> we divide.")
    grade_by_hand(answer, "met", "not_met", "not_met", spans=[[0, 14]])
    page = page_of(client, answer)
    assert (
        '<mark id="e1" data-c="1" data-v="met">Large variance'
        '<a class="ref" href="#c1" aria-label="Point 1, met">1</a></mark>, &lt;so&gt; we divide.'
    ) in page
    assert '<a href="#e1">“Large variance”</a>' in page
    assert "3 of 3" in page
    assert "3 of 5" in page


def test_verdict_says_the_score_its_doubt_and_who_judged(client: Client) -> None:
    answer = make_answer(make_user())
    grade_by_hand(answer, "met", "not_met", "not_met", spans=[[0, 9]], text="Say why it matters.")
    page = page_of(client, answer)
    assert 'aria-label="Score 60 of 100, likely between 28 and 92"' in page
    assert "Fairly sure (0.80)" in page
    assert "<strong>the local judge (minilm)</strong>" in page
    assert "Say why it matters." in page


def test_what_was_missing_comes_in_order_of_what_it_would_add(client: Client) -> None:
    answer = make_answer(make_user())
    grade_by_hand(answer, "partial", "not_met", "contradicted", spans=[[0, 9]])
    client.force_login(answer.session.candidate)
    missing = client.get(url_of(answer)).context["reading"].missing
    assert [(point.number, point.gain) for point in missing] == [(2, 40), (1, 30), (3, 20)]


def test_model_answer_is_rendered_and_grader_notes_are_not_shown(client: Client) -> None:
    version = make_published_set()
    question = version.questions.get()
    text = question_text(reference_answer="It is **scaled**.", grader_notes=NOTES)
    question.rubric = ensure_rubric(
        question=text.prompt,
        reference_answer=text.reference_answer,
        grader_notes=text.grader_notes,
        criteria=text.criteria,
    )
    question.save()
    page = page_of(client, make_graded_answer(make_user(), version=version, text=UNKNOWN))
    assert "<p>It is <strong>scaled</strong>.</p>" in page
    assert NOTES not in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no text to grade"),
        (UNKNOWN, "Saying so is honest"),
        ("Explain the scaling factor in attention.", "repeats the question"),
        ("asdkj qwlekj zxcmn qwpoei alskdj mznxb", "No statement could be found"),
    ],
)
def test_gate_results_are_honest_and_kind_without_praise(
    client: Client, text: str, words: str
) -> None:
    page = page_of(client, make_graded_answer(make_user(), text=text))
    assert words in page
    assert "a fixed rule decided" in page
    assert "local judge" not in page
    assert not any(praise in page for praise in ("Well done", "Great", "Good job"))


def test_ungraded_is_a_state_with_its_reason_and_never_a_number(client: Client) -> None:
    answer = make_answer(make_user())
    Grade.objects.update(
        state=Grade.State.UNGRADED, reason="worker_lost", finished_at=timezone.now()
    )
    page = page_of(client, answer)
    assert "This answer could not be graded." in page
    assert "The grader stopped several times while it worked on this answer." in page
    assert "You can try again." in page
    assert "of 100" not in page
    assert "reviewers" not in page


def test_ungraded_in_a_team_says_that_its_reviewers_can_rule(client: Client) -> None:
    candidate = make_user()
    answer = make_answer(candidate, team=make_team("north", candidate=candidate))
    Grade.objects.update(
        state=Grade.State.UNGRADED, reason="no_criteria", finished_at=timezone.now()
    )
    page = page_of(client, answer)
    assert "The reviewers of North can see it and rule on it." in page
    assert "Try again" not in page


def test_ruling_shows_reviewer_and_reason_above_the_verdict_it_supersedes(client: Client) -> None:
    candidate, reviewer = make_user(), make_user(first_name="Rhea", last_name="Viewer")
    team = make_team(candidate=candidate, reviewer=reviewer)
    answer = make_answer(candidate, team=team)
    old = grade_by_hand(answer, "not_met", "not_met", "not_met", spans=[], text="Nothing found.")
    overrule(
        grade=old,
        marks={"c1": "met", "c2": "met", "c3": "not_met"},
        reason="Said in other words.",
        reviewer=reviewer,
    )
    page = page_of(client, answer)
    assert "Ruled by <strong>Rhea Viewer</strong>" in page
    assert "Said in other words." in page
    below = page[page.index("Earlier verdicts") :]
    assert "Nothing found." in below
    assert "the local judge (minilm)" in below


def test_attempts_at_a_question_stand_together(client: Client) -> None:
    user, version = make_user(), make_published_set()
    first = make_graded_answer(user, version=version, text=UNKNOWN)
    second = make_graded_answer(user, version=version, text="")
    client.force_login(user)
    response = client.get(url_of(second))
    assert [row.answer for row in response.context["attempts"]] == [second, first]
    assert url_of(first) in response.content.decode()


def test_trying_again_opens_the_question_in_a_sitting_of_its_own(client: Client) -> None:
    answer = make_answer(make_user())
    client.force_login(answer.session.candidate)
    response = client.post(url_of(answer, "answer_retry"))
    again = InterviewSession.objects.exclude(pk=answer.session_id).get()
    assert response.headers["Location"] == reverse("room", args=[again.public_id, 1])
    assert again.answers.get().attempt == 2


def test_who_left_the_team_cannot_try_its_questions_again(client: Client) -> None:
    candidate = make_user()
    team = make_team(candidate=candidate)
    answer = make_answer(candidate, version=make_published_set(team=team), team=team)
    Membership.objects.all().delete()
    client.force_login(candidate)
    response = client.post(url_of(answer, "answer_retry"), follow=True)
    assert "no longer open to you" in response.content.decode()
    assert InterviewSession.objects.count() == 1


def test_trying_again_by_get_changes_nothing(client: Client) -> None:
    answer = make_answer(make_user())
    client.force_login(answer.session.candidate)
    response = client.get(url_of(answer, "answer_retry"))
    assert response.headers["Location"] == url_of(answer)
    assert InterviewSession.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 20])
def test_verdict_asks_the_database_as_often_after_one_attempt_as_after_twenty(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user, version = make_user(), make_published_set()
    for _ in range(rows):
        answer = make_graded_answer(user, version=version, text=UNKNOWN)
    client.force_login(user)
    with django_assert_num_queries(12):
        client.get(url_of(answer))
