"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def session(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def session_finish(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def room(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def room_draft(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def room_submit(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
