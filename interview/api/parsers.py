"""What the API reads: JSON, no longer than Django would take a form."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser


class ContentTooLarge(APIException):
    status_code = 413
    default_code = "content_too_large"


class BoundedJSONParser(JSONParser):
    """JSON, refused unread when it is too long: DRF reads past Django's own limit."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        request = (parser_context or {}).get("request")
        # The server gives us no more bytes than the header names, so it can be believed.
        if request is not None and int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            raise ContentTooLarge(f"A request has at most {limit:,} bytes.")
        return super().parse(stream, media_type, parser_context)
