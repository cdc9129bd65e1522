"""How much of a proposition an answer says, word piece by word piece ("late interaction").

Each piece of the proposition looks for its nearest piece of the answer; what is rare counts more,
what the question gives away counts little. Compared with one vector a text, nothing is blurred:
a missing term stays missing however similar the subject is.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from grading.judges.tokens import Array, Text, same_stems

SAID: Final = 0.8  # likeness from which the same word starts, whatever stands around it
OTHER_NUMBER: Final = 0.4  # likeness of a number to anything but itself, at most
FAMILIAR: Final = 0.35  # nearness to the question from which a piece is partly given away
GIVEN_AWAY: Final = 0.85  # … and from which it is as good as given
LEAST_ADDED: Final = 0.04  # coverage that a further clause must bring to be evidence
LEAST_NEW: Final = 0.1  # what is left of the weight of such a piece


def worth(proposition: Text, question: Text) -> Array:
    """What each piece of the proposition counts beside this question."""
    if not len(question) or not len(proposition):
        return proposition.weights
    near = (proposition.units @ question.units.T).max(axis=1)
    given = (near - FAMILIAR) / (GIVEN_AWAY - FAMILIAR)
    weights: Array = proposition.weights * (1 - np.clip(given, 0, 1 - LEAST_NEW))
    return weights


def likeness(proposition: Text, answer: Text) -> Array:
    """Return pieces of the proposition x pieces of the answer, from about 0 to 1."""
    if not len(proposition) or not len(answer):
        return np.zeros((len(proposition), len(answer)))
    near = (proposition.units @ answer.units.T).astype(np.float64)
    same = same_stems(proposition, answer)
    near[same] = np.maximum(near[same], SAID + (1 - SAID) * near[same])
    near[proposition.numeric] = np.where(
        same[proposition.numeric],
        near[proposition.numeric],
        np.minimum(near[proposition.numeric], OTHER_NUMBER),
    )
    return near


def coverage(near: Array, weights: Array) -> float:
    """The weighted mean, over pieces of the proposition, of the nearest piece of the answer."""
    whole = float(weights.sum())
    if near.shape[1] == 0 or whole <= 0:
        return 0.0
    return float(near.max(axis=1) @ weights) / whole


def by_clause(near: Array, of_clause: npt.NDArray[np.int64], clauses: int) -> Array:
    """Return pieces of the proposition x clauses: the nearest piece within each clause."""
    found = np.zeros((near.shape[0], clauses))
    for number in range(clauses):
        pieces = of_clause == number
        if pieces.any():
            found[:, number] = near[:, pieces].max(axis=1)
    return found


def support(nearest: Array, weights: Array, most: int) -> tuple[float, list[int]]:
    """The coverage that the best few clauses reach together, and which those are, best first.

    A clause is added only while it adds; scattered words of a long text do not add up to a claim.
    """
    whole = float(weights.sum())
    if nearest.shape[1] == 0 or whole <= 0:
        return 0.0, []
    reached, chosen = 0.0, list[int]()
    said = np.zeros(nearest.shape[0])
    while len(chosen) < most:
        together = np.maximum(nearest, said[:, None]).T @ weights / whole
        best = int(together.argmax())
        if chosen and together[best] - reached < LEAST_ADDED:
            break
        reached, said = float(together[best]), np.maximum(said, nearest[:, best])
        chosen.append(best)
    return reached, chosen
