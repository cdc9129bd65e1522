"""The rules for a schema in ``output_config.format``, as strict as structured outputs are."""

import re
from collections.abc import Iterator
from typing import Any

from tests.fakes.errors import bad

OPTIONAL_ALLOWED = 24
UNIONS_ALLOWED = 16
TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}
ANYWHERE = {
    "type", "enum", "const", "anyOf", "allOf", "$ref", "$defs", "definitions",
    "title", "description", "default",
}  # fmt: skip
BY_TYPE = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items"},
    "string": {"format", "pattern"},
}
STRING_FORMATS = {
    "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
}  # fmt: skip
UNREADABLE = re.compile(r"\(\?(?!:)|\\[1-9bB]")  # looking around and back, word boundaries


def check_format(form: object) -> None:
    """Raises Refused (400) unless this is a ``json_schema`` format that the API accepts."""
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        raise bad("output_config.format.type: Input should be 'json_schema'")
    if extra := set(form) - {"type", "schema"}:
        raise bad(f"output_config.format.{min(extra)}: Extra inputs are not permitted")
    schema = form.get("schema")
    if not isinstance(schema, dict):
        raise bad("output_config.format.schema: Field required")
    if schema.get("type") != "object" and "$ref" not in schema:
        raise refuse("the root must be of type 'object'")
    check_shape(schema)
    nodes = list(walk(schema))
    definitions = schema.get("$defs", {}) | schema.get("definitions", {})
    for node in nodes:
        check_node(node, definitions)
    refuse_recursion(schema, definitions, ())
    optional = sum(
        len(set(node.get("properties", {})) - set(node.get("required", []))) for node in nodes
    )
    if optional > OPTIONAL_ALLOWED:
        raise refuse(f"too many optional parameters ({optional}, at most {OPTIONAL_ALLOWED})")
    unions = sum("anyOf" in node or isinstance(node.get("type"), list) for node in nodes)
    if unions > UNIONS_ALLOWED:
        raise refuse(f"too many parameters with union types ({unions}, at most {UNIONS_ALLOWED})")


def refuse(reason: str) -> Exception:
    """The 400 of a schema that cannot be used."""
    return bad(f"output_config.format.schema: {reason}")


def check_shape(schema: object) -> None:
    """Schemas stand where schemas belong, all the way down."""
    if not isinstance(schema, dict):
        raise refuse("a schema must be an object")
    for name in ("properties", "$defs", "definitions"):
        if not isinstance(schema.get(name, {}), dict):
            raise refuse(f"'{name}' must be an object")
        for inner in schema.get(name, {}).values():
            check_shape(inner)
    for name in ("anyOf", "allOf"):
        if name in schema and not (isinstance(schema[name], list) and schema[name]):
            raise refuse(f"'{name}' must list schemas")
        for inner in schema.get(name, []):
            check_shape(inner)
    if "items" in schema:
        check_shape(schema["items"])
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise refuse("'required' must list names of properties")


def walk(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every schema inside this one, itself first."""
    yield schema
    for name in ("properties", "$defs", "definitions"):
        for inner in schema.get(name, {}).values():
            yield from walk(inner)
    for name in ("anyOf", "allOf"):
        for inner in schema.get(name, []):
            yield from walk(inner)
    if "items" in schema:
        yield from walk(schema["items"])


def check_node(node: dict[str, Any], definitions: dict[str, Any]) -> None:
    """One schema, without what lies inside it."""
    kinds = node.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    for kind in kinds:
        if not isinstance(kind, str) or kind not in TYPES:
            raise refuse(f"unknown type {kind!r}")
    allowed = ANYWHERE.union(*(BY_TYPE.get(kind, set()) for kind in kinds))
    if extra := set(node) - allowed:
        of = f"For '{kinds[0]}' type, property" if kinds else "Property"
        raise refuse(f"{of} '{min(extra)}' is not supported")
    if not kinds and not set(node) & {"anyOf", "allOf", "enum", "const", "$ref"}:
        raise refuse("every schema needs a 'type', 'anyOf', 'allOf', 'enum', 'const' or '$ref'")
    if "object" in kinds:
        check_object(node)
    if "enum" in node and not (
        isinstance(node["enum"], list)
        and node["enum"]
        and all(is_plain(value) for value in node["enum"])
    ):
        raise refuse("'enum' must list strings, numbers, booleans or null")
    if not is_plain(node.get("const")):
        raise refuse("'const' must be a string, number, boolean or null")
    form = node.get("format", "uuid")
    if not isinstance(form, str) or form not in STRING_FORMATS:
        raise refuse(f"string format {form!r} is not supported")
    pattern = node.get("pattern", "")
    if not isinstance(pattern, str) or UNREADABLE.search(pattern):
        raise refuse("'pattern' must be a regular expression that looks neither around nor back")
    if any("$ref" in inner for inner in node.get("allOf", [])):
        raise refuse("'allOf' with '$ref' is not supported")
    if "$ref" in node and referenced(node) not in definitions:
        raise refuse(f"$ref {node['$ref']!r} does not name a definition of this schema")


def is_plain(value: object) -> bool:
    """What may be written as it is: no list and no object."""
    return value is None or isinstance(value, str | int | float)


def check_object(node: dict[str, Any]) -> None:
    """An object is closed, and requires only what it has."""
    if node.get("additionalProperties") is not False:
        raise refuse("For 'object' type, 'additionalProperties' must be explicitly set to false")
    if missing := set(node.get("required", [])) - set(node.get("properties", {})):
        raise refuse(f"required property {min(missing)!r} is not among the properties")


def referenced(node: dict[str, Any]) -> str:
    """The name of the definition that a ``$ref`` points at."""
    return str(node["$ref"]).removeprefix("#/$defs/").removeprefix("#/definitions/")


def refuse_recursion(
    node: dict[str, Any], definitions: dict[str, Any], above: tuple[str, ...]
) -> None:
    """A definition may not contain itself."""
    for inner in walk({name: part for name, part in node.items() if "def" not in name}):
        if "$ref" in inner:
            name = referenced(inner)
            if name in above:
                raise refuse("recursive schemas are not supported")
            refuse_recursion(definitions[name], definitions, (*above, name))
