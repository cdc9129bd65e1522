"""The one way from people's Markdown to HTML on a page."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TOP_HEADING = 3  # a page's own h1 and h2 stay above whatever a person writes
LOWEST_HEADING = 6

_TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a"),
    *("ul", "ol", "li", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"class"}, "td": {"class"}}
_SCROLL = '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>'


@lru_cache(maxsize=256)
def render_markdown(text: str) -> SafeString:
    """Turn Markdown of unknown origin into HTML that is safe to show.

    Raw HTML appears as the characters that were typed, images as their description. The
    highest heading becomes an h3 and the others keep their distance below it.
    """
    # Two gates on purpose: the parser writes no HTML of the author's, and nh3 allows only ours.
    html = nh3.clean(
        _parser().render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
    # After cleaning every "<table>" is ours: a typed one is "&lt;table&gt;" by now.
    html = html.replace("<table>", _SCROLL).replace("</table>", "</table></div>")
    return mark_safe(html)  # noqa: S308 - cleaned by nh3 two lines above


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.push("headings", _shift_headings)
    parser.core.ruler.push("columns", _align_by_class)
    parser.add_render_rule("image", _describe_image)
    return parser


def _shift_headings(state: StateCore) -> None:
    headings = [token for token in state.tokens if token.type in {"heading_open", "heading_close"}]
    shift = TOP_HEADING - min((int(token.tag[1]) for token in headings), default=TOP_HEADING)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + shift, LOWEST_HEADING)}"


def _align_by_class(state: StateCore) -> None:
    """Columns of figures keep their alignment without a style attribute, which the CSP forbids."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"}:
            style = str(token.attrs.pop("style", ""))
            if style == "text-align:right":
                token.attrSet("class", "n")


def _describe_image(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any
) -> str:
    return escape(tokens[index].content)
