import pytest

from grading.judges.claims import claim, denies, is_negative, opposes, overlap


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The update is low-rank.", False),
        ("The update is not low-rank.", True),
        ("It doesn't change.", True),
        ("It is not true that it changes.", True),
        ("It isn't the case that it changes.", True),
        ("It is n't correct that it changes.", True),
        ("It is not true that it does not change.", False),
        ("It never fails for no reason.", False),
        ("Decide whether or not to update it.", False),
        ("It changes not only the weights.", False),
        ("It isnt changed.", True),
        ('It doesn"t change.', True),
        ("It dont change, and it cant.", False),
        ("It cnanot change.", True),
        ("It mightn't change.", True),
        ("It does n't change.", True),
        ("A cannon and a canon can not.", True),
        ("It is a myth that it changes.", True),
        ("It is hardly true that it changes.", True),
        ("Nobody can say that it changes.", True),
        ("No, it does not change.", True),
        ("No change is seen.", True),
        ("The grains are too large to pass.", True),
        ("They are not too large to pass.", False),
    ],
)
def test_a_sentence_denies_with_an_odd_number_of_negations(text: str, expected: bool) -> None:
    assert is_negative(text) is expected


def test_an_opposite_word_turns_a_claim_round() -> None:
    said, true = claim("Dropout will increase overfitting."), claim("Dropout reduces overfitting.")

    assert overlap(said, true) == 1.0
    assert opposes(said, true)
    assert not opposes(true, true)


def test_a_claim_about_something_else_denies_nothing() -> None:
    true = [claim("The weights of the base model stay frozen.")]

    assert denies(claim("The weights of the base model do not stay frozen."), true)
    assert denies(claim("The base models weights dont stay frozen."), true)
    assert denies(claim("The base models weights do n't stay frozen."), true)
    assert not denies(claim("Retrieval is not part of the method."), true)


def test_what_happens_without_a_thing_is_no_denial_of_why_it_is_there() -> None:
    true = claim("Without scaling, large scores saturate the softmax and its gradients vanish.")
    said = claim("Scores are scaled, because large ones saturate the softmax; gradients vanish.")
    assert not opposes(said, true)


def test_another_number_in_the_same_claim_says_the_opposite() -> None:
    true = [claim("The voltage across the open switch is 1.5 volts.")]

    assert denies(claim("The voltage across the open switch is 0 volts."), true)
    assert not denies(claim("The voltage across the open switch is 1.5 volts."), true)
    assert not denies(claim("The voltage across the open switch is that of the battery."), true)


def test_a_thing_and_not_its_opposite_is_the_thing() -> None:
    true = claim("When the string is tightened, the pitch is higher.")
    said = claim("When the string is tightened, the pitch is higher, not lower.")

    assert not opposes(said, true)
    assert opposes(claim("When the string is tightened, the pitch is lower, not higher."), true)
    assert opposes(claim("When the string is tightened, the pitch is not higher."), true)


def test_a_place_in_a_list_is_no_number() -> None:
    true = claim("1. Slow start doubles the window.")

    assert not opposes(claim("Phase: 2) slow start doubles the window."), true)
    assert claim("The voltage is 1.5 volts.").numbers == {"1", "5"}
    assert claim("It holds 12.").numbers == {"12"}
