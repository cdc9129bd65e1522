"""The API's way of saying no."""

from collections.abc import Mapping
from typing import Any

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class Refused(Exception):  # noqa: N818 - the word of the domain, as in "the request was refused"
    """A request that is answered with an error status."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "",
        error_code: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind or KINDS.get(status, "api_error")
        self.error_code = error_code
        self.headers = dict(headers or {})

    def body(self, request_id: str | None) -> dict[str, Any]:
        """The error as JSON; also the data of an ``error`` event and of an errored batch item."""
        error: dict[str, Any] = {"type": self.kind, "message": self.message}
        if self.error_code:
            error["details"] = {"error_code": self.error_code}
        return {"type": "error", "error": error, "request_id": request_id}


def bad(message: str) -> Refused:
    """A 400: the request itself is wrong."""
    return Refused(400, message)
