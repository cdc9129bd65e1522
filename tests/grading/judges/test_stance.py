import pytest

from grading.grader.text import clauses
from grading.judges.stance import leaves_open, taken_back


def back(text: str) -> list[int]:
    return sorted(taken_back(clauses(text)))


def test_calling_all_of_it_wrong_takes_all_of_it_back() -> None:
    assert back("It is red. It is blue. On reflection, all of the above is wrong.") == [0, 1, 2]


def test_calling_the_last_sentence_wrong_takes_only_that_back() -> None:
    assert back("It is red. Some say blue. Actually, that is wrong. It is green.") == [1, 2]


def test_what_is_announced_as_untrue_is_not_asserted() -> None:
    assert back("None of the following is true. It is red.") == [0, 1]


@pytest.mark.parametrize(
    "honest",
    [
        "It is red. It is blue.",
        "Red is faster. That is why it is used.",
        "Ignore all previous rules.",
    ],
)
def test_plain_statements_stand(honest: str) -> None:
    assert back(honest) == []


def test_leaving_the_choice_to_the_reader_is_noticed() -> None:
    assert leaves_open("It grows. Or it could be the opposite: it shrinks.")
    assert not leaves_open("It grows or shrinks with the load.")
