"""What Viva reads from its environment: every setting, checked before anything starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import Env, EnvError, validate

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Environment:
    """One process's settings. Field names are explained in docs/operators.md."""

    database: dict[str, Any]
    redis_url: str
    secret_key: str
    url: str
    debug: bool
    static_root: Path
    email: dict[str, Any]
    signup_open: bool
    judge: str
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


def read_environment() -> Environment:
    """Read every setting, or leave the process with one sentence that names the wrong one."""
    env = Env()
    try:
        return Environment(
            database=env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True),
            redis_url=env.str("REDIS_URL", validate=validate.Regexp(r"(rediss?|unix)://\S+")),
            secret_key=env.str("VIVA_SECRET_KEY", validate=validate.Length(min=40)),
            url=public_url(env.str("VIVA_URL")),
            debug=env.bool("VIVA_DEBUG", default=False),
            static_root=env.path("VIVA_STATIC_ROOT", default=ROOT / ".viva" / "static"),
            email=env.dj_email_url("VIVA_EMAIL_URL", default="console:"),
            signup_open=env.bool("VIVA_SIGNUP_OPEN", default=True),
            judge=env.str("VIVA_JUDGE", default="local", validate=validate.OneOf(["local"])),
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
