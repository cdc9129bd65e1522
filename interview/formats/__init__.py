"""Markdown in and out of a question set: our own format, and other people's documents."""

from pathlib import Path

from interview.formats.document import FormatError, SetDocument
from interview.formats.front_matter import names_a_set
from interview.formats.markdown import read_folder, read_set
from interview.formats.outline import read_outline
from interview.formats.source import read_source, tidy

__all__ = ["FormatError", "SetDocument", "read_path", "read_text"]


def read_path(path: Path) -> SetDocument:
    """The question set in a file of any shape we know, or in a folder of our own format.

    FormatError when it cannot be read; nothing of it may be used then.
    """
    if path.is_dir():
        return read_folder(path)
    return read_text(read_source(path), name=path.name)


def read_text(text: str, *, name: str) -> SetDocument:
    """The question set in a text; `name` is the file's, for messages. FormatError as above."""
    tidied = tidy(text, name=name)
    if names_a_set(tidied):
        return read_set(tidied, name=name)
    return read_outline(tidied, name=name)
