"""What is found in a post before it is published, and what is rightly left alone."""

import time
from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from blog.checks import Finding, problems_of, stops_of
from blog.models import ExternalLink, PostPage, PublishingRules
from blog.moments import in_words_for_all
from tests.factories import make_image, make_post


@pytest.fixture
def whole(engineers):
    """A post that lacks nothing, to be spoilt in one way at a time."""

    def make(markdown="Words of a quokka.", *, track=engineers, **fields) -> PostPage:
        fields.setdefault("teaser_image", make_image("Teaser", width=1200, height=800))
        fields.setdefault("teaser_alt", "A quokka")
        fields.setdefault("tags", ["Quokkas"])
        post = make_post(track, "Whole", live=False, markdown=markdown, **fields)
        return post.get_latest_revision_as_object()

    return make


def found(post) -> list[tuple[str, str, str]]:
    return [(finding.level, finding.code, finding.message) for finding in problems_of(post)]


def figure(image, **fields) -> tuple[str, dict]:
    image = copy(image)
    image.contextual_alt_text, image.decorative = fields.get("alt", ""), fields.get("bare", False)
    return ("figure", {"image": image, "caption": "", "credit": "", "width": "normal"})


def test_nothing_is_found_in_a_whole_post(whole):
    assert found(whole("## One\n\n[A quokka](https://example.org/) ![It](/media/q.png)")) == []


def test_a_finding_names_its_block(whole):
    post = whole(body=[("markdown", "Words."), ("markdown", "Fine.\n\n![](image:99999)")])

    [missing, without_alt] = sorted(problems_of(post), key=lambda finding: finding.code)[::-1]

    assert without_alt == Finding(
        code="alt_text",
        message="Picture 1 has no alt text (line 3).",
        field="body",
        anchor=f"block-{post.body[1].id}-section",
        block=1,
        level="stop",
    )
    assert missing.message == (
        "Picture 1 is not in the library (line 3). Choose another or remove it."
    )


def test_pictures_are_counted_over_the_whole_body(whole):
    image, described = make_image("One"), make_image("Two", description="A described one")
    post = whole(
        body=[
            figure(image, alt="Seen"),
            figure(image, bare=True),
            figure(described),
            figure(image),
            ("markdown", f"![](image:{image.pk})\n\n<img src='/x.png' alt=''>\n<img src=/y.png>"),
        ]
    )

    assert [message for _, _, message in found(post)] == [
        "Picture 4 has no alt text.",
        "Picture 5 has no alt text (line 1).",
        "Picture 7 has no alt text (line 3).",
    ]


def test_the_teaser_is_a_picture_too(whole):
    post = whole(teaser_alt="", teaser_image=make_image("Small", width=600, height=400))
    post.teaser_alt = ""

    assert found(post) == [
        ("stop", "alt_text", "The teaser picture has no alt text."),
        (
            "warn",
            "teaser_size",
            "The teaser picture is 600 × 400 pixels. Choose one of at least 1200 × 800.",
        ),
    ]


def test_links_to_what_readers_cannot_open(whole, four_posts):
    draft, private = four_posts.draft, four_posts.private
    post = whole(
        f"[the second part](page:{draft.pk}) and [mine](page:{private.pk})\n"
        "[gone](page:99999) [file](doc:99999) [here](#nowhere) [away](/engineers/away/)\n\n"
        f"[fine](page:{four_posts.live.pk}) [home](/) [feed](/feed/) [css](/static/x.css)\n"
        "[mail](mailto:a@example.org)"
    )

    assert found(post) == [
        ("stop", "internal_links", message)
        for message in [
            "“the second part” links to a draft, “Draft quokka”. Publish it first or remove the "
            "link (line 1).",
            "“mine” links to a private page, “Private quokka”. Open it to readers first or remove "
            "the link (line 1).",
            "“gone” links to a page that is not there. Mend it or remove the link (line 2).",
            "“file” links to a document that is not there. Upload it again or remove the link "
            "(line 2).",
            "“here” leads to a place that is not in this post. Mend it or remove the link "
            "(line 2).",
            "“away” links to a page that is not there. Mend it or remove the link (line 2).",
        ]
    ]


def test_a_redirected_address_and_a_heading_are_fine(whole):
    Redirect.objects.create(old_path="/engineers/old", redirect_link="/feed/")

    assert found(whole("[old](/engineers/old/) [there](#a-place)\n\n## A place")) == []


def test_a_link_to_a_page_that_goes_live_before_is_fine(whole, four_posts):
    post = whole(f"[next](page:{four_posts.scheduled.pk})")
    with timezone.override("Asia/Tokyo"):
        [early] = problems_of(post)
    post.go_live_at = timezone.now() + timedelta(hours=2)

    when = in_words_for_all(four_posts.scheduled.scheduled_revision.approved_go_live_at)
    assert "UTC" in when
    assert f"“Scheduled quokka”, which goes live on {when}." in early.message
    assert problems_of(post) == []


def test_rich_text_and_cards_are_read_too(whole, four_posts):
    pk = four_posts.draft.pk
    text = f'<h3>Deep</h3><p>See <a linktype="page" id="{pk}">it</a> and <a href="">that</a>.</p>'
    card = {"title": "A card", "link": "/engineers/no/", "image": None, "text": "[x]()"}
    post = whole(body=[("rich_text", text), ("card_grid", {"heading": "", "cards": [card]})])

    assert [(level, code, message[:33]) for level, code, message in found(post)] == [
        ("stop", "internal_links", "“it” links to a draft, “Draft quo"),
        ("stop", "internal_links", "“A card” links to a page that is "),
        ("warn", "headings", "“Deep” is a heading of level 3 un"),
        ("warn", "empty_links", "“that” is a link without an addre"),
        ("warn", "empty_links", "“x” is a link without an address "),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"excerpt": "  "}, ("stop", "excerpt")),
        ({"excerpt": "x" * 301}, ("stop", "excerpt")),
        ({"teaser_image": None}, ("warn", "teaser")),
        ({"tags": []}, ("warn", "tags")),
        ({"tags": list("abcdef")}, ("warn", "tags")),
    ],
)
def test_what_is_asked_of_the_fields(whole, fields, expected):
    assert [(level, code) for level, code, _ in found(whole(**fields))] == [expected]


@pytest.mark.parametrize(("length", "levels"), [(70, []), (71, ["note"]), (111, ["warn"])])
def test_how_long_a_title_may_be(whole, length, levels):
    post = whole()
    post.title = "x" * length

    assert [finding.level for finding in problems_of(post)] == levels


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("See {% link _posts/x.md %} now.", "leftovers of an import: “{% link _posts/x.md %}”"),
        ("{{ site.baseurl }}/x", "leftovers of an import: “{{ site.baseurl }}”"),
        ("{: .notice}", "leftovers of an import: “{: .notice}”"),
        ("::: warning", "leftovers of an import: “::: warning”"),
        ("A note.[^1]", "leftovers of an import: “[^1]”"),
        ("[x]({{site.url}}/y)", "leftovers of an import: “{{site.url}}”"),
        ("<p class=x>{{ page.title }}</p>", "leftovers of an import: “{{ page.title }}”"),
        ("It‚Äôs late.", "garbled characters: “It‚Äôs late.”"),
    ],
)
def test_leftovers_of_an_import(whole, markdown, shown):
    [finding] = problems_of(whole(markdown))

    assert (finding.level, finding.may_override) == ("stop", True)
    assert finding.message == f"Looks like {shown} (line 1)."


@pytest.mark.parametrize(
    "markdown",
    [
        "`{% link %}` and `{{ x }}` and `[^1]`",
        "```django\n{% if x %}{{ x }}{% endif %}\n:::\n```",
        "A note.[^1]\n\n[^1]: It is there.",
        "$\\frac{{a}}{{b}}$ and $$\n{{a}}\n$$",
        "<code>{{ x }}</code>",
        "Ångström, café, π ≤ √2, “quoted” – 中文, a :: b",
        "A set {x: x > 0} and a time 12:00.",
    ],
)
def test_code_notes_and_other_languages_are_no_leftovers(whole, markdown):
    assert found(whole(markdown)) == []


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        (
            "### Deep",
            "“Deep” is a heading of level 3 under one of level 1 (line 1). Do not skip a level.",
        ),
        (
            "## A\n\n#### B",
            "“B” is a heading of level 4 under one of level 2 (line 3). Do not skip a level.",
        ),
        ("# A\n\n# B", "“B” is a second heading of the first level (line 3). Begin it with ##."),
        ("## A\n\n##\n", "A heading is empty (line 3)."),
        ("## A\n\n## a", "The heading “a” is there twice (line 3)."),
    ],
)
def test_headings_that_mislead(whole, markdown, message):
    assert found(whole(markdown)) == [("warn", "headings", message)]


def test_the_same_words_under_different_headings_are_fine(whole):
    assert found(whole("## A\n\n### Example\n\n## B\n\n### Example")) == []


def test_empty_links(whole):
    assert found(whole("[](https://example.org/) and [x]() and\n[y](#)")) == [
        ("warn", "empty_links", "A link to https://example.org/ has no words (line 1)."),
        ("warn", "empty_links", "“x” is a link without an address (line 1)."),
        ("warn", "empty_links", "“y” is a link without an address (line 2)."),
    ]


@pytest.mark.parametrize("target", ["https://", "http://", "HTTPS://"])
def test_what_the_button_puts_in_for_a_link_is_no_address(whole, target):
    assert found(whole(f"[x]({target}) and [y]({target}example.org/)")) == [
        ("warn", "empty_links", "“x” is a link without an address (line 1)."),
    ]


def test_code_is_looked_at(whole):
    long = "x" * 101
    post = whole(body=[("markdown", f"```\na\n{long}\n```")])

    assert found(post) == [
        ("note", "code_language", "Code names no language (line 1)."),
        (
            "note",
            "long_lines",
            "Line 2 of the code (line 1) has 101 characters. Over 100 readers must scroll.",
        ),
    ]


def test_what_cannot_be_shown_as_meant_stops(whole):
    post = whole(
        body=[
            ("markdown", "Fine.\n\n[x](page:about) $\\nosuch$ and [@nobody]."),
            ("equation", {"tex": "\\frac{", "caption": ""}),
            ("bibliography", {"heading": "References", "bibtex": "@book{", "entries": []}),
        ]
    )

    assert [(f.level, f.code, f.block) for f in problems_of(post)] == [
        *[("stop", "unresolved", 0)] * 3,
        ("stop", "unresolved", 1),
        ("stop", "unresolved", 2),
    ]


def test_a_broken_external_link_is_told_with_its_last_answer(whole):
    post = whole("[far](https://far.example/x#part) [near](https://near.example/)")
    ExternalLink.objects.create(url="https://far.example/x", failures=3, status=404)
    ExternalLink.objects.create(url="https://near.example/", failures=2, status=404)

    assert found(post) == [
        (
            "warn",
            "external_links",
            "“far” leads to https://far.example/x, which never answered (line 1).",
        )
    ]


HARD = (
    "Notwithstanding considerable organisational heterogeneity, institutional stakeholders "
    "consistently demonstrate methodological predispositions regarding infrastructural "
    "standardisation, interoperability considerations and administrative accountability. "
) * 6


def test_a_post_for_everyone_is_told_of_code_and_hard_sentences(whole, everyone, engineers):
    markdown = f"{HARD}\n\n```python\nx = 1\n```"
    plain = whole(markdown, track=everyone)
    other = whole(markdown, slug="other")

    assert [(level, code) for level, code, _ in found(plain)] == [
        ("note", "plain_code"),
        ("note", "readability"),
    ]
    assert found(other) == []
    assert len(problems_of(other, audience="everyone")) == 2


def test_easy_sentences_are_not_remarked(whole, everyone):
    assert found(whole("The cat sat on the mat. It was a good day. " * 20, track=everyone)) == []


def test_the_moderators_say_how_grave_each_is(whole, site):
    post = whole("{% x %}", teaser_image=None)
    post.excerpt = ""
    PublishingRules.objects.create(site=site, excerpt="warn", leftovers="stop", teaser="off")

    assert [(f.level, f.code, f.may_override) for f in problems_of(post)] == [
        ("stop", "leftovers", False),
        ("warn", "excerpt", False),
    ]
    assert [finding.code for finding in stops_of(post)] == ["leftovers"]


def test_many_of_a_kind_are_counted(whole):
    findings = problems_of(whole("\n\n".join("{: .x}" for _ in range(50))))

    assert len(findings) == 21
    assert findings[-1].message == "And 30 more of this kind."


def test_the_number_of_queries_is_the_same_for_many_blocks(
    whole, four_posts, django_assert_num_queries
):
    image = make_image("One")

    def queries_for(count, slug):
        block = (
            "markdown",
            f"[a](page:{four_posts.draft.pk}) [b](doc:1) [c](/x/{slug}/) [d](https://e.example/)",
        )
        post = whole(body=[figure(image), block] * count, slug=slug)
        post = PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()
        with CaptureQueriesContext(connection) as queries:
            problems_of(post)
        return len(queries)

    assert queries_for(1, "one") == queries_for(30, "thirty")


@pytest.mark.parametrize(
    "part",
    [
        "## Part {n}\n\nA *quokka* [link](https://example.org/{n}) “café” and `code` here. " * 2,
        "| a | b |\n| - | - |\n| {n} | ![](image:{n}) |\n",
        "- [x](page:{n}) {{ y }}\n",
        "<a <img ",
        "{{% {{{{ {{: [^{n} ",
    ],
)
def test_no_long_text_keeps_the_checks_busy(whole, part):
    parts, size, number = [], 0, 1
    while size + len(part) + 10 < 195_000 and number < 2_000:
        parts.append(part.format(n=number))
        size, number = size + len(parts[-1]) + 2, number + 1
    post = whole("\n\n".join(parts))

    begun = time.process_time()
    problems_of(post)

    assert (
        time.process_time() - begun < 6
    )  # A loaded machine; one second on one with nothing else to do.
