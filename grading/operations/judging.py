"""Which judge grades, and with what eyes."""

from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from grading.embedders.onnx import get_embedder
from grading.grader.seam import Embedder, Judge
from grading.judges.base import JudgeUnavailable
from grading.judges.hooks import Hooks
from grading.judges.local import LocalJudge


def make_judge(embedder: Embedder, *, hooks: Hooks, name: str = "", user_id: str = "") -> Judge:
    """The judge of that name, or the configured one. `user_id` is opaque, see `opaque_id`.

    Raises ValueError for an unknown name, and `JudgeUnavailable` for one that is not set up.
    """
    name = name or settings.GRADING_JUDGE
    if name == "local":
        return LocalJudge(embedder)
    if name == "claude":
        return _make_claude(hooks, user_id)
    raise ValueError(f"There is no judge called {name!r}; there are: claude, local.")


def _make_claude(hooks: Hooks, user_id: str) -> Judge:
    # Here, because the SDK costs a second and 70 MB, which the local judge need not pay.
    from grading.judges.claude import ClaudeJudge, Models  # noqa: PLC0415 - see above
    from grading.llm.client import Access, get_client  # noqa: PLC0415 - the same

    if not settings.ANTHROPIC_API_KEY:
        raise JudgeUnavailable("There is no ANTHROPIC_API_KEY to ask Claude with.")
    access = Access(
        api_key=settings.ANTHROPIC_API_KEY,
        base_url=settings.ANTHROPIC_BASE_URL,
        timeout_seconds=settings.CLAUDE_TIMEOUT_SECONDS,
        without=frozenset(settings.CLAUDE_WITHOUT),
    )
    return ClaudeJudge(
        get_client(access),
        Models(first=settings.CLAUDE_MODEL, other=settings.CLAUDE_STRONG_MODEL),
        hooks,
        user_id=user_id,
    )


def opaque_id(public_id: UUID) -> str:
    """A word for whose answer this is that leads back to nobody outside this house."""
    return salted_hmac("grading.judging", str(public_id)).hexdigest()


def make_embedder() -> Embedder:
    """The bundled embedding model, one a process."""
    return get_embedder()
