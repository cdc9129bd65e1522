from django.core.files.uploadedfile import SimpleUploadedFile

from interview.formats.source import LARGEST
from interview.web.forms.imports import Document, ImportForm


def posted(text: str = "", content: bytes | None = None) -> ImportForm:
    files = {} if content is None else {"file": SimpleUploadedFile("set.md", content)}
    return ImportForm({"text": text}, files)  # type: ignore[arg-type]  # a plain dict serves


def test_a_file_or_a_text_is_taken() -> None:
    for form, document in (
        (posted(content=b"# A"), Document("set.md", b"# A")),
        (posted(text="# B"), Document("pasted text", b"# B")),
    ):
        assert form.is_valid()
        assert form.cleaned_data["document"] == document


def test_both_or_neither_are_refused() -> None:
    assert posted().non_field_errors() == ["Choose a file or paste a text first."]
    assert posted(text="  \n").is_valid() is False
    assert posted(text="a", content=b"b").non_field_errors() == [
        "Choose a file or paste a text, not both."
    ]


def test_a_large_file_is_refused() -> None:
    assert posted(content=b"x" * LARGEST).is_valid()
    assert list(posted(content=b"x" * (LARGEST + 1)).errors) == ["file"]
