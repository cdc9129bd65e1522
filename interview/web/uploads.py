"""What was uploaded and waits to be confirmed.

It waits on the server: what comes back from the browser is only its random name, good for the
person and team that uploaded it, and for the kind of document that it was.
"""

import secrets
from typing import Final, cast

from django.core.cache import cache

from interview.web.access import TeamRequest
from interview.web.forms.imports import Document

KEPT_SECONDS: Final = 60 * 60
NOT_KEPT: Final = (
    "Uploads cannot be kept at the moment, so nothing was imported. Try again in a few minutes."
)


class UploadNotKeptError(Exception):
    """The cache is away; the message is for whoever uploads."""

    def __init__(self) -> None:
        super().__init__(NOT_KEPT)


def keep_upload(request: TeamRequest, upload: Document, *, kind: str) -> str:
    """Its random name. Raises UploadNotKeptError."""
    token = secrets.token_urlsafe(16)
    key = _key(request, token, kind)
    cache.set(key, (upload.name, upload.content), KEPT_SECONDS)
    if key not in cache:
        raise UploadNotKeptError
    return token


def kept_upload(request: TeamRequest, token: str, *, kind: str) -> Document | None:
    found = cast("tuple[str, bytes] | None", cache.get(_key(request, token, kind)))
    return Document(*found) if found else None


def drop_upload(request: TeamRequest, token: str, *, kind: str) -> None:
    cache.delete(_key(request, token, kind))


def _key(request: TeamRequest, token: str, kind: str) -> str:
    return f"{kind}:{request.membership.pk}:{token[:40]}"
