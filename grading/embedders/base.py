"""What every embedder shares."""

from grading.grader.seam import Embedder

__all__ = ["Embedder", "EmbedderUnavailable"]


class EmbedderUnavailable(Exception):  # noqa: N818 - named for what the caller does
    """The embedder cannot load until a person acts; the message says what is wrong."""
