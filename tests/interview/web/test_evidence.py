from interview.web.evidence import Evidence, anchor_of, highlight


def marked(number: int, *spans: tuple[int, int], shape: str = "met", word: str = "met") -> Evidence:
    return Evidence(number, shape, word, spans)


def ref(number: int, word: str = "met") -> str:
    return f'<a class="ref" href="#c{number}" aria-label="Point {number}, {word}">{number}</a>'


def test_text_without_evidence_is_its_paragraphs() -> None:
    assert highlight("One\ntwo.\n\n\nThree.", ()) == "<p>One\ntwo.</p><p>Three.</p>"


def test_empty_and_blank_text_is_nothing() -> None:
    assert highlight("", ()) == ""
    assert highlight(" \n\n ", [marked(1, (0, 1))]) == ""


def test_span_is_marked_with_criterion_verdict_and_number() -> None:
    assert highlight("Say it twice.", [marked(2, (4, 6))]) == (
        f'<p>Say <mark id="e2" data-c="2" data-v="met">it{ref(2)}</mark> twice.</p>'
    )


def test_second_span_of_a_criterion_has_an_anchor_of_its_own() -> None:
    html = highlight("a b c", [marked(1, (4, 5), (0, 1))])
    assert html == (
        f'<p><mark id="e1" data-c="1" data-v="met">a{ref(1)}</mark> b '
        f'<mark id="e1-2" data-c="1" data-v="met">c{ref(1)}</mark></p>'
    )
    assert (anchor_of(1), anchor_of(1, 1)) == ("e1", "e1-2")


def test_nested_spans_nest() -> None:
    html = highlight("abcdef", [marked(2, (2, 4)), marked(1, (0, 6))])
    assert html == (
        '<p><mark id="e1" data-c="1" data-v="met">ab'
        f'<mark id="e2" data-c="2" data-v="met">cd{ref(2)}</mark>ef{ref(1)}</mark></p>'
    )


def test_same_span_twice_nests_in_the_order_of_the_criteria() -> None:
    html = highlight("ab", [marked(2, (0, 2)), marked(1, (0, 2))])
    assert html == (
        '<p><mark id="e1" data-c="1" data-v="met"><mark id="e2" data-c="2" data-v="met">'
        f"ab{ref(2)}</mark>{ref(1)}</mark></p>"
    )


def test_overlapping_spans_are_split_where_the_first_ends() -> None:
    html = highlight("abcdef", [marked(1, (0, 4)), marked(2, (2, 6))])
    assert html == (
        '<p><mark id="e1" data-c="1" data-v="met">ab'
        '<mark id="e2" data-c="2" data-v="met">cd</mark>'
        f"{ref(1)}</mark>"
        f'<mark data-c="2" data-v="met">ef{ref(2)}</mark></p>'
    )


def test_span_across_paragraphs_is_marked_in_each_and_numbered_once() -> None:
    html = highlight("one\n\ntwo", [marked(1, (1, 7))])
    assert html == (
        '<p>o<mark id="e1" data-c="1" data-v="met">ne</mark></p>'
        f'<p><mark data-c="1" data-v="met">tw{ref(1)}</mark>o</p>'
    )


def test_code_fence_keeps_its_blank_lines_and_indentation() -> None:
    text = "Like so:\n```python\nif x:\n\n    y()\n```\nDone."
    assert highlight(text, ()) == (
        "<p>Like so:</p><pre><code>```python\nif x:\n\n    y()\n```</code></pre><p>Done.</p>"
    )


def test_code_fence_without_an_end_runs_to_the_end() -> None:
    assert highlight("~~~\na\n\nb", ()) == "<pre><code>~~~\na\n\nb</code></pre>"


def test_markup_of_the_candidate_is_text() -> None:
    text = "<script>alert(1)</script> & <b>bold</b>"
    html = highlight(text, [marked(1, (0, len(text)))])
    assert html == (
        '<p><mark id="e1" data-c="1" data-v="met">'
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;"
        f"{ref(1)}</mark></p>"
    )


def test_span_that_cuts_into_markup_leaves_no_tag_open() -> None:
    html = highlight('<img src=x onerror="a">', [marked(1, (4, 12))])
    assert html == (
        '<p>&lt;img<mark id="e1" data-c="1" data-v="met"> src=x o'
        f"{ref(1)}</mark>nerror=&quot;a&quot;&gt;</p>"
    )


def test_spans_outside_the_text_are_left_out() -> None:
    evidence = [marked(1, (7, 9)), marked(2, (3, 3)), marked(3, (-4, -1))]
    assert highlight("short", evidence) == "<p>short</p>"
    assert highlight("short", [marked(1, (3, 99))]) == (
        f'<p>sho<mark id="e1" data-c="1" data-v="met">rt{ref(1)}</mark></p>'
    )


def test_offsets_count_characters_beyond_the_first_plane_as_one() -> None:
    html = highlight("a🙂b", [marked(1, (2, 3), shape="contra", word="contradicted")])
    assert html == (
        f'<p>a🙂<mark id="e1" data-c="1" data-v="contra">b{ref(1, "contradicted")}</mark></p>'
    )
