from decimal import Decimal

import pytest

from grading.grader.following import Missed, own_stems, part_about, plain_question
from grading.grader.material import Criterion, Kind, Material
from grading.grader.verdict import Mark, Span
from tests.grading.grader.material import CRITERIA, REFERENCE, answered

VARIANCE, SATURATION = CRITERIA[0], CRITERIA[1]


def missed(
    answer: str,
    *,
    criterion: Criterion = SATURATION,
    mark: Mark = Mark.NOT_MET,
    quote: str = "",
    others: int = 1,
) -> Missed:
    start = answer.find(quote)
    evidence = (Span(start, start + len(quote)),) if quote else ()
    return Missed(answered(answer), criterion, mark, evidence, others)


def test_what_was_said_in_part_is_asked_for_in_full() -> None:
    half = missed("I think: scores\n grow.", mark=Mark.PARTIAL, quote="scores\n grow.")
    assert plain_question(half) == (
        "You wrote: “scores grow.” Something that matters is still missing about “softmax”. "
        "What is it?"
    )


def test_what_the_passage_names_already_is_not_named_again() -> None:
    half = missed("The softmax suffers.", mark=Mark.PARTIAL, quote="The softmax suffers.")
    assert plain_question(half) == (
        "You wrote: “The softmax suffers.” Something that matters is still missing. What is it?"
    )


def test_what_was_said_the_wrong_way_round_is_to_be_looked_at_again() -> None:
    wrong = missed("Gradients explode.", mark=Mark.CONTRADICTED, quote="Gradients explode.")
    assert plain_question(wrong) == (
        "You wrote: “Gradients explode.” Look at that again: does it hold, and why or why not?"
    )


def test_marks_within_a_passage_do_not_end_it() -> None:
    said = 'Rows are “lazy”, so the loop says "next" itself.'
    asked = plain_question(missed(said, mark=Mark.PARTIAL, quote=said))
    assert asked is not None
    assert asked.startswith("You wrote: “Rows are ‘lazy’, so the loop says 'next' itself.” ")  # noqa: RUF001 - typographic quotes


def test_a_long_passage_is_cut_at_a_word() -> None:
    long = "gradients " * 40
    asked = plain_question(missed(long, mark=Mark.PARTIAL, quote=long))
    assert asked is not None
    assert asked.startswith("You wrote: “gradients gradients")
    assert "gradients …”" in asked
    assert len(asked) < 230


def test_words_of_the_answer_that_the_point_shares_are_named() -> None:
    asked = plain_question(missed("Without it the vanishing gradients would be a nuisance."))
    assert asked == (
        "You mention “vanishing gradients”. Go on from there: what matters about that for this "
        "question?"
    )


def test_words_of_the_question_are_named_where_the_answer_has_none() -> None:
    assert plain_question(missed("Scores grow with their length.")) == (
        "What else is there to say about “softmax”? Your answer leaves a part of that open."
    )


TONGUES = Criterion("c1", "Nothing else is heard.", Kind.REQUIRED, Decimal(1))


@pytest.mark.parametrize("others", [0, 1])
def test_only_what_is_missing_alone_can_be_asked_for_without_a_name(others: int) -> None:
    material = Material("Who sings?", "", (TONGUES,), "Birds.")
    asked = plain_question(Missed(material, TONGUES, Mark.NOT_MET, (), others))
    if others:
        assert asked is None
    else:
        assert asked == (
            "One thing that a full answer says is still missing from yours. What is it?"
        )


def test_the_part_of_the_reference_is_what_says_the_point() -> None:
    assert part_about(SATURATION, REFERENCE) == (
        "Dividing by its square root keeps the softmax out of saturation, where gradients vanish."
    )
    assert part_about(VARIANCE, REFERENCE).startswith("Dot products of longer vectors")
    assert part_about(TONGUES, REFERENCE) == ""
    assert part_about(VARIANCE, "") == ""


def test_a_point_of_two_sentences_keeps_them_in_their_order() -> None:
    both = Criterion("c1", "Cats purr and dogs bark at night.", Kind.REQUIRED, Decimal(1))
    assert part_about(both, "Dogs bark at night. Fish swim. Cats purr at night.") == (
        "Dogs bark at night. Cats purr at night."
    )


def test_what_question_and_answer_say_is_not_the_points_own() -> None:
    assert own_stems(missed("Gradients get small.")) == {"scal", "keep", "saturat", "vanish"}
