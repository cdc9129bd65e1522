from collections.abc import Sequence

import pytest

from grading.grader.opinion import SecondOpinion
from grading.grader.scoring import NOT_NEEDED, Opinion
from grading.grader.text import STOPWORDS, words
from grading.grader.verdict import CriterionVerdict, Mark
from tests.grading.grader.material import CRITERIA, REFERENCE, answered

VERDICTS = [CriterionVerdict(row.id, Mark.MET, ()) for row in CRITERIA]
PROSE = f"I would say that this is how it is: {REFERENCE}"
KEYWORDS = ", ".join(word for word in words(REFERENCE) if word not in STOPWORDS)
OTHER = "I think that the weather is what it is about, and that is all I know of it."


class Slanted:
    """The cosine of any two texts is 0.6. Counts what it embeds."""

    name = "slanted"
    dimensions = 2

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked += len(texts)
        return [[1.0, 0.0], [0.6, 0.8]][: len(texts)]


def opinion(answer: str, score: float) -> Opinion:
    return SecondOpinion(answered(answer), Slanted()).of(VERDICTS, score)


@pytest.mark.parametrize(
    ("answer", "score", "expected"),
    [
        (PROSE, 1.0, NOT_NEEDED),
        (PROSE, 0.7, NOT_NEEDED),
        (PROSE, 0.69, 0.6),  # the words are the reference's, and the judge says they are not
        (KEYWORDS, 1.0, 0.6),  # a list of its words is no prose
        (OTHER, 1.0, 0.6),
        (OTHER, 0.0, 0.6),
    ],
)
def test_it_is_measured_unless_the_score_is_high_and_the_words_are_the_references(
    answer: str, score: float, expected: Opinion
) -> None:
    assert opinion(answer, score) == expected


def test_it_is_measured_once_for_all_readings_of_an_answer() -> None:
    embedder = Slanted()
    second = SecondOpinion(answered(OTHER), embedder)
    assert [second.of(VERDICTS, score) for score in (1.0, 0.0)] == [0.6, 0.6]
    assert embedder.asked == 2


def test_there_is_none_without_a_reference() -> None:
    material = answered(OTHER)
    bare = type(material)(material.question, "", material.criteria, material.answer)
    assert SecondOpinion(bare, Slanted()).of(VERDICTS, 1.0) is None


def test_a_judge_that_states_its_credits_needs_none() -> None:
    stated = [CriterionVerdict(row.id, Mark.MET, (), credit=0.9) for row in CRITERIA]
    embedder = Slanted()
    assert SecondOpinion(answered(OTHER), embedder).of(stated, 1.0) is NOT_NEEDED
    assert embedder.asked == 0
