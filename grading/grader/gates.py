"""What can be decided before any judge reads: nothing said, not known, an echo, noise, too much.

A gate is for the plain cases only. In doubt the answer goes to the judge.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from grading.grader.gibberish import is_gibberish
from grading.grader.material import Criterion, Kind, Material
from grading.grader.text import INVISIBLE, STOPWORDS, normalise, stem, words
from grading.grader.verdict import CriterionVerdict, Mark, Outcome, Ungraded, Verdict

MAX_CHARACTERS: Final = 20_000
CERTAIN: Final = 0.99

SHORT_REPLY: Final = 40  # words; whoever writes more has said something
NOT_KNOWN: Final = re.compile(
    r"\b(?:"
    r"(?:do not|don't|dont|did not|didn't|cannot|can not|can't|cant|could not|couldn't)"
    r"(?: (?:really|actually|quite|even|honestly|exactly|currently|right now|yet))*"
    r" (?:know|remember|recall|answer|explain|understand|get|have (?:an? |any |the )?"
    r"(?:idea|clue|answer|knowledge|experience))"
    r"|(?:have not|haven't|havent|never)(?: (?:yet|really|ever|even))*"
    r" (?:heard|learned|learnt|studied|seen|covered|used|worked|read)"
    r"|(?:have )?(?:no|not any|not an?|zero|without an?) (?:real |good )?"
    r"(?:idea|clue|answer|knowledge)"
    r"|idk|idek|dunno|not sure|unsure|not certain|clueless|beats me|no comment|give up|not familiar"
    r"|(?:would|will|could|should) (?:only )?be guessing"
    r")\b"
)
UNKNOWN_THING: Final = re.compile(
    r"^ (?:what|why|how|about|of|anything)\b(?: (?!but\b)[\w']+){0,6}"
)
PASSED: Final = frozenset(
    {
        "pass", "skip", "next", "na", "n a", "next question", "skip it", "dk", "no answer",
        "no response", "no submission", "empty submission", "not answered",
    }
)  # fmt: skip
SMALL_TALK: Final = frozenset(
    """
    sorry apologies unfortunately honestly honest frankly really actually truly sure hi hello hey
    thanks thank please well hmm hm um uh er oh ok okay lol sadly afraid im i'm i've i'd it's that's
    don't no not yes yet now right moment today time maybe perhaps guess think say tell answer reply
    question questions topic subject thing things anything something much more bit little enough
    about all but know remember recall learn look up read come back later next move on skip pass
    bro man sir mate dude one else other let see need study review get let's really at ask asked
    going give good
    """.split()  # noqa: SIM905 - a paragraph of words reads better than a list of strings
)
FRAME: Final = frozenset(
    """
    question questions asks ask asked asking wants want explain explains explaining describe answer
    answers answering tell tells talk topic subject know like good great interesting important
    well let think here given says say said prompt repeat restate
    """.split()  # noqa: SIM905 - the same
)
ARGUING: Final = frozenset(
    {"because", "not", "no", "never", "only", "more", "less", "than", "since"}
)
ECHO_WORDS: Final = 4  # a shorter answer may pick one of the options the question names
ECHO_SHARE: Final = 0.9
ECHO_RUN: Final = 4  # words in a row; whoever answers in the question's words puts them anew
ECHO_IN_RUNS: Final = 0.75


def decide(material: Material) -> Outcome | None:
    """Return the outcome where no judge is needed, else None."""
    if not any(criterion.kind is Kind.REQUIRED for criterion in material.criteria):
        return Ungraded("no_criteria", "This question has no required criteria to grade against.")
    length = len(material.answer)
    if length > MAX_CHARACTERS:
        detail = (
            f"The answer has {length:,} characters; at most {MAX_CHARACTERS:,} can be graded."
            " Shorten it and submit it again."
        )
        return Ungraded("too_long", detail)
    reason = _reason(material)
    return _nothing_earned(material, reason) if reason else None


def _reason(material: Material) -> str:
    answer = material.answer
    if not answer.translate(INVISIBLE).strip():
        return "blank"
    if _is_not_known(answer, material.question):
        return "dont_know"
    wanted = (material.reference_answer, *(c.text for c in material.criteria))
    if is_gibberish(answer, known=_words_of(material.question, *wanted)) and not _is_wanted_sign(
        answer, wanted
    ):
        return "gibberish"
    if _is_echo(answer, material.question) and not _adds_to(answer, material.question, wanted):
        return "echo"
    return ""


@lru_cache(maxsize=64)  # asked for by every answer to the same question
def _words_of(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in words(text))


def _is_not_known(answer: str, question: str) -> bool:
    spoken = words(answer)
    if not spoken or len(spoken) > SHORT_REPLY:
        return False
    if " ".join(word for word in spoken if word not in {"sorry", "please", "i"}) in PASSED:
        return True
    said = normalise(answer)
    admission = NOT_KNOWN.search(said)
    if admission is None:
        return False
    after = UNKNOWN_THING.sub(" ", said[admission.end() :])
    rest = NOT_KNOWN.sub(" ", f"{said[: admission.start()]} {after}")
    asked = {stem(word) for word in words(question)}
    return not any(_adds(word, asked) for word in words(rest))


def _adds(word: str, asked: set[str]) -> bool:
    return word not in STOPWORDS and word not in SMALL_TALK and stem(word) not in asked


def _is_wanted_sign(answer: str, wanted: Iterable[str]) -> bool:
    """Whether an answer without a word is an operator, say, that the reference names as code."""
    sign = answer.strip().strip("`")
    return bool(sign) and any(f"`{sign}`" in text or text.strip() == sign for text in wanted)


def _is_echo(answer: str, question: str) -> bool:
    """Whether nearly every word is the question's own, and most stand as the question has them.

    What is asked about is often answered in the same words: "Which mixtures are saturated?"
    """
    if normalise(answer).strip("\"' ?.!:") == normalise(question).strip("\"' ?.!:"):
        return True
    spoken, asked = words(answer), [stem(word) for word in words(question)]
    stems = [stem(word) for word in spoken]
    telling = [
        at
        for at, word in enumerate(spoken)
        if (word not in STOPWORDS and word not in FRAME) or word in ARGUING
    ]
    if len(telling) < ECHO_WORDS:
        return False
    known, repeated = set(asked), _in_runs(stems, asked)
    own = sum(stems[at] in known for at in telling) / len(telling)
    in_runs = sum(at in repeated for at in telling) / len(telling)
    return own >= ECHO_SHARE and in_runs >= ECHO_IN_RUNS


def _adds_to(answer: str, question: str, wanted: tuple[str, ...]) -> bool:
    """Whether a word, or one number more, is there that the question lacks and the rubric uses:
    "There are 7 episodes in series 7" is an answer."""
    sought = {stem(word) for word in _words_of(*wanted) if word not in STOPWORDS | FRAME}
    asked = Counter(stem(word) for word in words(question))
    said = Counter(stem(word) for word in words(answer))
    return any(word in sought and (word not in asked or word[0].isdigit()) for word in said - asked)


def _in_runs(said: list[str], asked: list[str]) -> set[int]:
    """The places in `said` of words that follow each other there as they do in `asked`."""
    runs = {tuple(asked[at : at + ECHO_RUN]) for at in range(len(asked) - ECHO_RUN + 1)}
    return {
        place
        for at in range(len(said) - ECHO_RUN + 1)
        if tuple(said[at : at + ECHO_RUN]) in runs
        for place in range(at, at + ECHO_RUN)
    }


def _nothing_earned(material: Material, reason: str) -> Verdict:
    verdicts = tuple(
        CriterionVerdict(criterion.id, Mark.NOT_MET, (), confidence=CERTAIN)
        for criterion in material.criteria
    )
    feedback = f"{OPENINGS[reason]} {_what_to_do(material.criteria)}"
    return Verdict(0.0, CERTAIN, verdicts, feedback, reason)


OPENINGS: Final = {
    "blank": "There is no text to grade, so nothing is earned yet.",
    "dont_know": "Saying so is honest, and it leaves nothing to grade, so nothing is earned yet.",
    "echo": "The text repeats the question and adds nothing to it, so nothing is earned yet.",
    "gibberish": "No statement could be found in this text, so nothing is earned yet.",
}


def _what_to_do(criteria: tuple[Criterion, ...]) -> str:
    required = [criterion for criterion in criteria if criterion.kind is Kind.REQUIRED]
    first = max(required, key=lambda criterion: criterion.weight)
    return (
        "Read the model answer, put it away, and try again in your own words."
        f" The first thing to be able to say: {first.text.rstrip('.')}."
    )
