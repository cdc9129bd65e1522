"""How much is asked before a judgement stands: which models, how often, and how sure is sure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

EFFORTS: Final = ("low", "medium", "high")
MOST_EXTRA_CALLS: Final = 2
LONGEST_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class Policy:
    """`first` judges every answer; `strong` is asked where two readings by `first` leave a doubt.

    `extra_calls`, up to two, bounds what a doubtful answer may cost: none, a second reading, or
    that and the strong model. A confidence from `sure_from` on is no doubt. A score within `near`
    of the `pass_line` is one. All three go from 0 to 1.
    """

    first: str
    strong: str
    effort: str = "medium"
    extra_calls: int = MOST_EXTRA_CALLS
    sure_from: float = 0.7
    pass_line: float = 0.6
    near: float = 0.03

    def changed(self, changes: Mapping[str, Any]) -> "Policy":
        """This policy with some fields changed. Raises ValueError for what makes no sense."""
        if not isinstance(changes, Mapping):
            raise TypeError("A policy is a list of names and values.")
        if unknown := set(changes) - {field.name for field in fields(self)}:
            raise ValueError(f"A policy has no {', '.join(sorted(unknown))}.")
        found = replace(self, **changes)
        for name in ("first", "strong"):
            model = getattr(found, name)
            if not isinstance(model, str) or not 0 < len(model) <= LONGEST_NAME:
                raise ValueError(f"{name} is the name of a model.")
        if found.effort not in EFFORTS:
            raise ValueError(f"effort is one of {', '.join(EFFORTS)}.")
        if type(found.extra_calls) is not int or not 0 <= found.extra_calls <= MOST_EXTRA_CALLS:
            raise ValueError(f"extra_calls is a number from 0 to {MOST_EXTRA_CALLS}.")
        for name in ("sure_from", "pass_line", "near"):
            share = getattr(found, name)
            if not isinstance(share, int | float) or not 0 <= share <= 1:
                raise ValueError(f"{name} is a number from 0 to 1.")
        return found
