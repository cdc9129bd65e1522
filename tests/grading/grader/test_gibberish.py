from grading.grader.gibberish import is_gibberish


def test_words_of_the_question_are_never_mashed_keys() -> None:
    assert is_gibberish("xqzvtk", known=())
    assert not is_gibberish("xqzvtk", known={"xqzvtk"})


def test_noise_beside_a_real_sentence_is_not_gibberish() -> None:
    assert not is_gibberish("The softmax saturates when scores are large. asdfgh", known=())


def test_a_long_text_that_repeats_its_terms_is_not_gibberish() -> None:
    text = " ".join(
        f"Layer {n} adds the attention output to the residual stream." for n in range(6)
    )

    assert not is_gibberish(text, known=())
