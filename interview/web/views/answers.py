"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def verdict(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def verdict_state(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def answer_retry(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
