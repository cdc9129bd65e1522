from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from grading.models import Grade, Submission
from interview.models import Question, QuestionSet, Team, User
from interview.operations.drafts import open_draft
from interview.operations.questions import add_question, text_of
from interview.queries.editor import working_version
from interview.templatetags.viva import face
from interview.web.forms.questions import LONGEST_TEXT
from tests.factories import (
    REFERENCE,
    make_draft_set,
    make_published_set,
    make_team,
    make_topic,
    make_user,
    question_text,
)

pytestmark = pytest.mark.django_db

PAGES = ("question_edit", "question_delete", "question_move")


@pytest.fixture
def team() -> Team:
    return make_team("north", interviewer=make_user("editor"), candidate=make_user("candidate"))


@pytest.fixture
def browser(client: Client, team: Team) -> Client:
    client.force_login(User.objects.get(username="editor"))
    return client


@pytest.fixture
def question_set(team: Team) -> QuestionSet:
    return make_draft_set(team=team, slug="basics", questions=3)


def place(name: str, question: Question) -> str:
    return reverse(name, args=("north", question.version.question_set.slug, question.key))


def nth(question_set: QuestionSet, position: int) -> Question:
    version = working_version(question_set) or question_set.versions.get()
    return version.questions.select_related("rubric").get(position=position)


def filled_in(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Why scale attention?",
        "prompt": "Explain **why**.",
        "minutes": "6",
        "reference_answer": REFERENCE,
        "grader_notes": "",
        "criterion-text": ["Variance grows with the dimension.", "It saves memory.", ""],
        "criterion-kind": ["required", "misconception", "required"],
        "criterion-weight": ["2.5", "1", "1"],
    } | changes


def new_url() -> str:
    return reverse("question_new", args=("north", "basics"))


def test_a_new_question_goes_to_the_end_with_its_criteria_and_topics(
    browser: Client, question_set: QuestionSet
) -> None:
    topic = make_topic("attention")
    known = question_text("Old", topics=frozenset({topic}))
    add_question(version=open_draft(question_set=question_set), text=known)
    posted = filled_in(topics=[topic.pk], new_topic="Scaling laws")
    response = browser.post(new_url(), posted)
    made = nth(question_set, 5)
    assert response.headers["Location"] == place("question_edit", made)
    text = text_of(made)
    assert (text.title, text.prompt, text.minutes) == ("Why scale attention?", posted["prompt"], 6)
    assert [(row.kind, str(row.weight), row.text) for row in text.criteria] == [
        ("required", "2.50", "Variance grows with the dimension."),
        ("misconception", "1.00", "It saves memory."),
    ]
    assert {row.slug for row in text.topics} == {"attention", "scaling-laws"}


def test_other_teams_topics_are_not_offered(browser: Client, question_set: QuestionSet) -> None:
    make_draft_set(team=make_team(), topic=make_topic("their-secret"))
    make_published_set(topic=make_topic("shared-subject"))
    html = browser.get(new_url()).content.decode()
    assert "Shared Subject" in html
    assert "Their Secret" not in html


def test_a_refused_save_keeps_every_typed_word_and_says_where(
    browser: Client, question_set: QuestionSet
) -> None:
    posted = filled_in(title="", minutes="900", **{"criterion-weight": ["-1", "heavy", "1"]})
    response = browser.post(new_url(), posted)
    html = response.content.decode()
    assert response.status_code == 422
    for expected in (
        "Give the question a title",
        "Ensure this value is less than or equal to 240",
        "A weight is above zero.",
        "A weight is a number, such as 1.5.",
        "Variance grows with the dimension.",
        "It saves memory.",
        "Explain **why**.",
        'value="900"',
        'value="heavy"',
    ):
        assert expected in html
    assert nth(question_set, 3).version.questions.count() == 3


@pytest.mark.parametrize("action", ["add", "remove-1", "up-2", "preview", "draft", "nonsense-7"])
def test_buttons_without_script_keep_everything_typed_and_store_nothing(
    browser: Client, question_set: QuestionSet, action: str
) -> None:
    before = Question.objects.count()
    posted = filled_in(do=action, title="", new_topic="Brand new", minutes="many", answer="Mine")
    response = browser.post(new_url(), posted)
    html = response.content.decode()
    assert (response.status_code, Question.objects.count()) == (200, before)
    for kept in ("Explain **why**.", "Brand new", "It saves memory.", 'value="many"', "Mine"):
        assert kept in html
    assert "Give the question a title" not in html


def test_a_row_moves_up_without_script(browser: Client, question_set: QuestionSet) -> None:
    html = browser.post(new_url(), filled_in(do="up-2")).content.decode()
    assert html.index("It saves memory.") < html.index("Variance grows with the dimension.")


def test_drafting_fills_empty_rows_from_the_reference(
    browser: Client, question_set: QuestionSet
) -> None:
    reference = "Two reasons:\n\n- **Variance** grows with the dimension\n- Softmax gradients fade"
    posted = filled_in(do="draft", reference_answer=reference) | {
        "criterion-text": ["", ""],
        "criterion-kind": ["required"] * 2,
        "criterion-weight": ["1"] * 2,
    }
    response = browser.post(new_url(), posted)
    assert "Drafted from the structure of the reference." in response.content.decode()
    rows = response.context["sheet"].rows
    assert "Softmax gradients fade" in [row.typed.text for row in rows]
    assert all(row.typed.text for row in rows)


def test_shares_are_shown_as_parts_of_what_is_required(
    browser: Client, question_set: QuestionSet
) -> None:
    sheet = browser.get(place("question_edit", nth(question_set, 1))).context["sheet"]
    assert [share for _, share in sheet.rows_with_shares] == ["60%", "40%", "\u2212\u200920%"]


def test_an_answer_is_tried_on_unsaved_criteria_and_leaves_nothing(
    browser: Client, question_set: QuestionSet
) -> None:
    posted = filled_in(do="try", answer=REFERENCE) | {
        "criterion-text": ["Without the division the softmax saturates.", "Bananas are blue."],
        "criterion-kind": ["required", "misconception"],
        "criterion-weight": ["1", "1"],
    }
    response = browser.post(place("question_edit", nth(question_set, 1)), posted)
    tried = response.context["tried"]
    assert (tried.problem, [face(row).word for row in tried.rows]) == ("", ["met", "not claimed"])
    assert tried.interval.estimate >= 95
    assert "softmax saturates" in response.content.decode()
    assert (Submission.objects.count(), Grade.objects.count()) == (0, 0)
    assert nth(question_set, 1).title == "Why is attention scaled? (1)"


def test_an_answer_that_cannot_be_tried_gets_no_score(
    browser: Client, question_set: QuestionSet
) -> None:
    for changes, problem in (
        ({"criterion-text": [""]}, "Could not grade."),
        ({"criterion-weight": ["x", "1", "1"]}, "Mend criterion 1 first"),
        ({"answer": "x" * (LONGEST_TEXT + 1)}, "longer than"),
    ):
        posted = filled_in(do="try", answer=REFERENCE) | changes
        tried = browser.post(new_url(), posted).context["tried"]
        assert problem in tried.problem
        assert (tried.interval, tried.rows) == (None, ())


def test_editing_a_published_question_opens_the_next_draft_and_says_so(
    browser: Client, team: Team
) -> None:
    question = make_published_set(team=team, slug="live").questions.get()
    html = browser.get(place("question_edit", question)).content.decode()
    assert "Saving a change opens the draft of version 2." in html
    response = browser.post(place("question_edit", question), filled_in(), follow=True)
    assert "Saved in the draft of version 2." in response.content.decode()
    question.refresh_from_db()
    assert question.title == "Why is attention scaled? (1)"


def test_saving_unchanged_says_so_and_opens_no_draft(browser: Client, team: Team) -> None:
    version = make_published_set(team=team, slug="live")
    edit = place("question_edit", version.questions.get())
    sheet = browser.get(edit).context["sheet"]
    posted = {name: sheet.form[name].value() for name in sheet.form.fields}
    posted = {name: value for name, value in posted.items() if value} | {
        f"criterion-{name}": [row[name].value() for row in sheet.rows]
        for name in ("text", "kind", "weight")
    }
    response = browser.post(edit, posted, follow=True)
    assert "Nothing to save" in response.content.decode()
    assert version.question_set.versions.count() == 1


def test_a_colleagues_change_is_shown_before_it_is_replaced(
    browser: Client, question_set: QuestionSet
) -> None:
    edit = place("question_edit", nth(question_set, 1))
    seen = browser.get(edit).context["form"]["seen"].value()
    browser.post(edit, filled_in(title="Theirs", seen=seen))
    response = browser.post(edit, filled_in(title="Mine", seen=seen))
    assert response.status_code == 409
    assert "A colleague changed this question" in response.content.decode()
    assert 'value="Mine"' in response.content.decode()
    assert nth(question_set, 1).title == "Theirs"
    again = response.context["form"]["seen"].value()
    browser.post(edit, filled_in(title="Mine", seen=again))
    assert nth(question_set, 1).title == "Mine"


def test_moving_and_deleting(browser: Client, question_set: QuestionSet) -> None:
    first, second = nth(question_set, 1), nth(question_set, 2)
    response = browser.post(place("question_move", first), {"to": "down"})
    assert response.headers["Location"].endswith(f"/sets/basics/#q-{first.key}")
    assert [nth(question_set, 1), nth(question_set, 2)] == [second, first]
    browser.post(place("question_move", first), {"to": "sideways"})
    asked = browser.get(place("question_delete", first)).content.decode()
    assert "It has never been published" in asked
    assert question_set.versions.get().questions.count() == 3
    browser.post(place("question_delete", first))
    assert [row.title[-2] for row in question_set.versions.get().questions.all()] == ["2", "3"]


def test_deleting_a_published_question_says_which_version_keeps_it(
    browser: Client, team: Team
) -> None:
    version = make_published_set(team=team, slug="live", questions=2)
    question = version.questions.get(position=1)
    asked = browser.get(place("question_delete", question)).content.decode()
    assert "Version 1 keeps it" in asked
    browser.post(place("question_delete", question))
    assert [row.questions.count() for row in version.question_set.versions.all()] == [1, 2]


@pytest.mark.parametrize("name", PAGES)
def test_questions_are_for_their_teams_editors_alone(
    client: Client, question_set: QuestionSet, name: str
) -> None:
    question = nth(question_set, 1)
    client.force_login(User.objects.get(username="candidate"))
    assert client.post(place(name, question)).status_code == 403
    stranger = make_user()
    make_team("south", interviewer=stranger)
    make_draft_set(team=Team.objects.get(slug="south"), slug="basics", questions=0)
    client.force_login(stranger)
    assert client.post(place(name, question)).status_code == 404
    theirs = reverse(name, args=("south", "basics", question.key))
    assert client.post(theirs).status_code == 404
    assert question_set.versions.get().questions.count() == 3


@pytest.mark.parametrize("count", [1, 20])
def test_a_question_takes_the_same_queries_in_a_set_of_any_size(
    browser: Client, team: Team, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    question_set = make_draft_set(team=team, slug="sized", questions=count, topic=make_topic("one"))
    edit = place("question_edit", nth(question_set, 1))
    with django_assert_num_queries(13):
        browser.get(edit)


def test_the_preview_is_sanitised_and_limited(browser: Client) -> None:
    url = reverse("markdown_preview")
    html = browser.post(url, {"text": "**b** <img src=x onerror=alert(1)>"}).content.decode()
    assert html == "<p><strong>b</strong> &lt;img src=x onerror=alert(1)&gt;</p>\n"
    link = browser.post(f"{url}?field=prompt", {"prompt": "[x](javascript:alert(1))"})
    assert "href" not in link.content.decode()
    assert browser.post(url, {"text": "x" * (LONGEST_TEXT + 1)}).status_code == 413
    assert browser.get(url).status_code == 405


def test_the_preview_is_for_people_who_are_signed_in(client: Client) -> None:
    response = client.post(reverse("markdown_preview"), {"text": "x"})
    assert response.status_code == 302
    assert reverse("account_login") in response.headers["Location"]
