"""What Viva reads from its environment: every setting, checked before anything starts."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import Env, EnvError, validate

from grading.grader.policy import EFFORTS, MOST_EXTRA_CALLS
from grading.llm.capabilities import REFUSABLE

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Environment:
    """One process's settings. Field names are explained in docs/operators.md."""

    database: dict[str, Any] = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    url: str
    debug: bool
    static_root: Path
    home: Path
    email: dict[str, Any] = field(repr=False)
    signup_open: bool
    judge: str
    anthropic_api_key: str = field(repr=False)
    anthropic_base_url: str
    claude_model: str
    claude_strong_model: str
    claude_effort: str
    claude_extra_calls: int
    claude_sure_from: float
    pass_line: float
    claude_without: list[str]
    grade_lease_seconds: int
    log_level: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def over_https(self) -> bool:
        return urlsplit(self.url).scheme == "https"


def public_url(value: str) -> str:
    """An origin such as ``https://viva.example.org``; raises EnvError when it is anything else."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise EnvError(
            'Environment variable "VIVA_URL" invalid: '
            "give the public address, such as https://viva.example.org"
        )
    return f"{parts.scheme}://{parts.netloc}"


def server_url(value: str) -> str:
    """Where the Messages API is, or nothing for its own address; raises EnvError when it is
    no such address."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise EnvError(
            'Environment variable "ANTHROPIC_BASE_URL" invalid: '
            "give an address such as http://localhost:4000"
        )
    if parts.path.rstrip("/").endswith("/v1"):
        raise EnvError('Environment variable "ANTHROPIC_BASE_URL" invalid: leave "/v1" out')
    return value


def judge_name(value: str, api_key: str) -> str:
    """Who grades: Claude where there is a key, unless told otherwise. Raises EnvError for a judge
    that does not exist or cannot work."""
    name = value or ("claude" if api_key else "local")
    if name not in {"claude", "local"}:
        raise EnvError('Environment variable "VIVA_JUDGE" invalid: it is "claude" or "local"')
    if name == "claude" and not api_key:
        raise EnvError(
            'Environment variable "ANTHROPIC_API_KEY" not set, and VIVA_JUDGE is "claude": '
            'set it, or let VIVA_JUDGE be "local"'
        )
    return name


def read_environment() -> Environment:
    """Read every setting, or leave the process with one sentence that names the wrong one."""
    env = Env()
    try:
        api_key = env.str("ANTHROPIC_API_KEY", default="").strip()
        return Environment(
            database=env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True),
            redis_url=env.str("REDIS_URL", validate=validate.Regexp(r"(rediss?|unix)://\S+")),
            secret_key=env.str("VIVA_SECRET_KEY", validate=validate.Length(min=40)),
            url=public_url(env.str("VIVA_URL")),
            debug=env.bool("VIVA_DEBUG", default=False),
            static_root=env.path("VIVA_STATIC_ROOT", default=ROOT / ".viva" / "static"),
            home=env.path("VIVA_HOME", default=ROOT / ".viva"),
            email=env.dj_email_url("VIVA_EMAIL_URL", default="console:"),
            signup_open=env.bool("VIVA_SIGNUP_OPEN", default=True),
            judge=judge_name(env.str("VIVA_JUDGE", default=""), api_key),
            anthropic_api_key=api_key,
            anthropic_base_url=server_url(env.str("ANTHROPIC_BASE_URL", default="")),
            claude_model=env.str("VIVA_CLAUDE_MODEL", default="") or "claude-haiku-5-5",
            claude_strong_model=env.str("VIVA_CLAUDE_STRONG_MODEL", default="")
            or "claude-sonnet-5-5",
            claude_effort=env.str(
                "VIVA_CLAUDE_EFFORT",
                default="medium",
                validate=validate.OneOf(EFFORTS),
            ),
            claude_extra_calls=env.int(
                "VIVA_CLAUDE_EXTRA_CALLS",
                default=MOST_EXTRA_CALLS,
                validate=validate.Range(min=0, max=MOST_EXTRA_CALLS),
            ),
            claude_sure_from=env.float(
                "VIVA_CLAUDE_SURE_FROM", default=0.7, validate=validate.Range(min=0, max=1)
            ),
            pass_line=env.float(
                "VIVA_PASS_LINE", default=0.6, validate=validate.Range(min=0, max=1)
            ),
            claude_without=env.list(
                "VIVA_CLAUDE_WITHOUT", default=[], validate=validate.ContainsOnly(REFUSABLE)
            ),
            grade_lease_seconds=env.int(
                "VIVA_GRADE_LEASE_SECONDS", default=60, validate=validate.Range(min=5)
            ),
            log_level=env.str(
                "VIVA_LOG_LEVEL",
                default="INFO",
                validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]),
            ),
        )
    except EnvError as error:
        raise SystemExit(f"Viva cannot start. {error}") from None
