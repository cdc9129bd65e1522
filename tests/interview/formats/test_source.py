from pathlib import Path

import pytest

from interview.formats.document import FormatError
from interview.formats.source import LARGEST, read_source, text_of, without_blank_edges


def fault_of(content: bytes) -> tuple[str, int, str]:
    with pytest.raises(FormatError) as caught:
        text_of(content, name="a.md")
    return caught.value.source, caught.value.line, caught.value.message


def test_byte_order_mark_and_line_ends_are_normalised() -> None:
    assert text_of(b"\xef\xbb\xbfa\r\nb\rc", name="a.md") == "a\nb\nc"


def test_text_that_is_not_utf8_is_refused_at_its_line() -> None:
    assert fault_of(b"one\ntwo \xff") == (
        "a.md",
        2,
        "This is not UTF-8 text. Save the document as UTF-8 and try again.",
    )


def test_binary_file_is_refused() -> None:
    assert fault_of(b"one\n\0") == ("a.md", 2, "This is a binary file, not a text.")


def test_largest_file_is_read_and_a_larger_one_refused() -> None:
    assert len(text_of(b"x" * LARGEST, name="a.md")) == LARGEST
    expected = ("a.md", 1, "The document is larger than 2 MB. Split it into several files.")
    assert fault_of(b"x" * (LARGEST + 1)) == expected


def test_large_file_is_refused_for_its_size_even_where_the_limit_cuts_a_letter(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"x" * LARGEST + "ü".encode())

    with pytest.raises(FormatError, match="larger than 2 MB"):
        read_source(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        read_source(tmp_path / "gone.md")

    assert str(caught.value) == "gone.md, line 1: There is no such file."


def test_only_blank_lines_at_the_edges_are_dropped() -> None:
    assert without_blank_edges(["", "    a", "", " b ", " "]) == "    a\n\n b "
