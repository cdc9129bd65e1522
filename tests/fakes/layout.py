"""A request as the prompt cache sees it: one row of blocks, tools, then system, then messages."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from tests.fakes import tokens


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its exact bytes, its tokens, and how long it is to be kept (seconds, or None)."""

    part: str
    content: bytes
    tokens: int
    ttl: int | None


LIVES = {"5m": 300, "1h": 3600}


def lay_out(body: dict[str, Any]) -> list[Block]:
    """The blocks of a valid request in cache order.

    Keys keep the order in which they were sent: another order is another prefix, as is any
    other byte. ``cache_control`` itself is not part of what is compared.
    """
    rows = [("tools", tool) for tool in body.get("tools") or []]
    rows += [("system", block) for block in as_blocks(body.get("system") or [])]
    for message in body["messages"]:
        rows += [(message["role"], block) for block in as_blocks(message["content"])]
    blocks = [make_block(part, row) for part, row in rows]
    if body.get("cache_control") and blocks:  # top-level: marks the last block, whatever it is
        last = blocks[-1]
        blocks[-1] = Block(last.part, last.content, last.tokens, life(body["cache_control"]))
    return blocks


def as_blocks(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A string is short for one text block."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def make_block(part: str, row: dict[str, Any]) -> Block:
    """One block without its mark, and the mark."""
    plain = {name: value for name, value in row.items() if name != "cache_control"}
    content = json.dumps([part, plain], ensure_ascii=False).encode()
    mark = row.get("cache_control")
    return Block(part, content, tokens.count_block(plain), life(mark) if mark else None)


def life(mark: dict[str, str]) -> int:
    """Seconds that a breakpoint asks for."""
    return LIVES[mark.get("ttl", "5m")]


def cumulative_hashes(seed: str, blocks: list[Block]) -> list[str]:
    """The hash of everything up to and including each block."""
    running = hashlib.sha256(seed.encode())
    hashes = []
    for block in blocks:
        running.update(len(block.content).to_bytes(8, "big") + block.content)
        hashes.append(running.copy().hexdigest())
    return hashes


def seed(workspace: str, body: dict[str, Any]) -> str:
    """What makes two equal prompts different to the cache: whose, which model, how it answers."""
    config = body.get("output_config") or {}
    return json.dumps(
        [workspace, body["model"], body.get("thinking"), config.get("effort"), config.get("format")]
    )
