from base64 import b64encode
from urllib.parse import urlencode

import pytest

from tests.factories import make_answer, make_published_set, make_session, make_topic, make_user
from tests.interview.api.callers import API, browser, get

pytestmark = pytest.mark.django_db


def test_pages_lead_through_every_row_once_while_new_ones_arrive() -> None:
    user = make_user()
    version = make_published_set()
    made = [make_answer(user, version=version) for _ in range(5)]
    page = get(user, "/answers/", page_size=2)
    seen = [row["id"] for row in page["results"]]
    make_answer(user, version=version)
    while page["next"]:
        page = browser(user).get(page["next"]).json()
        seen += [row["id"] for row in page["results"]]
    assert seen == [str(answer.public_id) for answer in reversed(made)]


def test_page_size_has_an_upper_end() -> None:
    user = make_user()
    version = make_published_set()
    for _ in range(2):
        make_session(user, version=version)
    assert len(get(user, "/sessions/", page_size=10_000)["results"]) == 2


@pytest.mark.parametrize("path", ["answers", "sessions", "topics", "question-sets"])
@pytest.mark.parametrize("position", ["x", "9" * 60, "a\0b", "2026-99-99 00:00", "1e400"])
def test_forged_cursor_never_breaks_a_list(path: str, position: str) -> None:
    cursor = b64encode(urlencode({"p": position}).encode()).decode()
    response = browser(make_user()).get(f"{API}/{path}/", {"cursor": cursor})
    assert response.status_code in {200, 404}


def test_topics_stand_in_their_order_across_pages() -> None:
    topics = [make_topic(f"topic-{letter}") for letter in "abcde"]
    for topic in topics:
        make_published_set(topic=topic)
    user = make_user()
    page = get(user, "/topics/", page_size=2)
    seen = [row["slug"] for row in page["results"]]
    while page["next"]:
        page = browser(user).get(page["next"]).json()
        seen += [row["slug"] for row in page["results"]]
    assert seen == [topic.slug for topic in topics]
