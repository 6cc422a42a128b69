import pytest

from blog.importing.jekyll import to_markdown


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{% raw %}{{ page.title }}{% endraw %}", "{{ page.title }}"),
        ("```liquid\n{% raw %}\n{% if x %}{% endraw %}\n```", "```liquid\n\n{% if x %}\n```"),
        (
            "{% highlight python linenos %}\nprint(1)\n{% endhighlight %}",
            "```python\nprint(1)\n```",
        ),
        (
            '{% highlight python hl_lines="1 3" %}\na\nb\nc\n{% endhighlight %}',
            "```python {1, 3}\na\nb\nc\n```",
        ),
        ("{% highlight md %}\na ``` b\n{% endhighlight %}", "````md\na ``` b\n````"),
        ("[x]({{ site.baseurl }}/a/)", "[x](/a/)"),
        ("[x]({{ '/a/' | relative_url }})", "[x](/a/)"),
        ('[x]({{ "/a/" | prepend: site.baseurl }})', "[x](/a/)"),
        ("[x]({% post_url 2025-01-02-on-time %})", "[x](/on-time/)"),
        ("[x]({% link _posts/2025-01-02-on-time.md %})", "[x](/on-time/)"),
        (
            '{% include figure image_path="/a.png" alt="A [sky]" caption="He said \\"ah\\"" %}',
            '![A [sky]](/a.png "He said \\"ah\\"")',
        ),
        ("{% include image.html src='a b.png' %}", "![](<a%20b.png>)"),
        (
            '{% include video id="abc" provider="youtube" %}',
            "[Video](https://www.youtube.com/watch?v=abc)",
        ),
        ("{% gist ada/123 %}", "[Gist ada/123](https://gist.github.com/ada/123)"),
        ("A{% comment %} b {% endcomment %}c", "Ac"),
        (
            "{% capture note %}**Mind** this.{% endcapture %}\n{{ note | markdownify }}",
            "**Mind** this.",
        ),
        ("* TOC\n{:toc}\n\nText", "\n\nText"),
        (
            "Mind this.\nIt matters.\n{: .notice--warning}",
            "> [!WARNING]\n> Mind this.\n> It matters.\n",
        ),
        ("Text.\n\nMind.\n{: .notice}\nMore.", "Text.\n\n> [!NOTE]\n> Mind.\n\nMore."),
        (
            '<div class="notice--danger" markdown="1">\n**Mind** this.\n\nTruly.\n</div>',
            "\n> [!CAUTION]\n> **Mind** this.\n>\n> Truly.\n",
        ),
        ("Text.\n{: .text-center}", "Text."),
        ('[x](/a/){:target="_blank"} and *y*{: .red}', "[x](/a/) and *y*"),
        ("## Why {#why}", "## Why {#why}"),
        ("## Why {: #why .no_toc}", "## Why {#why}"),
        ('<div class="x" markdown="1">\n*a*\n</div>', '<div class="x">\n\n*a*\n</div>'),
    ],
)
def test_what_is_known_becomes_markdown(written, meant):
    assert to_markdown(written, []) == meant


@pytest.mark.parametrize(
    "written",
    [
        "`{{ site.baseurl }}` in a code span",
        "```\n{{ page.title }} {% gist a/b %}\nx\n{: .notice}\n```",
        "    {{ page }} in indented code stays as typed",
        "A brace {: in the middle} of a line, and {x}.",
    ],
)
def test_what_is_code_or_no_markup_is_left_alone(written):
    assert to_markdown(written, []) == written


@pytest.mark.parametrize(
    "written",
    ["{% if page.x %}", "{{ page.author }}", '{% include gallery id="a" %}', "{% unknown %}"],
)
def test_what_is_not_known_stays_visible_with_a_note(written):
    notes = []

    assert to_markdown(f"Before {written} after.", notes) == f"Before {written} after."
    assert notes == [f"Left as typed: {written}"]


def test_what_is_never_closed_stays():
    written = "{% raw %} and {% highlight x %}\n{% comment %}{% capture a %}"

    assert to_markdown(written, []) == written
