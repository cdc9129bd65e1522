"""Being built."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def set_import(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)


def set_import_confirm(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(status=501)
