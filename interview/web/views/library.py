"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def library(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def set_detail(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def session_start(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
