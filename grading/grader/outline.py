"""The outline of a Markdown answer: lists with what leads them, and prose."""

import re
from dataclasses import dataclass
from typing import Final

from grading.grader.text import FENCE, clauses, plain, words

LIST_ITEM: Final = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?P<body>.*)$")
HEADING: Final = re.compile(r"^\s*#{1,6}\s+(?P<body>.*?)\s*#*$")
BOLD_LEAD: Final = re.compile(r"^(?:\*\*|__)(?P<term>.+?)(?:\*\*|__)(?P<rest>.*)$")
ROW: Final = re.compile(r"^\s*\|(?P<body>.*)\|\s*$")
RULE: Final = re.compile(r"^[\s|:*_=+-]*$")
SPEAKER: Final = re.compile(
    r"^\s*(?:\*\*)?(?P<who>Q|A|Question|Answer)\s*:\s*(?:\*\*)?\s*", re.IGNORECASE
)
# Labels that say what kind of thing the code below them is, and nothing about the subject.
GENERIC: Final = re.compile(
    r"^(?:(?:prompt |data )?(?:components?|architecture|implementation|process|structure|examples?"
    r"|metrics|evolution|workflow|setup|overview|formulas?|usage|code|diagram|steps|cost \w+)"
    r"(?: (?:with|in|of|using) .*| \w+)?|how .*|using .*)$",
    re.IGNORECASE,
)
NUMBER: Final = re.compile(r"^\d{1,3}[.)]\s+")


@dataclass(frozen=True, slots=True)
class Item:
    text: str
    is_bold: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A list with the heading or sentence that leads it, or a paragraph as its sentences."""

    lead: str
    items: tuple[Item, ...]
    is_list: bool


def outline(markdown: str) -> list[Group]:
    """Return the groups of an answer in order. Code, diagrams and rules are left out."""
    reader = _Reader()
    fence = ""
    for line in markdown.splitlines():
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif mark:
            fence = mark[1]
            reader.code()
        else:
            reader.line(line)
    return reader.finish()


class _Reader:
    """Reads line by line. A label is a heading or a bold line; what follows says what it is for:
    before a list or another label it leads, before code or prose it is a point of its own."""

    def __init__(self) -> None:
        self._groups: list[Group] = []
        self._lead = ""
        self._pending = ""  # a label whose use is not known yet
        self._items: list[Item] = []
        self._terms: list[Item] = []  # labels that turned out to be points
        self._prose: list[str] = []
        self._blank = False

    def line(self, line: str) -> None:
        if not line.strip():
            self._blank = True
            self._end_prose()
            return
        after_blank, self._blank = self._blank, False
        item, row = LIST_ITEM.match(line), ROW.match(line)
        label = _label(line)
        if row and RULE.match(line):
            return
        if label:
            self._end_list()
            self._end_prose()
            self._add_label(label)
        elif item or row:
            self._end_prose()
            self._lead, self._pending = self._pending or self._lead, ""
            body = item["body"] if item else " — ".join(
                cell.strip() for cell in (row["body"] if row else "").split("|")
            )  # fmt: skip
            self._items.append(_item(body))
        elif self._items and (not after_blank or line.startswith((" ", "\t"))):
            last = self._items.pop()
            self._items.append(Item(f"{last.text} {plain(line)}", last.is_bold))
        elif not RULE.match(line):
            self._end_list()
            self._prose.append(SPEAKER.sub("", line) if not self._prose else line)

    def code(self) -> None:
        self._end_prose()
        if self._pending and not GENERIC.match(self._pending):
            self._terms.append(_item(self._pending, is_bold=True))
        self._pending = ""

    def finish(self) -> list[Group]:
        self._end_list()
        self._end_prose()
        self.code()
        self._end_terms()
        return [group for group in self._groups if group.items]

    def _add_label(self, label: str) -> None:
        if self._pending:
            self._end_terms()
            self._lead = self._pending
        self._pending = label

    def _end_list(self) -> None:
        if self._items:
            self._end_terms(keep_lead=True)
            self._groups.append(Group(self._lead, tuple(self._items), is_list=True))
            self._items = []
            self._lead = ""

    def _end_terms(self, *, keep_lead: bool = False) -> None:
        if self._terms:
            lead = "" if keep_lead else self._lead
            self._groups.append(Group(lead, tuple(self._terms), is_list=True))
            self._terms = []
            self._lead = self._lead if keep_lead else ""

    def _end_prose(self) -> None:
        if not self._prose:
            return
        text, self._prose = "\n".join(self._prose), []
        self._end_terms()
        found = [clause.text for clause in clauses(text)]
        if found and found[-1].endswith(":"):
            self._pending = found.pop().rstrip(":")
        elif self._pending:
            self._pending = ""
        bold = re.findall(r"(?:\*\*|__)(.+?)(?:\*\*|__)", text)
        items = (Item(t, any(plain(term) in t for term in bold)) for t in found)
        self._groups.append(Group("", tuple(item for item in items if _says(item)), is_list=False))


def _label(line: str) -> str:
    """The words of a heading, or of a line that a bold term opens and a colon (or nothing) ends."""
    heading = HEADING.match(line)
    if heading:
        return NUMBER.sub("", plain(heading["body"])).rstrip(":")
    lead = BOLD_LEAD.match(line.strip())
    if lead is None or SPEAKER.match(line):
        return ""
    rest = lead["rest"].strip()
    whole = plain(line.strip())
    return NUMBER.sub("", whole).rstrip(":") if rest in {"", ":"} or rest.endswith(":") else ""


def _item(body: str, *, is_bold: bool = False) -> Item:
    return Item(
        NUMBER.sub("", plain(body)).rstrip(":"), is_bold or bool(BOLD_LEAD.match(body.strip()))
    )


def _says(item: Item) -> bool:
    return len(words(item.text)) > 2  # noqa: PLR2004 - a sentence has more
