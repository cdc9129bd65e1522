import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grading.embedders import onnx
from grading.embedders.base import EmbedderUnavailable
from grading.embedders.onnx import Hidden, Ids, OnnxEmbedder, get_embedder

SCALING = "Dividing by the root of the key dimension keeps the softmax from saturating."
PARAPHRASE = "Without the scaling factor the softmax saturates."
OTHER = "Retrieved documents are placed in the prompt."


def cosine(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def test_vectors_have_the_stated_dimensions_and_a_length_of_one() -> None:
    vectors = get_embedder().embed([SCALING, "", OTHER])

    assert [len(vector) for vector in vectors] == [384, 384, 384]
    assert [round(math.hypot(*vector), 5) for vector in vectors] == [1.0, 1.0, 1.0]


def test_a_paraphrase_is_nearer_than_another_subject() -> None:
    scaling, paraphrase, other = get_embedder().embed([SCALING, PARAPHRASE, OTHER])

    assert cosine(scaling, paraphrase) > 0.6
    assert cosine(scaling, other) < 0.2


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    alone = get_embedder().embed([SCALING])[0]

    assert get_embedder().embed([OTHER * 30, SCALING, "x"])[1] == alone


def test_what_lies_beyond_the_token_limit_is_not_seen() -> None:
    long = "softmax " * 400

    assert get_embedder().embed([long])[0] == get_embedder().embed([long + OTHER])[0]


def test_no_texts_give_no_vectors() -> None:
    assert get_embedder().embed([]) == []


def test_threads_that_meet_at_the_first_use_get_the_same_vectors() -> None:
    embedder = OnnxEmbedder()
    with ThreadPoolExecutor(4) as pool:
        vectors = list(pool.map(lambda _: embedder.embed([SCALING])[0], range(8)))

    assert vectors == [get_embedder().embed([SCALING])[0]] * 8


def test_a_process_has_one_embedder() -> None:
    assert get_embedder() is get_embedder()


def test_a_forked_child_loads_its_own_embedder_and_agrees_with_its_parent() -> None:
    parent = get_embedder()
    expected = parent.embed([SCALING])[0]

    child = os.fork()
    if child == 0:
        own = get_embedder()
        agreed = own is not parent and own.embed([SCALING])[0] == expected
        os._exit(0 if agreed else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_another_model_file_is_refused_with_both_hashes(tmp_path: Path) -> None:
    other = tmp_path / "model.onnx"
    other.write_bytes(b"not the model")

    with pytest.raises(EmbedderUnavailable, match=f"is not the file we know.*{onnx.MODEL_SHA256}"):
        OnnxEmbedder(model_path=other).embed(["x"])


def test_another_tokenizer_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "tokenizer.json"
    other.write_text("{}")

    with pytest.raises(EmbedderUnavailable, match=r"tokenizer .* is not the file we know"):
        OnnxEmbedder(tokenizer_path=other).embed(["x"])


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="cannot be read: No such file"):
        OnnxEmbedder(model_path=tmp_path / "model.onnx").embed(["x"])


def test_a_missing_tokenizer_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "TOKENIZER_PACKAGE", "no_such_package")

    with pytest.raises(EmbedderUnavailable, match="no_such_package, which carries the tokenizer"):
        OnnxEmbedder().embed(["x"])


class CountingEmbedder(OnnxEmbedder):
    """Counts the passes of the model."""

    passes = 0

    def forward(self, ids: Ids) -> Hidden:
        self.passes += 1
        return super().forward(ids)


def test_the_vector_of_a_text_that_was_read_takes_no_further_pass() -> None:
    embedder = CountingEmbedder()
    embedder.read(SCALING)

    assert embedder.embed([SCALING]) == get_embedder().embed([SCALING])
    assert embedder.passes == 1


def test_a_text_longer_than_a_window_is_embedded_by_its_first_256_tokens_all_the_same() -> None:
    embedder, long = CountingEmbedder(), f"{SCALING} {OTHER} " * 20
    embedder.read(long)
    read = embedder.passes

    assert embedder.embed([long]) == OnnxEmbedder().embed([long])
    assert (read, embedder.passes) == (2, 3)


def test_what_was_remembered_is_recalled_and_not_read_again() -> None:
    embedder, tokens = CountingEmbedder(), get_embedder().read(SCALING)
    assert embedder.recall(SCALING) is None
    embedder.remember(SCALING, tokens)

    assert embedder.recall(SCALING) is embedder.read(SCALING) is tokens
    assert embedder.passes == 0


def test_what_was_only_read_is_not_recalled_as_if_it_were_kept() -> None:
    embedder = CountingEmbedder()
    tokens = embedder.read(SCALING)

    assert embedder.recall(SCALING) is None
    embedder.remember(SCALING, tokens)
    assert embedder.recall(SCALING) is tokens
    assert embedder.embed([SCALING]) == get_embedder().embed([SCALING])
    assert embedder.passes == 1
