import pytest

from interview.web.markdown import render_markdown


def test_text_lists_and_code_are_rendered() -> None:
    assert render_markdown("One *two* **three** `four`\n\n- a\n- b") == (
        "<p>One <em>two</em> <strong>three</strong> <code>four</code></p>\n"
        "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
    )


def test_code_fences_keep_their_text_and_lose_their_language() -> None:
    assert render_markdown("```python\n# no heading <b>\n```") == (
        "<pre><code># no heading &lt;b&gt;\n</code></pre>\n"
    )


def test_headings_never_outrank_the_page_and_keep_their_distance() -> None:
    assert render_markdown("# A\n\n### B") == "<h3>A</h3>\n<h5>B</h5>\n"


def test_headings_that_begin_deep_are_lifted_so_that_no_level_is_skipped() -> None:
    assert render_markdown("#### A\n\n##### B") == "<h3>A</h3>\n<h4>B</h4>\n"


def test_headings_stop_at_the_lowest_level() -> None:
    assert render_markdown("# A\n\n###### B") == "<h3>A</h3>\n<h6>B</h6>\n"


def test_links_are_kept_and_not_vouched_for() -> None:
    assert render_markdown("[x](https://example.org/a)") == (
        '<p><a href="https://example.org/a" rel="nofollow noopener">x</a></p>\n'
    )


def test_images_become_their_description() -> None:
    assert render_markdown("See ![a <b> picture](https://example.org/x.png).") == (
        "<p>See a &lt;b&gt; picture.</p>\n"
    )


def test_tables_scroll_on_their_own_and_align_figures_by_class() -> None:
    html = render_markdown("| a | b |\n|---|--:|\n| x | 1 |")

    assert html.startswith(
        '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>'
    )
    assert html.rstrip().endswith("</table></div>")
    assert '<td class="n">1</td>' in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a <img src=x onerror=alert(1)>", "<p>a &lt;img src=x onerror=alert(1)&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>"),
        ("<table><tr><td>", "&lt;table&gt;&lt;tr&gt;&lt;td&gt;"),
    ],
)
def test_markup_of_the_writer_is_shown_and_never_run(hostile: str, shown: str) -> None:
    assert shown in render_markdown(hostile)
    assert "<script" not in render_markdown(hostile)
    assert '<div class="scroll"' not in render_markdown(hostile)


def test_an_attribute_cannot_be_broken_out_of() -> None:
    assert render_markdown('[x](https://e.org/"onmouseover="alert(1))') == (
        '<p><a href="https://e.org/%22onmouseover=%22alert(1)" rel="nofollow noopener">x</a></p>\n'
    )
