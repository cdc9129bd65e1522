"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def markdown_preview(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def question_new(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def question_edit(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def question_delete(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def question_move(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
