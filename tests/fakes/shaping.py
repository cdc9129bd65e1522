"""Writes a reply as the requested schema has it: its order, its fields, its enums."""

from typing import Any


def shape(schema: dict[str, Any], wanted: Any, root: dict[str, Any] | None = None) -> Any:
    """``wanted`` in the shape of ``schema``; what it does not say is filled with blanks.

    Required properties come first, in the schema's order, as the API generates them; optional
    ones only when there is something to say.
    """
    root = root or schema
    schema = resolve(schema, wanted, root)
    if options := [schema["const"]] if "const" in schema else schema.get("enum"):
        return choose(options, wanted)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if wanted is None and "null" in kinds:
        return None
    if "object" in kinds:
        return shape_object(schema, wanted, root)
    if "array" in kinds:
        rows = wanted if isinstance(wanted, list) else []
        return [shape(schema["items"], row, root) for row in rows]
    return scalar(kinds[0], wanted)


def resolve(schema: dict[str, Any], wanted: Any, root: dict[str, Any]) -> dict[str, Any]:
    """The schema itself behind references and alternatives; null only when nothing is said."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return resolve((root.get("$defs") or root["definitions"])[name], wanted, root)
    if variants := schema.get("anyOf") or schema.get("allOf"):
        null = [variant for variant in variants if variant.get("type") == "null"]
        rest = [variant for variant in variants if variant.get("type") != "null"]
        return resolve((null or rest)[0] if wanted is None else rest[0], wanted, root)
    return schema


def shape_object(schema: dict[str, Any], wanted: Any, root: dict[str, Any]) -> dict[str, Any]:
    """An object; a bare value stands for each of its properties."""
    properties = schema.get("properties", {})
    said = wanted if isinstance(wanted, dict) else dict.fromkeys(properties, wanted)
    required = [name for name in properties if name in schema.get("required", [])]
    optional = [name for name in properties if name not in required and name in said]
    return {name: shape(properties[name], said.get(name), root) for name in [*required, *optional]}


def choose(options: list[Any], wanted: Any) -> Any:
    """The option that is meant, whatever its case; the first when none is."""
    for option in options:
        if str(option).lower() == str(wanted).lower():
            return option
    return options[0]


def scalar(kind: str, wanted: Any) -> Any:
    """A string, number or boolean."""
    if kind == "string":
        return "" if wanted is None else str(wanted)
    if kind == "boolean":
        return bool(wanted)
    if kind == "null":
        return None
    number = wanted if isinstance(wanted, int | float) else 0
    return int(number) if kind == "integer" else number
