import gc
import weakref

from grading.embedders.onnx import OnnxEmbedder, get_embedder
from grading.judges.tokens import Text, recurring_text, same_stems

SAID = "The softmax saturates. Scaling by a root keeps softmaxes soft, `it` says (2 times)."


def text(said: str) -> Text:
    return Text(said, get_embedder().read(said))


def test_a_recurring_text_is_made_once_and_forgotten_with_its_tokens() -> None:
    tokens = OnnxEmbedder().read(SAID)
    first = recurring_text(SAID, tokens)
    assert recurring_text(SAID, tokens) is first
    left = weakref.ref(first)
    del tokens, first
    gc.collect()
    assert left() is None


def test_the_same_text_read_by_another_is_another() -> None:
    one, other = OnnxEmbedder().read(SAID), OnnxEmbedder().read(SAID)
    assert recurring_text(SAID, one) is not recurring_text(SAID, other)


def test_pieces_are_of_the_same_word_where_their_stems_are_equal() -> None:
    one, other = text(SAID), text("Root, softmax, other: scaled.")
    expected = [[left == right for right in other.stems] for left in one.stems]
    assert same_stems(one, other).tolist() == expected
    assert any(map(any, expected))


def test_a_text_without_words_has_no_pieces() -> None:
    assert same_stems(text("?!"), text(SAID)).shape == (0, len(text(SAID)))


def test_words_are_read_in_one_form_whatever_their_letters() -> None:
    assert text("NAÏVE Naïve QUOTED root's").vocabulary == {"naïv", "quot", "root", "s"}
