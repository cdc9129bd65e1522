"""Which judge grades, and with what eyes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from grading.embedders.onnx import get_embedder
from grading.grader.seam import Embedder, Judge
from grading.judges.base import JudgeUnavailable
from grading.judges.hooks import Hooks
from grading.judges.local import LocalJudge
from grading.llm.calls import Reply

if TYPE_CHECKING:
    from grading.llm.client import Access, Client


def make_judge(embedder: Embedder, *, hooks: Hooks, name: str = "", user_id: str = "") -> Judge:
    """The judge of that name, or the configured one. `user_id` is opaque, see `opaque_id`.

    Raises ValueError for an unknown name, and `JudgeUnavailable` for one that is not set up.
    """
    name = name or settings.GRADING_JUDGE
    if name == "local":
        return LocalJudge(embedder)
    if name == "claude":
        return _make_claude(claude_client(), hooks, user_id)
    raise ValueError(f"There is no judge called {name!r}; there are: claude, local.")


def make_replaying_judge(
    embedder: Embedder, *, replies: Sequence[Reply], keep_question: bool, user_id: str
) -> Judge:
    """The configured judge as it judges by these replies. It raises `llm.replay.Asked` where it
    would make another call; one that makes no calls just judges. It records nothing."""
    hooks = Hooks(record=lambda _: None)
    if settings.GRADING_JUDGE != "claude":
        return make_judge(embedder, hooks=hooks, user_id=user_id)
    from grading.llm.replay import Replay  # noqa: PLC0415 - as in claude_access

    client = Replay(claude_access(), replies)
    return _make_claude(client, hooks, user_id, keep_question=keep_question)


def claude_client() -> "Client":
    """This process's way to the API. Raises `JudgeUnavailable` without a key."""
    from grading.llm.client import get_client  # noqa: PLC0415 - as in claude_access

    return get_client(claude_access())


def claude_access() -> "Access":
    """How Claude is reached. Raises `JudgeUnavailable` without a key."""
    # Here, because the SDK costs a second and 70 MB, which the local judge need not pay.
    from grading.llm.client import Access  # noqa: PLC0415 - see above

    if not settings.ANTHROPIC_API_KEY:
        raise JudgeUnavailable("There is no ANTHROPIC_API_KEY to ask Claude with.")
    return Access(
        api_key=settings.ANTHROPIC_API_KEY,
        base_url=settings.ANTHROPIC_BASE_URL,
        timeout_seconds=settings.CLAUDE_TIMEOUT_SECONDS,
        without=frozenset(settings.CLAUDE_WITHOUT),
    )


def _make_claude(
    client: "Client", hooks: Hooks, user_id: str, *, keep_question: bool = False
) -> Judge:
    from grading.judges.claude import ClaudeJudge, Models  # noqa: PLC0415 - as in claude_access

    return ClaudeJudge(
        client,
        Models(first=settings.CLAUDE_MODEL, other=settings.CLAUDE_STRONG_MODEL),
        hooks,
        user_id=user_id,
        keep_question=keep_question,
    )


def opaque_id(public_id: UUID) -> str:
    """A word for whose answer this is that leads back to nobody outside this house."""
    return salted_hmac("grading.judging", str(public_id)).hexdigest()


def make_embedder() -> Embedder:
    """The bundled embedding model, one a process."""
    return get_embedder()
