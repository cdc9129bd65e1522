import random
from dataclasses import replace
from decimal import Decimal

import pytest

from grading.embedders.onnx import get_embedder
from grading.grader.drafting import draft_criteria
from grading.grader.material import Criterion, Kind, Material
from grading.grader.pipeline import grade
from grading.grader.verdict import Mark, Verdict
from grading.judges.head import shipped_head
from grading.judges.local import LocalJudge, measure

LORA = Material(
    question="How do LoRA and QLoRA make fine-tuning affordable?",
    reference_answer=(
        "LoRA keeps the pretrained weights frozen and trains only small matrices that are added to"
        " them. The change of a weight matrix is written as the product of two thin matrices of low"
        " rank.\n\nQLoRA stores the frozen base model in 4 bits and trains adapters in 16 bits on"
        " top. After training, the product can be merged into the weights, so that inference does"
        " not become slower."
    ),
    criteria=(
        Criterion(
            "c1",
            "The pretrained weights stay frozen and only small added matrices are trained.",
            Kind.REQUIRED,
            Decimal(3),
        ),
        Criterion(
            "c2",
            "The update is the product of two thin matrices of low rank.",
            Kind.REQUIRED,
            Decimal(3),
        ),
        Criterion("c3", "QLoRA holds the frozen base model in 4 bits.", Kind.REQUIRED, Decimal(2)),
        Criterion(
            "c4",
            "The product can be merged into the weights, so inference is no slower.",
            Kind.BONUS,
            Decimal(1),
        ),
        Criterion(
            "c5",
            "LoRA prunes unimportant neurons and layers away.",
            Kind.MISCONCEPTION,
            Decimal(2),
        ),
    ),
    answer="",
)
PARAPHRASE = (
    "You leave the original weights untouched, i.e. frozen, and train a pair of small matrices."
    " Their product has low rank and is the update. QLoRA also quantizes the frozen base to 4 bit."
)
ELSEWHERE = (
    "Retrieval splits documents into chunks, embeds each chunk and searches them for passages."
    " A reranker orders the passages, and the prompt asks for citations."
)


def graded(answer: str, material: Material = LORA) -> Verdict:
    outcome = grade(replace(material, answer=answer), LocalJudge(get_embedder()), get_embedder())
    assert isinstance(outcome, Verdict)
    return outcome


def marks(verdict: Verdict) -> dict[str, Mark]:
    return {found.criterion_id: found.mark for found in verdict.verdicts}


def test_the_reference_answer_earns_everything_and_asserts_no_misconception() -> None:
    verdict = graded(LORA.reference_answer)

    assert verdict.score == 1.0
    assert marks(verdict) == dict.fromkeys(("c1", "c2", "c3", "c4"), Mark.MET) | {"c5": "not_met"}


def test_a_paraphrase_earns_most_of_it() -> None:
    verdict = graded(PARAPHRASE)

    assert verdict.score >= 0.7
    assert marks(verdict)["c4"] is not Mark.MET


def test_half_of_the_reference_earns_about_half() -> None:
    verdict = graded(LORA.reference_answer.split("\n\n")[1])

    assert 0.25 <= verdict.score <= 0.6
    assert marks(verdict)["c3"] is Mark.MET


def test_an_answer_to_another_question_earns_nothing() -> None:
    assert graded(ELSEWHERE).score == 0.0


def test_evidence_is_the_passage_that_says_it() -> None:
    verdict = graded(PARAPHRASE)
    (span,) = next(found.evidence for found in verdict.verdicts if found.criterion_id == "c3")

    assert PARAPHRASE[span.start : span.end] == "QLoRA also quantizes the frozen base to 4 bit."


def test_a_misconception_is_found_with_its_evidence_and_costs_something() -> None:
    belief = "It throws away neurons and layers that are unimportant."
    verdict = graded(f"{PARAPHRASE} {belief}")

    found = verdict.verdicts[-1]
    assert found.mark is Mark.CONTRADICTED
    assert belief in (f"{PARAPHRASE} {belief}")[found.evidence[0].start : found.evidence[0].end]
    assert verdict.score < graded(PARAPHRASE).score


def test_denying_a_misconception_is_not_asserting_it() -> None:
    verdict = graded("LoRA does not prune unimportant neurons and layers away.")

    assert marks(verdict)["c5"] is Mark.NOT_MET


def test_a_criterion_said_with_the_opposite_sign_is_contradicted() -> None:
    verdict = graded("The update is not the product of two thin matrices of low rank.")

    assert marks(verdict)["c2"] is Mark.CONTRADICTED
    assert verdict.score == 0.0


def test_shuffled_words_of_the_reference_do_not_earn_full_marks() -> None:
    words = LORA.reference_answer.split()
    random.Random(5).shuffle(words)  # noqa: S311 - a fixed order, not a secret

    verdict = graded(" ".join(words))
    assert Mark.MET not in marks(verdict).values()
    assert verdict.score <= 0.6


def test_a_criterion_that_lists_things_is_read_part_by_part() -> None:
    listing = replace(
        LORA,
        reference_answer="**Benefits**:\n\n- Fewer hallucinations\n- Current facts\n- Citations\n",
        criteria=(
            Criterion(
                "c1",
                "Benefits: Fewer hallucinations; Current facts; Citations",
                Kind.REQUIRED,
                Decimal(1),
            ),
        ),
    )
    answer = "Citations are possible. Facts are current. There are fewer hallucinations."
    verdict = graded(answer, listing)

    assert verdict.score >= 0.9
    assert len(verdict.verdicts[0].evidence) == 3
    assert graded("Citations are possible.", listing).score < 1.0


def test_every_required_verdict_states_the_credit_it_expects() -> None:
    verdict = graded(PARAPHRASE)

    assert all(0 <= (found.credit or 0.0) <= 1 for found in verdict.verdicts)
    assert [found.credit is None for found in verdict.verdicts] == [False] * 4 + [True]


def test_a_verdict_in_the_middle_is_doubted_more_than_one_at_the_end() -> None:
    half = graded(LORA.reference_answer.split("\n\n")[1])

    assert half.confidence < graded(LORA.reference_answer).confidence < 1


@pytest.mark.parametrize(
    "taking_back",
    [
        "{} On reflection, all of the above is wrong.",
        "{} Actually, everything I said here is false.",
        "None of the following is true: {}",
    ],
)
def test_what_is_taken_back_earns_nothing(taking_back: str) -> None:
    assert graded(taking_back.format(LORA.reference_answer)).score <= 0.1


def test_offering_both_sides_earns_less_than_half() -> None:
    opposite = "LoRA does not keep the pretrained weights frozen and trains all of them."
    answer = f"{LORA.reference_answer} Or it could be the opposite. {opposite}"

    assert graded(answer).score <= 0.5


def test_feedback_names_the_most_valuable_gap_and_praises_nothing() -> None:
    feedback = graded("QLoRA holds the frozen base model in 4 bits.").feedback

    assert feedback.startswith("Missing, most valuable first: ")
    assert not {"good", "great", "well", "excellent", "nice"} & set(feedback.casefold().split())


def test_the_same_answer_gets_the_same_grade() -> None:
    assert graded(PARAPHRASE) == graded(PARAPHRASE)


def test_an_answer_in_code_alone_is_judged_without_failing() -> None:
    verdict = graded("```python\nw = w0 + a @ b  # low rank product of two thin matrices\n```")

    assert 0.0 <= verdict.score < 1.0


def test_a_rubric_without_a_reference_is_judged_by_its_criteria() -> None:
    assert graded(PARAPHRASE, replace(LORA, reference_answer="")).score > 0.4


def test_the_judge_names_itself_and_its_model() -> None:
    judge = LocalJudge(get_embedder())

    assert (judge.name, judge.model, judge.prompt_version) == (
        "local",
        "minilm-l6-v2-int8",
        "local-4",
    )


def test_the_parts_of_a_draft_share_out_what_its_whole_earns() -> None:
    criteria = draft_criteria(LORA.question, LORA.reference_answer)
    answer = "LoRA freezes the pretrained weights and trains only small matrices added to them."
    drafted = replace(LORA, criteria=criteria, answer=answer)
    verdict = grade(drafted, LocalJudge(get_embedder()), get_embedder())
    assert isinstance(verdict, Verdict)
    worths = [row.credit or 0.0 for row in verdict.verdicts]
    ((_, whole, belief),) = measure(drafted, get_embedder())
    assert len(criteria) >= 3
    assert worths[0] == max(worths) > min(worths)
    assert verdict.score == pytest.approx(shipped_head().credit(whole) * belief, abs=0.05)
