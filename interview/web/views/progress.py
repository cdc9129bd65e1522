"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def progress(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def team_progress(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
