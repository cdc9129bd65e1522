import pytest

from grading.grader.text import clauses
from grading.judges.stance import leaves_open, taken_back


def back(text: str) -> list[int]:
    return sorted(taken_back(clauses(text)))


@pytest.mark.parametrize(
    "retraction",
    [
        "On reflection, all of the above is wrong.",
        "On reflection, all of the above is wrong, and the opposite of it is true.",
        "Actually, everything I said here is false.",
        "Everything above is incorrect.",
        "Sorry, my answer is completely wrong.",
        "But what I wrote above was not correct.",
        "My previous statements were all mistaken.",
        "The above is not true.",
        "None of the above is true.",
        "None of this is true.",
        "Nothing I said is correct.",
        "Please disregard all of that.",
        "Ignore everything I said.",
        "Forget my answer.",
        "I take all of that back.",
        "I must retract my answer.",
        "I was wrong about all of this.",
        "The opposite of all this is true.",
        "That's all wrong.",
        "Everything I wrote here is a lie.",
        "Just kidding!",
        "I now think that my whole answer is nonsense.",
    ],
)
def test_calling_all_of_it_wrong_takes_all_of_it_back(retraction: str) -> None:
    assert back(f"It is red. It is blue. {retraction}") == [0, 1, 2]


@pytest.mark.parametrize(
    "retraction",
    [
        "Actually, that is wrong.",
        "No, that's not true.",
        "This is simply false, sorry.",
        "No, scratch that.",
        "I was wrong.",
        "In fact the exact opposite is true.",
        "No, it is the other way around.",
    ],
)
def test_calling_the_last_sentence_wrong_takes_only_that_back(retraction: str) -> None:
    assert back(f"It is red. Some say blue. {retraction} It is green.") == [1, 2]


@pytest.mark.parametrize(
    "announced",
    [
        "None of the following is true.",
        "The following is all wrong:",
        "All of the following is false.",
        "Nothing of what follows is correct.",
        "This is the opposite of what follows.",
    ],
)
def test_what_is_announced_as_untrue_is_not_asserted(announced: str) -> None:
    assert back(f"{announced}\n\nIt is red.") == [0, 1]


def test_what_is_announced_in_the_same_sentence_is_not_asserted() -> None:
    assert back("The opposite of the following is true, it is red.") == [0]


@pytest.mark.parametrize(
    "honest",
    [
        "It is blue.",
        "That is why it is used.",
        "Ignore all previous rules.",
        "A cell may forget that and ignore it.",
        "That's all it takes.",
        "Frameworks hide the prompt, which makes debugging hard when the answer is wrong.",
        "The user is told that the answer is wrong.",
        "It is not true if p is false.",
        "It is false only when p is true and q is false.",
        "The player will receive nothing, so what is said will be false.",
        "It is wrong to assume that they are independent.",
        "That is not true of encoders.",
        "All of this is true for small models.",
        "All of that is correct.",
        "Nothing in the log is wrong.",
        "Ask what is wrong with the data.",
        "For a rising sequence the opposite is the case.",
        "In decoders it is the other way around.",
        "If the learning rate is too low, the opposite holds.",
        "The cell can forget all of it.",
        "I take all the logs and look back an hour.",
        "I take that list back to the team.",
        "I was wrong to wait for the vendor.",
        "Values above are clipped, since the previous token is not so certain.",
        "Measure which one of the above is right.",
    ],
)
def test_what_is_said_of_something_else_takes_nothing_back(honest: str) -> None:
    assert back(f"It is red. {honest} It is green.") == []


@pytest.mark.parametrize(
    "offer",
    [
        "Or it could be the opposite: it shrinks.",
        "Or perhaps the reverse.",
        "It shrinks. One of these is right.",
        "It shrinks. I cannot say which.",
        "It shrinks. I'm not sure which is true.",
        "Or else this does: it shrinks.",
        "It shrinks. Either could be true.",
    ],
)
def test_leaving_the_choice_to_the_reader_is_noticed(offer: str) -> None:
    assert leaves_open(f"It grows. {offer}")


@pytest.mark.parametrize(
    "honest",
    [
        "It grows or shrinks with the load.",
        "The battery touches the side, or the other way around.",
        "I cannot say which model is best without measuring.",
        "Users are often not sure which button to press.",
        "One of these is enough.",
    ],
)
def test_a_choice_in_the_matter_itself_leaves_nothing_open(honest: str) -> None:
    assert not leaves_open(honest)
