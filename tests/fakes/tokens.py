"""A deterministic stand-in for the tokenizer: the same text has the same count, always."""

import json
from typing import Any

BYTES, TOKENS = 10, 3  # ten bytes of UTF-8 are three tokens: near today's tokenizer on prose


def count(text: str) -> int:
    """Tokens in a text, rounded up; an empty text has none."""
    return -(-len(text.encode()) * TOKENS // BYTES)


def count_block(block: dict[str, Any]) -> int:
    """Tokens of a content block or tool: of its text, or of its JSON where it has none."""
    text = block.get("text")
    return count(text if isinstance(text, str) else json.dumps(block, ensure_ascii=False))


def cut(text: str, tokens: int) -> str:
    """The longest beginning of ``text`` that fits in so many tokens."""
    kept = text.encode()[: tokens * BYTES // TOKENS]
    return kept.decode(errors="ignore")
