"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def team_sets(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def set_new(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def set_edit(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def set_publish(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def draft_discard(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
