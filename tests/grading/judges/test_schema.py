import json
from typing import Any

import pytest

from grading.grader.material import Criterion, Kind
from grading.grader.verdict import Mark, Span
from grading.judges.parsing import InvalidReply
from grading.judges.schema import SCHEMA, read_reply
from tests.grading.grader.material import answered

ANSWER = "Longer vectors have dot products of larger variance. That saturates the softmax."
MATERIAL = answered(ANSWER)
QUOTE = "dot products of larger variance"


def row(key: str, verdict: str = "not_met", *evidence: str) -> dict[str, Any]:
    return {"id": key, "evidence": list(evidence), "justification": "So.", "verdict": verdict}


def reply(*rows: dict[str, Any], **changes: Any) -> str:
    given = {criterion["id"]: criterion for criterion in rows}
    every = [given.get(key, row(key)) for key in ("c1", "c2", "c3", "c4")]
    whole = {"criteria": every, "feedback": "Say more.", "injection_suspected": False}
    return json.dumps(whole | changes)


def test_quotes_become_spans_of_the_answer() -> None:
    judgement = read_reply(reply(row("c1", "met", QUOTE, "saturates the softmax")), MATERIAL)
    first = judgement.verdicts[0]
    quoted = [ANSWER[span.start : span.end] for span in first.evidence]
    assert (first.mark, quoted) == (Mark.MET, [QUOTE, "saturates the softmax"])
    assert (judgement.feedback, judgement.injection_suspected) == ("Say more.", False)


def test_verdicts_come_in_the_order_of_the_rubric_whatever_the_replys() -> None:
    rows = [row("c3"), row("c1"), row("c4"), row("c2")]
    judgement = read_reply(reply(criteria=rows), MATERIAL)
    assert [verdict.criterion_id for verdict in judgement.verdicts] == ["c1", "c2", "c3", "c4"]


@pytest.mark.parametrize("written", ["met", "MET", " Met ", "met\n"])
def test_the_casing_of_a_verdict_does_not_matter(written: str) -> None:
    assert read_reply(reply(row("c1", written, QUOTE)), MATERIAL).verdicts[0].mark is Mark.MET


@pytest.mark.parametrize("written", ["not met", "Not-Met", "NOT_MET"])
def test_nor_does_the_shape_of_its_blank(written: str) -> None:
    assert read_reply(reply(row("c1", written)), MATERIAL).verdicts[0].mark is Mark.NOT_MET


def test_a_lost_quote_lowers_the_confidence_and_all_of_them_more() -> None:
    judgement = read_reply(
        reply(
            row("c1", "met", QUOTE),
            row("c2", "met", QUOTE, "words nobody said"),
            row("c3", "met", "words nobody said"),
        ),
        MATERIAL,
    )
    sure, some, none = (verdict.confidence for verdict in judgement.verdicts[:3])
    assert sure > some > none
    assert judgement.verdicts[1].evidence == (Span(20, 51),)
    assert judgement.verdicts[2].evidence == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not JSON"),
        ('{"criteria": [', "not JSON"),
        ('{"criteria": ' + 900 * "[" + 900 * "]" + "}", "not JSON"),
        ("[]", "not a JSON object"),
        ("null", "not a JSON object"),
        (reply(criteria=[]), "does not judge c1, c2, c3, c4"),
        (reply(criteria=[row("c1"), row("c2"), row("c3")]), "does not judge c4"),
        (reply(criteria=[row(key) for key in ("c1", "c2", "c3", "c4", "c5")]), "not in the rubric"),
        (reply(criteria=[row(key) for key in ("c1", "c2", "c3", "c4", "c4")]), "twice"),
        (reply(criteria=[row(key) for key in ("C1", "c2", "c3", "c4")]), "not in the rubric"),
        (reply(criteria=["c1"]), "no list of criteria"),
        (reply(criteria={"c1": "met"}), "no list of criteria"),
        (reply(row("c1", "excellent", QUOTE)), "verdict on c1 is none of ours"),
        (reply({**row("c1"), "verdict": None}), "verdict on c1 is none of ours"),
        (reply({**row("c1"), "evidence": "words"}), "verdict on c1 is incomplete"),
        (reply({**row("c1"), "evidence": [1]}), "evidence for c1 is not text"),
        (reply(row("c4", "met", QUOTE)), "credits the misconception c4"),
        (reply(row("c4", "partial", QUOTE)), "credits the misconception c4"),
        (reply(feedback=None), "feedback or its flag"),
        (reply(injection_suspected="no"), "feedback or its flag"),
    ],
)
def test_a_reply_that_does_not_fit_is_no_judgement(text: str, fault: str) -> None:
    with pytest.raises(InvalidReply, match=fault):
        read_reply(text, MATERIAL)


def test_a_fenced_reply_is_read() -> None:
    assert read_reply(f"```json\n{reply()}\n```", MATERIAL).feedback == "Say more."


def test_what_no_database_takes_is_left_out_of_words() -> None:
    hostile = "Say\0 more\ud83d, \U0001f600."
    judgement = read_reply(
        reply({**row("c1"), "justification": hostile}, feedback=hostile), MATERIAL
    )
    assert judgement.feedback == "Say more, \U0001f600."
    assert judgement.verdicts[0].justification == judgement.feedback


def test_the_schema_is_the_same_for_every_question_and_names_no_criterion() -> None:
    assert "c1" not in json.dumps(SCHEMA)
    one = answered(ANSWER, criteria=(Criterion("c9", "Anything.", Kind.REQUIRED, 1),))  # type: ignore[arg-type]  # any number will do
    assert read_reply(reply(criteria=[row("c9")]), one).verdicts[0].criterion_id == "c9"


def test_every_object_of_the_schema_is_closed_and_all_of_it_is_required() -> None:
    def objects(part: Any) -> list[dict[str, Any]]:
        if not isinstance(part, dict):
            return []
        inner = [found for value in part.values() for found in objects(value)]
        return [part, *inner] if part.get("type") == "object" else inner

    found = objects(SCHEMA)
    assert len(found) == 2
    for part in found:
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])


def test_the_verdict_is_written_after_its_evidence() -> None:
    fields = list(SCHEMA["properties"]["criteria"]["items"]["properties"])
    assert fields == ["id", "evidence", "justification", "verdict"]
