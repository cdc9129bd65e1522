"""Longer text that people type."""

import re
from typing import Any

from django import forms


class ProseField(forms.CharField):
    """Text with plain line ends and no blank edges; indentation stays, as it may be code."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        text = re.sub(r"\r\n?", "\n", super().to_python(value) or "")
        return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip()
