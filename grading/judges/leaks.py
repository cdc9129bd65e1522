"""What must not reach a candidate: long runs of the reference answer or of the graders' notes."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from grading.grader.evidence import check_evidence
from grading.grader.injection import suspicious_spans
from grading.grader.material import Material
from grading.grader.text import words as spaced_words
from grading.grader.verdict import Judgement
from grading.judges.feedback import compose

RUN: Final = 12  # words in a row that are no coincidence
# Scripts that set no blanks between words: Thai, Lao, Burmese, Khmer, kana, Chinese characters.
UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
PIECE: Final = re.compile(f"[{UNSPACED}]|[^{UNSPACED}]+")
SHORT: Final = 5  # a shorter text of so many words or more is a leak as a whole


def words(text: str) -> list[str]:
    """Words, and characters where a script shows no words."""
    return [piece for word in spaced_words(text) for piece in PIECE.findall(word)]


def without_leaks(judgement: Judgement, material: Material) -> Judgement:
    """The judgement with leaking feedback written by us instead, and leaking justifications left
    out. Also writes the feedback where there is none."""
    secret = secret_runs(material)
    verdicts = tuple(
        replace(verdict, justification="") if leaks(verdict.justification, secret) else verdict
        for verdict in judgement.verdicts
    )
    feedback = judgement.feedback
    if not feedback or leaks(feedback, secret):
        barred = suspicious_spans(material.answer)
        checked = [check_evidence(material.answer, verdict, barred) for verdict in verdicts]
        feedback = compose(material.criteria, checked)
    return replace(judgement, verdicts=verdicts, feedback=feedback)


def leaks(text: str, secret: Collection[tuple[str, ...]]) -> bool:
    """Whether any secret run of words stands in the text, whatever its punctuation."""
    shortest = min(map(len, secret), default=0)
    spoken = words(text) if secret else []
    if len(spoken) < shortest or not spoken:
        return False
    secret = frozenset(secret)
    return any(
        not secret.isdisjoint(runs_of(spoken, length)) for length in {len(run) for run in secret}
    )


def secret_runs(material: Material) -> frozenset[tuple[str, ...]]:
    """Runs of the secret texts, but for those that the candidate sees or said anyway."""
    shown = (material.question, *(criterion.text for criterion in material.criteria))
    secret = _kept_secret(material.reference_answer, material.grader_notes, shown)
    return _without(secret, [material.answer])


@lru_cache(maxsize=64)  # asked for by every answer to the same question
def _kept_secret(reference: str, notes: str, shown: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    secret: set[tuple[str, ...]] = set()
    for text in (reference, notes):
        spoken = words(text)
        secret |= runs_of(spoken, len(spoken) if SHORT <= len(spoken) < RUN else RUN)
    return _without(frozenset(secret), shown)


def _without(
    secret: frozenset[tuple[str, ...]], texts: Sequence[str]
) -> frozenset[tuple[str, ...]]:
    """The secret runs that stand in none of the texts."""
    for text in texts if secret else ():
        spoken = words(text)
        for length in {len(run) for run in secret}:
            secret -= runs_of(spoken, length)
    return secret


def runs_of(spoken: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(spoken[at : at + length]) for at in range(len(spoken) - length + 1)}
