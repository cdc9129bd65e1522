import json
from dataclasses import replace

import pytest

from grading.judges.writing import FieldReader, Writing
from tests.grading.grader.material import answered

MATERIAL = answered("Scores grow with the length.")
TEXT = 'You said "root", \\ and é 😀.\nNow say why. Then go on'
REPLY = json.dumps(
    {
        "criteria": [{"id": "c1", "justification": 'Says "feedback": "no". {', "feedback": "no"}],
        "feedback": TEXT,
        "injection_suspected": False,
    }
)
ESCAPED = json.dumps(json.loads(REPLY), ensure_ascii=True)


def published(*replies: str, size: int = 7, secret: str = "") -> list[str]:
    told: list[str] = []
    writing = Writing(replace(MATERIAL, grader_notes=secret), told.append)
    for reply in replies:
        writing.begin()
        for at in range(0, len(reply), size):
            writing.add(reply[at : at + size])
    return told


@pytest.mark.parametrize("reply", [REPLY, ESCAPED, f"```json\n{REPLY}\n```"])
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_the_field_is_read_however_the_reply_is_cut(reply: str, size: int) -> None:
    reader = FieldReader("feedback")
    for at in range(0, len(reply), size):
        reader.feed(reply[at : at + size])
        assert TEXT.startswith(reader.text)
    assert (reader.text, reader.is_done) == (TEXT, True)


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_thoughts_before_a_reply_are_not_told(size: int) -> None:
    thoughts = '\n<think>Perhaps {"feedback": "You know nothing. Go."} or < so >?</think>\n'
    told = published(thoughts + REPLY, size=size)
    assert (told[-1], [text for text in told if "nothing" in text]) == (TEXT, [])
    assert published(thoughts[:-9], size=size) == []


def test_whole_sentences_are_told_as_they_are_finished() -> None:
    first = 'You said "root", \\ and é 😀.'
    assert published(REPLY, size=1) == [first, f"{first}\nNow say why.", TEXT]


def test_nothing_is_told_of_a_reply_before_its_feedback() -> None:
    assert published(REPLY[: REPLY.index('"feedback": "You')]) == []


def test_a_reply_that_begins_anew_takes_back_what_was_told() -> None:
    again = REPLY.replace("Now say why.", "Now say how.")
    told = published(REPLY[: REPLY.index("Then go")], again)
    assert "" in told
    assert told[-1] == TEXT.replace("why", "how")


def test_a_first_reply_takes_nothing_back() -> None:
    assert "" not in published(REPLY)


def test_a_leak_is_held_back_with_all_that_follows() -> None:
    secret = (
        "The candidate must mention that variance grows with the dimension of keys and queries."
    )
    reply = json.dumps({"criteria": [], "feedback": f"Good. {secret} Read on. And on."})
    assert published(reply, size=3, secret=secret) == ["Good."]


def test_a_leak_over_two_sentences_is_one() -> None:
    secret = "Ask for the variance of long products. Then ask for the root of the key dimension."
    reply = json.dumps({"criteria": [], "feedback": f"{secret} Read on."})
    assert published(reply, size=3, secret=secret) == ["Ask for the variance of long products."]


def test_a_reply_without_the_field_tells_nothing() -> None:
    assert published("I would rather not.", '{"criteria": [], "feedback": null}') == []
