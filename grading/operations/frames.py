"""Errors nobody thought of, told to the log without what they quote."""

import traceback


def frames_of(error: BaseException) -> str:
    """What kind of error and where it was raised. Its message is left out: a database's says which
    row it refused, and that row may be an answer."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
