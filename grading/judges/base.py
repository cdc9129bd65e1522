"""What every judge shares: the protocol, and failures named by what the caller does next.

A judge that fails raises; it never returns a mark it did not arrive at.
"""

from typing import Final

from grading.grader.seam import Judge

__all__ = ["Judge", "JudgeError", "JudgeUnavailable", "RetryLater", "Unjudgeable"]

LOOK_AGAIN_SECONDS: Final = 60.0


class JudgeError(Exception):
    """A judgement did not come about. Raise one of the three below.

    `waiting_for` is a word for what an answer that can wait waits for, for those who look at it:
    "busy", "away", "paused" or what a judge or its hooks say.
    """

    waiting_for: str = ""


class RetryLater(JudgeError):  # noqa: N818 - named for what the caller does
    """The same call may work after `wait_seconds`: rate limit, overload, a dropped connection.

    None leaves the wait to the caller, who knows how often it was tried.
    """

    def __init__(self, message: str, *, wait_seconds: float | None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class JudgeUnavailable(JudgeError):  # noqa: N818 - named for what the caller does
    """No call will work until a person acts: no key, no credit, a broken model file.

    The answer can wait; it is not the answer's fault. It is worth another look in `wait_seconds`.
    """

    def __init__(self, message: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = LOOK_AGAIN_SECONDS if wait_seconds is None else wait_seconds


class Unjudgeable(JudgeError):  # noqa: N818 - named for what the caller does
    """This answer will never get a judgement from this judge: refused, or malformed replies.

    `reason` is a word for code, stored as the grade's reason.
    """

    def __init__(self, message: str, *, reason: str = "judge_failed") -> None:
        super().__init__(message)
        self.reason = reason
