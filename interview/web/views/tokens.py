"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def tokens(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def token_revoke(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
