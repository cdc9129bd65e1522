"""What gives a question, an answer or mere furniture away in a line of somebody's document."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

INLINE = MarkdownIt("commonmark").enable("strikethrough")

NUMBER = re.compile(
    r"\s*(?:"
    r"[(\[]?(?:Q|Ques|Question)\s*\.?\s*\#?\d*[)\]]?\s*[.:)\-\u2013\u2014]+\s*"  # Q3. | Q:
    r"|(?:Q|Ques|Question)\s*\#?\d+\s+"  # Q3 What
    r"|[(\[]?\#?\d+(?:\.\d+)*[)\]]?\s*(?:[.:)]|[-\u2013\u2014](?=\s))\s*"  # 3. | 3) | (3): | 3 -
    r"|[(\[]\d+[)\]]\s*"  # (3)
    r"|\d+(?:\.\d+)+\s+"  # 1.2 What
    r")(?=\S)",
    re.IGNORECASE,
)
OPENER = re.compile(
    r"(?:what|why|how|when|where|which|who|whose|explain|describe|compare|contrast|define|discuss|"
    r"differentiate|distinguish|outline|suppose|imagine|implement|write|tell me|walk me|"
    r"can you|could you|do you|have you|(?:the )?differences? between)(?:['\u2019](?:s|re))?\b",
    re.IGNORECASE,
)
FURNITURE = re.compile(
    r"(?:(?:table of )?contents?|toc|index|introduction|intro|overview|preface|about\b.*|"
    r"conclusions?|summary|resources?|references|(?:further|more) reading|see also|contribut\w+|"
    r"licen[sc]e|acknowledge?ments?|credits|authors?|contact|support|disclaimer|prerequisites?|"
    r"how to (?:use|contribute)\b.*|getting started|changelog|glossary|.*\btips\b.*|"
    r"final (?:words|thoughts)|feedback|links|sources)[\s:!.]*",
    re.IGNORECASE,
)
CONTENTS = re.compile(r"\W*(?:(?:table of )?contents?|toc|index)\W*", re.IGNORECASE)
QUESTIONS_AHEAD = re.compile(r"\b(?:questions?|interviews?|quiz|faqs?|q ?& ?a)\b", re.IGNORECASE)

_STARS = r"[*_]{0,3}"
QUESTION_MARK = re.compile(
    rf" {{0,3}}{_STARS}(?:Q|Ques|Question)\s*\#?\d*\s*(?:{_STARS}\s*[:.)]|{_STARS}[:.)])"
    rf"\s*{_STARS}\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_ANSWER = r"(?:reference |model |sample |short )?(?:answer|solution|explanation)"
ANSWER_MARK = re.compile(
    rf" {{0,3}}{_STARS}(?:(?:A|Ans|{_ANSWER})\s*\#?\d*\s*{_STARS}\s*:|(?:A\d+|Ans\d*)\s*[.)])"
    rf"\s*{_STARS}(?P<gap>\s*)(?P<rest>.*)",
    re.IGNORECASE,
)
BARE_ANSWER = re.compile(
    rf" {{0,3}}(?:#{{1,6}}\s+)?{_STARS}{_ANSWER}\s*\d*\s*:?{_STARS}\s*:?\s*#*", re.IGNORECASE
)
ANSWER_ON_SAME_LINE = re.compile(
    rf"(?<=[?.*])\s+(?={_STARS}(?:A|Ans|Answer)\s*\d*\s*{_STARS}\s*:)", re.IGNORECASE
)
CHOICE = re.compile(rf" {{0,3}}{_STARS}B\s*[:.)]")  # what follows A: in a list of choices
ANSWER_SUMMARY = re.compile(
    rf"(?:\W*(?:show|view|see|reveal|click|toggle|expand|hide)\b.*|\W*(?:the )?{_ANSWER}s?\b.*|"
    r"\W*(?:hints?|details)\W*)",
    re.IGNORECASE,
)
RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}")
_TOP = (
    r"(?:back|return|go|jump|scroll)?\s*(?:to)?\s*(?:the )?(?:top|(?:table of )?contents|toc|index)"
)
TO_TOP = re.compile(rf"\W*{_TOP}\W*|[\W\s]*[⬆↑↥▲⤴🔝][\W\s]*", re.IGNORECASE)


def plain(markup: str) -> str:
    """Inline Markdown as one line of words; code keeps its backticks, HTML tags go."""
    return " ".join(_words(INLINE.parseInline(markup.strip())).split())


def _words(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type == "code_inline":
            parts.append(f"`{token.content}`")
        elif token.children is not None:
            parts.append(_words(token.children))
        elif token.type != "html_inline":
            parts.append(token.content)
    return "".join(parts)


def without_number(title: str) -> str:
    """The title without '3.', 'Q3:', 'Question 3 -' and the like in front."""
    return title[match.end() :].strip() if (match := NUMBER.match(title)) else title


def is_numbered(title: str) -> bool:
    return NUMBER.match(title) is not None


def asks(title: str) -> bool:
    """Whether the words themselves, numbered or not, are a question."""
    words = re.sub(r"`[^`]*`", "", without_number(title))
    return "?" in words or OPENER.match(words) is not None


def marked_question(line: str) -> str | None:
    """What follows 'Q:' in a line that begins so, or None."""
    match = QUESTION_MARK.fullmatch(line)
    return _unbolded(match["rest"]) if match else None


def marked_answer(line: str, following: str = "") -> str | None:
    """What follows 'A:' in a line that begins so; "" for a bare marker; None for no marker."""
    if BARE_ANSWER.fullmatch(line):
        return ""
    match = ANSWER_MARK.fullmatch(line)
    if match is None or CHOICE.match(following):
        return None
    return _unbolded(match["rest"])


def is_contents(heading: str) -> bool:
    return CONTENTS.fullmatch(heading) is not None


def is_rule(line: str) -> bool:
    return RULE.fullmatch(line.rstrip()) is not None


def is_to_top(line: str) -> bool:
    """Whether a line is nothing but a link to the top of the document or to its contents."""
    if "](#" not in line and not re.search(r"<a\s[^>]*href=[\"']#", line):
        return False
    return TO_TOP.fullmatch(re.sub(r"<[^>]+>", "", plain(line)).strip()) is not None


def is_anchor(line: str) -> bool:
    """Whether a line is HTML without a word or picture in it: link targets, wrappers, toc marks."""
    if re.fullmatch(r"\s*<!--\s*/?toc\w*\s*-->\s*", line, re.IGNORECASE):
        return True
    tags = r"\s*(?:<a\s+(?:name|id)=[^>]*>\s*(?:</a>)?\s*)+"
    return re.fullmatch(tags, line, re.IGNORECASE) is not None


def _unbolded(rest: str) -> str:
    """`rest` without the closing stars of a bold span that began before it."""
    text = re.sub(r"`[^`]*`", "", rest)
    if text.count("**") % 2:
        return rest.replace("**", "", 1)
    return rest
