import pytest

from blog import markdown
from blog.importing import read
from blog.importing.documents import placeholder
from tests.blog.importing.conftest import png


@pytest.fixture(autouse=True)
def pictures(write):
    write("a.png", png())
    write("deep/b c.png", png(colour="red"))
    write("assets/c.png", png(colour="blue"))


def kinds(blocks):
    return [block.kind for block in blocks]


@pytest.mark.parametrize(
    ("written", "alt", "caption"),
    [
        ("![A sky](a.png)", "A sky", ""),
        ('![A sky](a.png "Its caption")', "A sky", "Its caption"),
        ("![A *sky*](<a.png> 'Its **caption**')", "A sky", "Its caption"),
        ("![A sky](a.png)\n*Its caption*", "A sky", "Its caption"),
        ("[![A sky](a.png)](a.png)", "A sky", ""),
        ("![A sky][sky]\n\n[sky]: a.png", "A sky", ""),
        ('<img src="a.png" alt="A sky" title="Its caption">', "A sky", "Its caption"),
        ('<p align="center">\n<img src="a.png" alt="A sky">\n</p>', "A sky", ""),
        (
            '<figure><img src="a.png" alt="A sky">'
            "<figcaption>Its <b>caption</b></figcaption></figure>",
            "A sky",
            "Its caption",
        ),
    ],
)
def test_a_picture_alone_on_its_line_becomes_a_figure(read_body, written, alt, caption):
    before, figure, *after = read_body(f"Before.\n\n{written}\n\nAfter.")

    assert (before.value, figure.kind) == ("Before.", "figure")
    assert figure.value["image"].path.name == "a.png"
    assert (figure.value["image"].alt, figure.value["caption"]) == (alt, caption)
    assert after[0].value.endswith("After.")


@pytest.mark.parametrize(
    "address", ["deep/b%20c.png", "<deep/b c.png>", "deep/b c.png", "/deep/b%20c.png"]
)
def test_addresses_with_spaces(read_body, address):
    (figure,) = read_body(f"![A]({address})")

    assert figure.value["image"].path.name == "b c.png"


def test_a_path_from_the_root_and_one_beside_a_folder_above(write):
    path = write("posts/2025/post.md", "# A\n\n![A](/assets/c.png)\n\n![B](a.png)\n")

    (post,) = read(path, path.parents[2])

    assert [block.value["image"].path.name for block in post.body] == ["c.png", "a.png"]


def test_nothing_outside_the_folder_that_was_given_is_read(write, tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "link.png").symlink_to(tmp_path / "a.png")
    path = write("inner/post.md", "# A\n\n![A](../a.png) ![B](link.png) ![C](/etc/x.png)\n")

    (post,) = read(path)

    assert kinds(post.body) == ["markdown"]
    assert post.body[0].pictures == ()
    assert len(post.notes) == 3


def test_pictures_within_a_line_stay_in_the_markdown(read_body):
    (block,) = read_body("One ![A sky](a.png) and\n\n- two ![B](assets/c.png)\n")

    assert block.value == f"One {placeholder(0)} and\n\n- two {placeholder(1)}"
    assert [picture.path.name for picture in block.pictures] == ["a.png", "c.png"]


def test_a_missing_picture_is_kept_as_text_with_a_note(read_text):
    post = read_text("# A\n\n![A [sky]](no.png)\n\nText ![](no/x.svg) <img src='data:x' alt='B'>.")

    assert kinds(post.body) == ["markdown"]
    assert "*Picture not imported: A [sky], no.png*" in post.body[0].value
    assert "Text *Picture not imported: no/x.svg* B." in post.body[0].value
    assert post.notes == (
        "The picture no.png was not imported: there is no such file beside the document.",
        "The picture no/x.svg was not imported: its format is not one the publication takes.",
        "The picture data:x was not imported: it is not a file.",
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("![A sky](https://x.example/a.png)", "[A sky](https://x.example/a.png)"),
        ("![](//x.example/a.png)", "[https://x.example/a.png](https://x.example/a.png)"),
        ("[![A sky](https://x.example/a.png)](/b/)", "[A sky](/b/)"),
        ('<img src="https://x.example/a.png" alt="A">', '<a href="https://x.example/a.png">A</a>'),
        ('<a href="/b/"><img src="https://x.example/a.png" alt="A"></a>', '<a href="/b/">A</a>'),
    ],
)
def test_a_picture_elsewhere_becomes_a_link_and_nothing_is_fetched(read_text, written, shown):
    post = read_text(f"# A\n\n{written}")

    assert [block.value for block in post.body] == [shown]
    assert "lies elsewhere; it became a link." in post.notes[0]


@pytest.mark.parametrize("written", ["`![A](a.png)`", "```\n![A](a.png)\n```", "\\![A](a.png)"])
def test_what_is_no_picture_stays_as_typed(read_body, written):
    assert [block.value for block in read_body(written)] == [written]


def test_text_without_pictures_is_one_block_as_typed(read_body):
    body = "## One\n\nText  \nwith a break.\n\n\n\n- a\n- b\n\n<div>x</div>"

    assert [block.value for block in read_body(body)] == [body]


def test_link_definitions_reach_every_block_that_uses_them(read_body):
    first, _, last = read_body(
        "One [x] and [y][z].\n\n![A](a.png)\n\nTwo [x].\n\n[x]: https://x.example 'T'\n[z]: /z/\n"
    )

    assert '<a href="https://x.example" title="T"' in markdown.render(first.value).html
    assert '<a href="/z/"' in markdown.render(first.value).html
    assert '<a href="https://x.example"' in markdown.render(last.value).html


def test_a_footnote_definition_goes_with_its_note_around_a_figure(read_body):
    first, figure, last = read_body("One[^n].\n\n![A](a.png)\n\nTwo.\n\n[^n]: A note.\n")

    assert (first.value, figure.kind) == ("One[^n].\n\n[^n]: A note.", "figure")
    assert last.value == "Two."


def test_abbreviations_reach_every_block_that_uses_them(read_body):
    first, _, last = read_body(
        "The HTML.\n\n![A](a.png)\n\nHTML, not XHTML.\n\n*[HTML]: HyperText\n*[CSS]: Sheets\n"
    )

    assert first.value == "The HTML.\n\n*[HTML]: HyperText"
    assert last.value == "HTML, not XHTML.\n\n*[HTML]: HyperText\n*[CSS]: Sheets"


def test_a_footnote_definition_goes_with_its_note_around_a_card_grid(read_body):
    first, grid, last = read_body(
        'One[^n].\n\n<div class="card-grid"><div class="card"><h3>A</h3></div></div>\n\nTwo.\n\n'
        "[^n]: A note\n    of two lines.\n"
    )

    assert first.value == "One[^n].\n\n[^n]: A note\n    of two lines."
    assert (grid.kind, last.value) == ("card_grid", "Two.")


def test_a_text_too_long_for_one_block_is_cut_between_paragraphs(read_body):
    body = "\n\n".join(f"Paragraph {number} with [x]. {'word ' * 100}" for number in range(600))

    blocks = read_body(f"{body}\n\n[x]: /x/")

    assert len(blocks) == 3
    assert all(len(block.value) < 200_000 for block in blocks)
    assert all('href="/x/"' in markdown.render(block.value).html for block in blocks)
    assert sum(block.value.count("Paragraph ") for block in blocks) == 600
