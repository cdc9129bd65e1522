"""From bytes to text whose lines are counted as an editor counts them."""

import re
from pathlib import Path

from interview.formats.document import FormatError

LARGEST = 2 * 1024 * 1024  # bytes; the longest question lists in the open are a quarter of this


def read_source(path: Path) -> str:
    """The text of a file; FormatError when it is missing, too large or not text."""
    if not path.is_file():
        raise FormatError("There is no such file.", source=path.name, line=1)
    with path.open("rb") as file:
        return text_of(file.read(LARGEST + 1), name=path.name)


def text_of(content: bytes, *, name: str) -> str:
    """Decoded and tidied text; FormatError when it is too large or not UTF-8 text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) > LARGEST and error.start > LARGEST - 4:
            return tidy("x" * (LARGEST + 1), name=name)  # a character cut in two by the limit
        line = content.count(b"\n", 0, error.start) + 1
        message = "This is not UTF-8 text. Save the document as UTF-8 and try again."
        raise FormatError(message, source=name, line=line) from error
    return tidy(text, name=name)


def tidy(text: str, *, name: str) -> str:
    """Text without byte order mark and with plain line ends; FormatError as in `text_of`."""
    if len(text.encode(errors="replace")) > LARGEST:
        message = "The document is larger than 2 MB. Split it into several files."
        raise FormatError(message, source=name, line=1)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FormatError("This is a binary file, not a text.", source=name, line=line)
    return re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff"))


def without_blank_edges(lines: list[str]) -> str:
    """The lines as text, without the blank ones at either end; everything between is kept."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return "\n".join(lines[start:end])
