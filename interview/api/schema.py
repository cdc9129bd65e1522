"""The OpenAPI schema: what every operation has in common is said here once."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema

from interview.api.problems import MEDIA_TYPE, ProblemSerializer

REASONS = {
    "400": "Something that was sent cannot be used.",
    "401": "No token or session, or one that has expired.",
    "403": "Your role or the token's scopes do not allow it.",
    "404": "Not there, or not within your reach.",
    "409": "Too late: what it is about has moved on.",
    "422": "Understood, and not possible.",
}


class ProblemSchema(AutoSchema):
    """Adds the problems that each operation may answer with."""

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        statuses = {"401", "403"}
        if "{" in self.path:
            statuses.add("404")
        if self.method == "POST":
            statuses |= {"400"} | {str(code) for code in getattr(self.view, "refusals", ())}
        if self._is_list_view() or getattr(self.view, "may_be_wrong", False):
            statuses.add("400")
        for status in sorted(statuses - bodies.keys()):
            body = self._get_response_for_code(  # type: ignore[no-untyped-call]  # it has no types
                ProblemSerializer, status, [MEDIA_TYPE], direction
            )
            bodies[status] = body | {"description": REASONS[status]}
        return bodies
