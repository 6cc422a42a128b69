import pytest

from blog import markdown
from blog.importing.html_to_markdown import to_markdown


@pytest.mark.parametrize(
    ("html", "meant"),
    [
        ("<p>One\n two</p>\n\n\n<p>three</p>", "One two\n\nthree"),
        ("<h2>\n  \n  \n  🚨 A heading\n</h2><h3> </h3><p>x</p>", "## 🚨 A heading\n\nx"),
        ("<h1>A</h1><h2>B</h2><h6>C</h6>", "## A\n\n### B\n\n###### C"),
        ("<blockquote><p>One<br><br>\ntwo</p></blockquote>", "> One\\\n> two"),
        ("<p>as if:<br>\n</p><pre>x</pre>", "as if:\n\n```\nx\n```"),
        ("<p>One<br><br>two<br>three</p>", "One\n\ntwo\\\nthree"),
        ("<ul>\n<li>a\n</li>\n<li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol start='3'><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        (
            '<div class="highlight js-code-highlight">\n<pre class="highlight python"><code>a\n'
            '</code></pre>\n<div class="highlight__panel"><svg></svg>Enter</div></div>',
            "```python\na\n```",
        ),
        ('<pre class="highlight plaintext"><code>a</code></pre>', "```text\na\n```"),
        ('<pre><code class="language-c++">a</code></pre>', "```c++\na\n```"),
        ('<div class="language-rust highlighter-rouge"><pre>a</pre></div>', "```rust\na\n```"),
        ("<pre>```\n  a\n\n</pre>", "````\n```\n  a\n````"),
        ("<p>a <code>x | `y`</code> b</p>", "a `` x | `y` `` b"),
        (
            "<table><tr><th>a|b</th></tr><tr><td><code>c|d</code><br>e</td></tr></table>",
            "| a\\|b |\n| --- |\n| `c\\|d`<br>e |",
        ),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "| a | b |\n| --- | --- |"),
        ("<p>R&amp;D &lt;b&gt; &amp;amp; 5 * 3</p>", "R&D \\<b> \\&amp; 5 \\* 3"),
        ("<p>snake_case _and_ [a](b)</p>", "snake_case \\_and\\_ \\[a](b)"),
        ("<p>1. x</p><p># y</p><p>- z</p><p>&gt; q</p>", "1\\. x\n\n\\# y\n\n\\- z\n\n\\> q"),
        ("<p>2024. A year</p>", "2024\\. A year"),
        ("<p>Wow!<a href='https://x.example'>y</a></p>", "Wow\\![y](https://x.example)"),
        (
            "<p><kbd>Ctrl</kbd> H<sub>2</sub>O <mark>x</mark></p>",
            "<kbd>Ctrl</kbd> H<sub>2</sub>O <mark>x</mark>",
        ),
        ("<p><del>a</del> <b>b</b> <i>c</i></p>", "~~a~~ **b** *c*"),
        (
            "<details><summary>More</summary><p>a</p><pre>b\n\nc</pre></details>",
            "<details>\n<summary>More</summary>\n\na\n\n```\nb\n\nc\n```\n\n</details>",
        ),
        (
            '<figure><img src="a.png" alt="A"><figcaption>Its <b>words</b></figcaption></figure>',
            "![A](a.png)\n*Its words*",
        ),
        ('<a href="https://x.example/a_(b)">y</a>', "[y](<https://x.example/a_(b)>)"),
        ('<a href="javascript:alert(1)">y</a>', "y"),
        ('<p>a<img src="x.gif" width="1" height="1"></p>', "a"),
        (
            '<span class="katex"><math><semantics><annotation encoding="application/x-tex">x^2'
            "</annotation></semantics></math></span>",
            "$`x^2`$",
        ),
        (
            '<p>a</p><span class="katex-display"><span class="katex"><math display="block">'
            '<semantics><annotation encoding="application/x-tex">x_1 *y* z_2</annotation>'
            "</semantics></math></span></span><p>b</p>",
            "a\n\n$$\nx_1 *y* z_2\n$$\n\nb",
        ),
        ("<p>from $5 to $10, and US$5</p>", "from $5 to $10, and US$5"),
        ("<p>costs $a$ or $$b$$</p>", "costs \\$a$ or \\$\\$b$$"),
        ("<ul><li><input type='checkbox' checked> done</li></ul>", "- [x] done"),
        ("<!-- a --><p>b</p><!-- c", "b\n\n\\<!-- c"),
        ("<p>a < b and <3</p>", "a < b and <3"),
    ],
)
def test_html_becomes_the_markdown_that_gives_it(html, meant):
    assert to_markdown(html, notes=[]) == meant


def test_what_markdown_cannot_say_stays_as_sanitised_html():
    notes = []
    html = '<table><tr><td colspan="2" onclick="x()">a\n\n<pre>b\n\nc</pre></td></tr></table>'

    kept = to_markdown(html, notes=notes)

    assert 'colspan="2"' in kept
    assert "onclick" not in kept
    assert "\n\n" not in kept
    assert "b\n\nc" in markdown.render(kept).html


def test_relative_addresses_are_completed():
    shown = to_markdown(
        '<a href="../b">x</a> <a href="#y">z</a>', base="https://e.example/a/c", notes=[]
    )

    assert shown == "[x](https://e.example/b) [z](#y)"


@pytest.mark.parametrize(
    ("html", "shown", "note"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/ab?start=30" title="A talk"></iframe>',
            "[A talk](https://www.youtube.com/watch?v=ab&t=30)",
            "What was embedded from youtube.com became a link.",
        ),
        (
            '<video><source src="https://x.example/v.mp4"></video>',
            "[Embedded from x.example](https://x.example/v.mp4)",
            "What was embedded from x.example became a link.",
        ),
        ('<iframe srcdoc="a"></iframe>', "", "Left out an <iframe> without an address."),
        ("<script>alert(1)</script>", "", "Left out 1 <script>, which a post cannot hold."),
        ("<svg><script>a</script></svg>", "", "Left out 1 <svg>, which a post cannot hold."),
    ],
)
def test_what_would_load_or_run_is_told_of(html, shown, note):
    notes = []

    assert to_markdown(html, notes=notes) == shown
    assert note in notes


def test_words_survive_the_way_there_and_back():
    words = (
        "1) *a* _b_ `c` <d> [e](f) ![g](h) # i | j ~~k~~ \\l &amp; &copy; http://m.example n_o_p"
    )
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")

    shown = markdown.render(to_markdown(f"<p>{escaped}</p>", notes=[]))

    assert shown.text == words
