"""One error shape: application/problem+json (RFC 9457)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView, exception_handler

from grading.operations.reviews import ReviewError, StaleGradeError
from interview.operations.answers import AnswerError
from interview.operations.follow_ups import FollowUpError
from interview.operations.sessions import SessionError

MEDIA_TYPE = "application/problem+json"


class InvalidParameterSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField(
        required=False, help_text="JSON Pointer into the body that was sent."
    )
    parameter = serializers.CharField(required=False, help_text="Name of the query parameter.")
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """The shape of every error, for the schema."""

    type = serializers.CharField(help_text="A name for the kind of problem, fit for programs.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened this time, fit for people.")
    instance = serializers.CharField(help_text="The address that was asked.")
    errors = InvalidParameterSerializer(many=True, required=False)  # type: ignore[assignment]  # DRF has .errors too


@dataclass(frozen=True, slots=True)
class _Refusal:
    """How an error from elsewhere is told."""

    error: type[Exception]
    status: int
    code: str


# The first that fits.
_REFUSALS = (
    _Refusal(AnswerError, 409, "answer_not_taken"),
    _Refusal(FollowUpError, 409, "follow_up_not_offered"),
    _Refusal(SessionError, 422, "session_not_possible"),
    _Refusal(StaleGradeError, 409, "grade_not_current"),
    _Refusal(ReviewError, 422, "ruling_not_possible"),
    _Refusal(RequestDataTooBig, 413, "content_too_large"),
)


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Tell any error the API expects; one that is our own fault stays Django's to report."""
    told = _as_api_exception(error)
    response = exception_handler(told, context)
    if response is None:
        return None
    request: Request = context["request"]
    code = _code_of(told)
    response.data = {
        "type": f"urn:viva:problem:{code.replace('_', '-')}",
        "title": code.replace("_", " ").capitalize(),
        "status": response.status_code,
        "detail": "Some of what was sent cannot be used."
        if isinstance(told, ValidationError)
        else _printable(response.data["detail"]),
        "instance": request.path,
    }
    if isinstance(told, ValidationError):
        reading = request.method in SAFE_METHODS
        response.data["errors"] = list(_invalid(told.detail, (), reading=reading))
    response.content_type = MEDIA_TYPE
    return response


def _as_api_exception(error: Exception) -> Exception:
    for refusal in _REFUSALS:
        if isinstance(error, refusal.error):
            told = APIException(str(error), code=refusal.code)
            told.status_code = refusal.status
            return told
    return error


def _code_of(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "validation_failed"
    if isinstance(error, APIException):
        codes = error.get_codes()
        return codes if isinstance(codes, str) else error.default_code
    # Http404 and PermissionDenied, which exception_handler translates on its own
    return "not_found" if "404" in type(error).__name__ else "permission_denied"


def _invalid(detail: Any, path: tuple[str, ...], *, reading: bool) -> Iterator[dict[str, str]]:
    """One entry an error, however deep it was found."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            own = key == api_settings.NON_FIELD_ERRORS_KEY
            yield from _invalid(inner, path if own else (*path, str(key)), reading=reading)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            deeper = (*path, str(index)) if isinstance(inner, dict | list) else path
            yield from _invalid(inner, deeper, reading=reading)
    else:
        where = {"parameter": ".".join(path)} if reading else {"pointer": _pointer(path)}
        yield {**where, "detail": _printable(detail)}


def _pointer(path: tuple[str, ...]) -> str:
    """RFC 6901, as a URI fragment."""
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in path)
    return "#" + "".join(f"/{quote(_printable(part), safe='~')}" for part in escaped)


def _printable(text: object) -> str:
    """Messages may repeat what was sent, and half of a surrogate pair cannot be sent back."""
    return str(text).encode("utf-8", "replace").decode()


class UnknownAddress(APIView):
    """Whatever no other address of the API matched, in the API's own error shape."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        hint = "" if request.path.endswith("/") else " Addresses end with a slash."
        raise NotFound(f"There is nothing at this address.{hint}")


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own fault, in the shape of whatever was asked: a problem, or the site's page."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    told = {
        "type": "urn:viva:problem:server-error",
        "title": "Server error",
        "status": 500,
        "detail": "Something went wrong on our side. Try again later.",
        "instance": request.path,
    }
    return JsonResponse(told, status=500, content_type=MEDIA_TYPE)
