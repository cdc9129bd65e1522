import pytest

from grading.grader.evidence import check_evidence, find_quote
from grading.grader.verdict import CriterionVerdict, Mark, Span

ANSWER = "Without “scaling”,  the **softmax**\nsaturates — gradients vanish. It cannot learn."


def quoted(quote: str) -> str | None:
    span = find_quote(ANSWER, quote)
    return None if span is None else ANSWER[span.start : span.end]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("gradients vanish", "gradients vanish"),
        ("GRADIENTS  vanish.", "gradients vanish."),
        ('without "scaling", the softmax saturates', ANSWER[:45]),
        ("saturates - gradients", "saturates — gradients"),
        ("“gradients vanish”", "gradients vanish"),
        ("… gradients vanish …", "gradients vanish"),
    ],
)
def test_a_quote_is_found_whatever_its_case_spacing_and_typography(quote: str, found: str) -> None:
    assert quoted(quote) == found


@pytest.mark.parametrize(
    "quote",
    [
        "gradients explode",
        "not learn",
        "radients vanish",
        "ients vanis",
        "Withou",
        "",
        "…",
        "—",
        "* *",
    ],
)
def test_words_the_answer_does_not_say_are_not_found(quote: str) -> None:
    assert quoted(quote) is None


@pytest.mark.parametrize(("answer", "quote"), [("`==`", "=="), ("**", "**"), (" && ", "`&&`")])
def test_in_an_answer_of_signs_alone_the_signs_are_evidence(answer: str, quote: str) -> None:
    span = find_quote(answer, quote)
    assert span is not None
    assert answer[span.start : span.end] == quote.strip("`")
    assert check_evidence(answer, CriterionVerdict("c1", Mark.MET, (span,))).mark is Mark.MET
    assert find_quote(answer, "||") is None
    blank = check_evidence("= =", CriterionVerdict("c1", Mark.MET, (Span(1, 2),)))
    assert blank.mark is Mark.NOT_MET


def test_words_as_they_were_quoted_come_before_the_same_in_other_letters() -> None:
    assert find_quote("NOT now, but not never", "not") == Span(13, 16)


def test_a_quote_cut_from_inside_a_word_is_skipped_for_a_whole_one() -> None:
    assert find_quote("cannot and not", "not") == Span(11, 14)


@pytest.mark.parametrize("mark", [Mark.MET, Mark.PARTIAL, Mark.CONTRADICTED])
@pytest.mark.parametrize(
    "spans", [(), (Span(5, 5),), (Span(-1, 4),), (Span(0, 999),), (Span(8, 9),)]
)
def test_a_mark_without_words_of_the_answer_becomes_not_met(
    mark: Mark, spans: tuple[Span, ...]
) -> None:
    checked = check_evidence(ANSWER, CriterionVerdict("c1", mark, spans))

    assert (checked.mark, checked.evidence) == (Mark.NOT_MET, ())


def test_sound_spans_are_trimmed_sorted_and_kept_once() -> None:
    verdict = CriterionVerdict("c1", Mark.MET, (Span(19, 24), Span(0, 7), Span(18, 24), Span(3, 3)))

    checked = check_evidence(ANSWER, verdict)

    assert checked.mark is Mark.MET
    assert [ANSWER[span.start : span.end] for span in checked.evidence] == ["Without", "the"]


def test_not_met_carries_no_evidence() -> None:
    checked = check_evidence(ANSWER, CriterionVerdict("c1", Mark.NOT_MET, (Span(0, 7),)))

    assert checked.evidence == ()


@pytest.mark.parametrize(
    ("barred", "kept"),
    [
        ((Span(0, 18),), ["the"]),
        ((Span(19, 21), Span(22, 30)), ["Without “scaling”,", "h"]),
        ((Span(0, 40),), []),
        ((Span(30, 40),), ["Without “scaling”,  the"]),
    ],
)
def test_barred_passages_are_cut_out_of_the_evidence(
    barred: tuple[Span, ...], kept: list[str]
) -> None:
    checked = check_evidence(ANSWER, CriterionVerdict("c1", Mark.MET, (Span(0, 23),)), barred)

    assert [ANSWER[span.start : span.end] for span in checked.evidence] == kept
    assert checked.mark is (Mark.MET if kept else Mark.NOT_MET)
