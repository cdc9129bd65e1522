"""Which judge grades, and with what eyes."""

from django.conf import settings

from grading.embedders.onnx import get_embedder
from grading.grader.seam import Embedder, Judge
from grading.judges.local import LocalJudge


def make_judge(embedder: Embedder, *, name: str = "") -> Judge:
    """The judge of that name, or the configured one. Raises ValueError for an unknown name."""
    name = name or settings.GRADING_JUDGE
    if name == "local":
        return LocalJudge(embedder)
    raise ValueError(f"There is no judge called {name!r}; there is: local.")


def make_embedder() -> Embedder:
    """The bundled embedding model, one a process."""
    return get_embedder()
