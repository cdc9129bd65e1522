"""Stable names: the same text always gets the same slug."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 80  # characters of a set's or a question's slug
LONGEST_TOPIC = 50
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug_fault(slug: str, longest: int = LONGEST) -> str:
    """What is wrong with a slug that a person wrote, as the end of a sentence, or ""."""
    if not SLUG.fullmatch(slug):
        return "must be lower-case letters, digits and single hyphens"
    if len(slug) > longest:
        return f"is longer than {longest} characters"
    return ""


def slug_of(text: str, longest: int = LONGEST) -> str:
    """Lower-case ASCII words joined by hyphens, cut between words at `longest` characters.

    A text without any Latin letter or digit is named by a hash, so its slug does not
    depend on where in the document it stands.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", re.sub("['\u2019`]", "", plain.lower()))
    slug = "-".join(words)
    if not slug:
        return "q-" + hashlib.sha256(text.encode()).hexdigest()[:10]
    if len(slug) > longest:
        cut = slug[: longest + 1].rpartition("-")[0]
        slug = cut or slug[:longest]
    return slug


def unique_slugs(texts: Iterable[str]) -> list[str]:
    """One slug a text, in order; a repeated one gets -2, -3 and so on."""
    taken: dict[str, int] = {}  # slug → the highest number it has been given
    for text in texts:
        first = slug = slug_of(text)
        count = taken.get(first, 0)
        while slug in taken:
            count += 1
            tail = f"-{count}"
            slug = first[: LONGEST - len(tail)].rstrip("-") + tail
        taken[first] = max(count, 1)
        taken.setdefault(slug, 1)
    return list(taken)
