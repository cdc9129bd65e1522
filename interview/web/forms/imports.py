"""A document to import: a file, or its text pasted."""

from dataclasses import dataclass
from typing import Any

from django import forms

from interview.formats.source import LARGEST

PASTED = "pasted text"


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a document, unread, and what to call it in messages."""

    name: str
    content: bytes


class ImportForm(forms.Form):
    file = forms.FileField(
        label="Markdown file",
        required=False,
        allow_empty_file=True,
        max_length=200,
        help_text="One .md file of at most 2 MB.",
        widget=forms.FileInput(attrs={"accept": ".md,.markdown,.txt,text/markdown,text/plain"}),
    )
    text = forms.CharField(
        label="Or paste its text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "source", "rows": 8, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        file, text = found.get("file"), found.get("text", "")
        if self.errors:
            return found
        if file and text.strip():
            raise forms.ValidationError("Choose a file or paste a text, not both.")
        if file and file.size > LARGEST:
            self.add_error("file", "This file is larger than 2 MB. Split it into several.")
        elif file:
            found["document"] = Document(file.name, file.read())
        elif text.strip():
            found["document"] = Document(PASTED, text.encode())
        else:
            raise forms.ValidationError("Choose a file or paste a text first.")
        return found


class AnswersForm(ImportForm):
    """Answers that were given elsewhere."""

    file = forms.FileField(
        label="CSV file",
        required=False,
        allow_empty_file=True,
        max_length=200,
        help_text="One .csv file of at most 2 MB, in UTF-8. Import a larger one in parts.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
