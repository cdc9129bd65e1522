"""Which judge grades, and with what eyes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from grading.embedders.base import TokenReader
from grading.embedders.onnx import get_embedder
from grading.grader.material import Material
from grading.grader.policy import Policy
from grading.grader.seam import Embedder, Judge
from grading.judges.base import JudgeUnavailable
from grading.judges.cascade import CascadeJudge, Rung
from grading.judges.hooks import Hooks
from grading.judges.local import LocalJudge
from grading.judges.writing import Writing
from grading.llm.calls import Reply
from grading.operations.gate import QueueGate
from grading.operations.policies import site_policy
from grading.operations.readings import StoredReader

if TYPE_CHECKING:
    from grading.llm.client import Access, Client


def make_judge(
    embedder: Embedder,
    *,
    hooks: Hooks,
    name: str = "",
    user_id: str = "",
    policy: Policy | None = None,
    writing: Writing | None = None,
    reader: TokenReader | None = None,
) -> Judge:
    """The judge of that name, or the configured one. `user_id` is opaque, see `opaque_id`.

    Claude judges by the `policy`, the site's own by default; `writing` hears of its first reply.
    The local judge reads through `reader`, see `make_reader`; without one nothing is stored.
    Raises ValueError for an unknown name, and `JudgeUnavailable` for one that is not set up.
    """
    name = name or settings.GRADING_JUDGE
    if name == "local":
        return LocalJudge(embedder, reader=reader)
    if name == "claude":
        rungs = _claude_rungs(claude_client(), hooks, user_id, policy or site_policy(), writing)
        return CascadeJudge(rungs, embedder, policy or site_policy(), hooks.may_read_anew)
    raise ValueError(f"There is no judge called {name!r}; there are: claude, local.")


def make_replaying_judge(
    embedder: Embedder,
    *,
    replies: Sequence[tuple[str, Reply]],
    keep_question: bool,
    user_id: str,
    policy: Policy | None = None,
    name: str = "",
    reader: TokenReader | None = None,
) -> Judge:
    """The judge of that name, or the configured one, as it judges by these replies, each with the
    hash of what it answers (`llm.replay.hash_of`). It raises `Asked` where it would make another
    call; one that makes no calls just judges. It records nothing.
    """
    hooks = Hooks(record=lambda _: None)
    name = name or settings.GRADING_JUDGE
    if name != "claude":
        return make_judge(embedder, hooks=hooks, name=name, user_id=user_id, reader=reader)
    from grading.llm.replay import Replay  # noqa: PLC0415 - as in claude_access

    client = Replay(claude_access(), replies)
    policy = policy or site_policy()
    rungs = _claude_rungs(client, hooks, user_id, policy, keep_question=keep_question)
    return CascadeJudge(rungs, embedder, policy)


def claude_client() -> "Client":
    """This process's way to the API. Raises `JudgeUnavailable` without a key."""
    from grading.llm.client import get_client  # noqa: PLC0415 - as in claude_access

    return get_client(claude_access(), QueueGate())


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


def _claude_rungs(
    client: "Client",
    hooks: Hooks,
    user_id: str,
    policy: Policy,
    writing: Writing | None = None,
    *,
    keep_question: bool = False,
) -> list[Rung]:
    """The first model, once more the first, then the strong one. Only the first reply is told of
    while it comes in: it is the one that stands, mostly."""
    from grading.judges.claude import ClaudeJudge, Models  # noqa: PLC0415 - as in claude_access

    def judge(first: str, other: str, hooks: Hooks = hooks) -> Judge:
        return ClaudeJudge(
            client,
            Models(first=first, other=other),
            hooks,
            effort=policy.effort,
            user_id=user_id,
            keep_question=keep_question,
        )

    heard = replace(hooks, on_start=writing.begin, on_text=writing.add) if writing else hooks
    return [
        Rung(lambda: judge(policy.first, policy.strong, heard)),
        Rung(lambda: judge(policy.first, policy.strong)),
        Rung(lambda: judge(policy.strong, policy.strong), strong=True),
    ]


def opaque_id(public_id: UUID) -> str:
    """A word for whose answer this is that leads back to nobody outside this house."""
    return salted_hmac("grading.judging", str(public_id)).hexdigest()


def make_embedder() -> Embedder:
    """The bundled embedding model, one a process."""
    return get_embedder()


def make_reader(material: Material) -> TokenReader:
    """What reads the texts of one grade: those of its rubric are looked up, or read and kept."""
    return StoredReader(get_embedder(), material)
