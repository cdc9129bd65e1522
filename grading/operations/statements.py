"""Plain statements for what is done with every answer, where building a query costs more than it.

Names of tables and columns come from the models, and every value is a parameter.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


def insert(rows: Sequence[Model]) -> None:
    """Insert unsaved rows of one model in one statement. They do not learn their keys."""
    if not rows:
        return
    fields = _fields(type(rows[0]))
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection=connection)
        for row in rows
        for field in fields
    ]
    row = f"({', '.join(['%s'] * len(fields))})"
    with connection.cursor() as cursor:
        cursor.execute(f"{_into(type(rows[0]))} {', '.join([row] * len(rows))}", values)


def update(
    row: Model, names: Iterable[str], *, returning: str, **where: object
) -> tuple[Any] | None:
    """Save these fields of a row if the others still are as `where` says, and tell what a column
    holds then; None if they are not."""
    named = _by_name(type(row))
    fields = [named[name] for name in names]
    conditions = {named[name]: value for name, value in {"id": row.pk, **where}.items()}
    values = [
        *(f.get_db_prep_save(getattr(row, f.attname), connection=connection) for f in fields),
        *(f.get_db_prep_save(value, connection=connection) for f, value in conditions.items()),
    ]
    settings = ", ".join(f'"{field.column}" = %s' for field in fields)
    holding = " AND ".join(f'"{field.column}" = %s' for field in conditions)
    told = f'RETURNING "{named[returning].column}"'
    with connection.cursor() as cursor:
        cursor.execute(f"{_update(type(row))} SET {settings} WHERE {holding} {told}", values)
        found: tuple[Any] | None = cursor.fetchone()
        return found


@cache
def columns(model: type[Model], alias: str) -> str:
    """All columns of a model, for `instance` to read."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def instance(model: type[M], values: Sequence[Any]) -> M:
    """The row of a model whose `columns` these are."""
    names, converters = _reading(model)
    read = list(values)
    for at, convert in converters:
        read[at] = convert(read[at], None, connection)
    return model.from_db(connection.alias, names, read)


@cache
def _reading(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    fields = model._meta.concrete_fields
    converters = [
        (at, field.from_db_value)
        for at, field in enumerate(fields)
        if hasattr(field, "from_db_value")
    ]
    return [field.attname for field in fields], converters


@cache
def _fields(model: type[Model]) -> list[Any]:
    """What is given when a row is made: all but a key that the database counts up."""
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _by_name(model: type[Model]) -> dict[str, Any]:
    return {field.name: field for field in model._meta.concrete_fields}


@cache
def _update(model: type[Model]) -> str:
    return f'UPDATE "{model._meta.db_table}"'


@cache
def _into(model: type[Model]) -> str:
    names = ", ".join(f'"{field.column}"' for field in _fields(model))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES'
