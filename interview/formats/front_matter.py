"""The head of a file in our own format: `set`, `title`, `topics`."""

import re
from dataclasses import dataclass

import yaml

from interview.formats.document import (
    LONGEST_SET_TITLE,
    LONGEST_TOPIC_NAME,
    FormatError,
    TopicDraft,
)
from interview.formats.slugs import LONGEST_TOPIC, slug_fault

KEYS = ("set", "title", "topics")
FENCE = re.compile(r"---[ \t]*")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`first_line` is the number of lines the head takes, both fences included."""

    slug: str
    title: str
    topics: tuple[TopicDraft, ...]
    first_line: int


def head_of(lines: list[str]) -> list[str] | None:
    """The lines between the fences, or None when the text does not begin with a head."""
    if not lines or not FENCE.fullmatch(lines[0]):
        return None
    for number, line in enumerate(lines[1:], start=1):
        if FENCE.fullmatch(line):
            return lines[1:number]
    return None


def names_a_set(text: str) -> bool:
    """Whether the text begins as a document in our own format does."""
    lines = text.split("\n")
    head = head_of(lines)
    if head is None and lines and FENCE.fullmatch(lines[0]):
        head = lines[1:6]  # an unclosed head is still ours, and is told so by read_front_matter
    return any(re.match(r"set\s*:", line) for line in head or ())


def read_front_matter(lines: list[str], *, source: str) -> FrontMatter:
    """Read and check the head; FormatError names the line that is wrong."""
    head = head_of(lines)
    if head is None:
        message = "A question set begins with a line '---', its set and title, and another '---'."
        raise FormatError(message, source=source, line=1)
    values = _values(head, source)
    for key, node in values.items():
        if key not in KEYS:
            message = f"'{key}' is not known here; the keys are set, title and topics."
            raise FormatError(message, source=source, line=_line(node))
    slug = _text(values, "set", source)
    if fault := slug_fault(slug):
        message = f"The set's name '{slug}' {fault}."
        raise FormatError(message, source=source, line=_line(values["set"]))
    title = _text(values, "title", source, LONGEST_SET_TITLE)
    topics = _topics(values.get("topics"), source)
    return FrontMatter(slug=slug, title=title, topics=topics, first_line=len(head) + 2)


def _values(head: list[str], source: str) -> dict[str, yaml.Node]:
    try:
        root = yaml.compose("\n".join(head), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 2
        message = f"The head is not valid YAML here: {error.problem or error.context}."
        raise FormatError(message, source=source, line=line) from error
    except yaml.YAMLError as error:
        message = f"The head is not valid YAML: {str(error).splitlines()[0]}."
        raise FormatError(message, source=source, line=2) from error
    if root is None:
        return {}
    return _pairs(root, source, "The head")


def _pairs(node: yaml.Node, source: str, place: str) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        message = f"{place} is written as lines of 'name: value'."
        raise FormatError(message, source=source, line=_line(node))
    pairs: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise FormatError(
                f"{place} has a name that is not text.", source=source, line=_line(key)
            )
        if key.value in pairs:
            message = f"'{key.value}' stands here a second time; keep one of the two."
            raise FormatError(message, source=source, line=_line(key))
        pairs[key.value] = value
    return pairs


def _text(values: dict[str, yaml.Node], key: str, source: str, longest: int | None = None) -> str:
    node = values.get(key)
    if node is None:
        message = f"The head has no '{key}'; add a line '{key}: …'."
        raise FormatError(message, source=source, line=1)
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        message = f"'{key}' must be followed by its text on the same line."
        raise FormatError(message, source=source, line=_line(node))
    text = " ".join(node.value.split())
    if longest and len(text) > longest:
        message = f"'{key}' is longer than {longest} characters; shorten it."
        raise FormatError(message, source=source, line=_line(node))
    return text


def _topics(node: yaml.Node | None, source: str) -> tuple[TopicDraft, ...]:
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value.strip()):
        return ()
    pairs = _pairs(node, source, "The list of topics")
    topics = []
    for slug, name in pairs.items():
        if fault := slug_fault(slug, LONGEST_TOPIC):
            message = f"The topic '{slug}' {fault}."
            raise FormatError(message, source=source, line=_line(name))
        topics.append(TopicDraft(slug, _text(pairs, slug, source, LONGEST_TOPIC_NAME)))
    return tuple(topics)


def _line(node: yaml.Node) -> int:
    """Lines of a head are counted from 0 and stand below the first fence."""
    return int(node.start_mark.line) + 2
