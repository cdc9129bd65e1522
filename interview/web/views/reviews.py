"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def team_answers(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def review_answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def overrule_answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
