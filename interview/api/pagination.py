"""Pages that stay put while new rows arrive."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class NewestFirst(CursorPagination):
    """A cursor over the newest rows; ``?page_size=`` up to 200."""

    ordering: Any = ("-id",)
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(  # type: ignore[override]  # a cursor needs columns, so no plain sequence
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        self.model: type[Model] = queryset.model
        return super().paginate_queryset(queryset, request, view)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor is only text from outside: its position must be a value of the column."""
        cursor = super().decode_cursor(request)
        if cursor is not None and isinstance(cursor.position, str):
            column = self.model._meta.get_field(self.ordering[0].lstrip("-"))
            try:
                column.to_python(cursor.position)
            except ValidationError:
                raise NotFound(self.invalid_cursor_message) from None
            if "\0" in cursor.position:
                raise NotFound(self.invalid_cursor_message)
        return cursor


class NewestSubmittedFirst(NewestFirst):
    ordering = ("-submitted_at", "-id")


class ByTitle(NewestFirst):
    ordering = ("title", "id")


class ByOrder(NewestFirst):
    ordering = ("order", "slug")
