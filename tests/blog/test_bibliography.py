"""BibTeX and typed references: what is read, what is refused, and how it is written."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.bibliography import BibtexError, Entry, entry_of_fields, read_bibtex
from blog.bibliography.entries import LONGEST_BIBTEX, MOST_ENTRIES
from blog.bibliography.formatting import hint_of_entry, html_of_entry
from blog.bibliography.latex import words_in, written


def one_entry(**fields) -> Entry:
    lines = ",\n".join(f"  {name} = {{{words}}}" for name, words in fields.items())
    return read_bibtex(f"@misc{{key,\n{lines}\n}}")[0]


def refusal_of(bibtex: str) -> str:
    with pytest.raises(BibtexError) as refused:
        read_bibtex(bibtex)
    return str(refused.value)


# Reading


def test_an_article_is_read():
    entries = read_bibtex(
        r"""Notes of mine.
        @string{acm = "ACM " # {Press}}
        @article{knuth84,
          author = {Knuth, Donald E. and Leslie Lamport},
          title = "Literate {P}rogramming",
          journal = {The Computer Journal}, volume = 27, number = 2,
          pages = {97--111}, month = may, year = 1984,
          doi = {https://doi.org/10.1093/comjnl/27.2.97},
          publisher = acm,
        }"""
    )

    assert entries == (
        Entry(
            key="knuth84",
            authors=("Donald E. Knuth", "Leslie Lamport"),
            title="Literate Programming",
            year="1984",
            container="The Computer Journal",
            volume="27",
            number="2",
            pages="97–111",
            publisher="ACM Press",
            doi="10.1093/comjnl/27.2.97",
        ),
    )


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"Erd{\H o}s and {\"O}zg{\"u}r, na\"{\i}ve", "Erdős and Özgür, naïve"),
        (r"G\"odel, \'Etude, \c{c}, \v{S}, \o, {\aa}, {\ss}", "Gödel, Étude, ç, Š, ø, å, ß"),
        (r"{DNA} \& \textit{RNA} -- a {\TeX}book", "DNA & RNA – a TeXbook"),
        (r"50% of \$5 and 5\% of $\alpha$", "50% of $5 and 5% of α"),
        (r"\{braces\} a\_b \#1 ~ x", "{braces} a_b #1 x"),
        (r"``quoted''", "“quoted”"),
        ("日本語 Ω it's", "日本語 Ω it's"),
        (r"\unknown{kept} \relax gone", "kept gone"),
        ("broken \\", "broken"),
    ],
)
def test_latex_becomes_words(tex, words):
    assert words_in(tex) == words


@pytest.mark.parametrize(
    ("people", "authors"),
    [
        ("Knuth, Donald E.", ("Donald E. Knuth",)),
        ("Ludwig van Beethoven AND others", ("Ludwig van Beethoven", "others")),
        ("King, Jr., Martin Luther", ("Martin Luther King, Jr.",)),
        (
            "{Smith and Sons, Inc.} and {World Wide Web Consortium}",
            ("Smith and Sons, Inc.", "World Wide Web Consortium"),
        ),
        (r"de la Vall{\'e}e Poussin, Charles", ("Charles de la Vallée Poussin",)),
        ("a, b, c, d", ("a, b, c, d",)),
    ],
)
def test_names_are_turned_round(people, authors):
    assert one_entry(author=people).authors == authors


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        (
            {"url": r"https://example.org/a\_b\%20c?x=1\&y=\#z"},
            "https://example.org/a_b%20c?x=1&y=#z",
        ),
        ({"url": r"\url{https://example.org/{x}}"}, "https://example.org/x"),
        ({"howpublished": r"\url{https://example.org/~me}"}, "https://example.org/~me"),
        (
            {"eprint": "1706.03762v5", "archivePrefix": "arXiv"},
            "https://arxiv.org/abs/1706.03762v5",
        ),
        ({"eprint": "javascript:x", "archivePrefix": "arXiv"}, ""),
    ],
)
def test_addresses(fields, url):
    assert one_entry(**fields).url == url


def test_fields_are_read_as_plain_text():
    entry = entry_of_fields(
        {
            "key": "note",
            "kind": "software",
            "authors": "Byron, Ada; Charles Babbage and Luigi Menabrea",
            "title": r"100% \emph{typed}",
            "pages": "3-5",
            "url": "javascript:alert(1)",
            "doi": "doi:10.1000/182",
        }
    )

    assert entry == Entry(
        key="note",
        kind="Software",
        authors=("Ada Byron", "Charles Babbage", "Luigi Menabrea"),
        title=r"100% \emph{typed}",
        pages="3–5",
        doi="10.1000/182",
    )


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="ab -`'\"\\{}$%&#_^~?!,.<>@é\u0301\n", max_size=30))
def test_words_survive_being_written_as_latex(words):
    assert words_in(written(words)) == " ".join(unicodedata.normalize("NFC", words).split())


# Refusals, with their lines


@pytest.mark.parametrize(
    ("bibtex", "sentence"),
    [
        (
            "\n@book{a,\n title={x\n}",
            "Line 2: The entry that begins here has no end. Look for a brace or quote left open.",
        ),
        ("@book{a,\n title={x}\n year=1}", "Line 3: This is not BibTeX: '}' expected."),
        ("@book{a,\n title=x}", "Line 2: This is not BibTeX: “x” is not defined by @string."),
        ('@book{a, title="x}"}', "Line 1: This is not BibTeX: the braces do not match."),
        ("@book{a,}\n\n@misc{a,}", "Line 3: There are two entries with the key “a”."),
        (
            '\n@book{a"b<c>,}',
            'Line 2: The key “a"b<c>” cannot be cited. It may have letters, digits and '
            "_ - : . + / and begins with a letter or a digit.",
        ),
        (
            "@misc{a, url={javascript:alert(1)}}",
            "Line 1: The address of “a” is not one. It begins with https:// or http://.",
        ),
        (
            "@misc{a, doi={x}}",
            "Line 1: The DOI of “a” is not one. Write for example 10.1000/182.",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(bibtex, sentence):
    assert refusal_of(bibtex) == sentence


def test_too_long():
    assert refusal_of("x" * (LONGEST_BIBTEX + 1)) == (
        "Line 1: The most is 200,000 characters. Leave out some entries."
    )


def test_too_many():
    entries = [f"@misc{{k{number},}}" for number in range(MOST_ENTRIES + 1)]

    assert len(read_bibtex("\n".join(entries[:-1]))) == MOST_ENTRIES
    assert refusal_of("\n".join(entries)) == (
        "Line 2001: The most is 2,000 entries. Leave out some."
    )


def test_strings_of_one_text_are_unknown_in_the_next():
    read_bibtex("@string{mine = {My own}}@misc{a, title=mine}")

    assert refusal_of("@misc{a, title=mine}") == (
        "Line 1: This is not BibTeX: “mine” is not defined by @string."
    )


# Hostile texts are read or refused within a second


def strings_that_double(rounds: int) -> str:
    lines = ["@string{a0 = {aaaaaaaaaa}}"]
    lines += [f"@string{{a{n} = a{n - 1} # a{n - 1}}}" for n in range(1, rounds)]
    return "\n".join([*lines, f"@misc{{k, title=a{rounds - 1}}}"])


@pytest.mark.parametrize(
    "bibtex",
    [
        strings_that_double(200),
        "@string{a={" + "a" * 1_000 + "}}@misc{k, title=" + "#".join(["a"] * 60_000) + "}",
        "@misc{k, title={" + "{" * 99_000 + "}" * 99_000 + "}}",
        "@misc{k, title={" + "{}" * 90_000 + "}}",
        "@misc{k, title={" + ("{" * 99 + "}" * 99) * 900 + "}}",
        "@misc{k, title=" + "#".join(['"x"'] * 45_000) + "}",
        "@misc{k, title={" + r"{\'e}" * 39_000 + "}}",
        "@misc{k, title={" + "\\" * 190_000 + "}}",
        "@misc{k, title={" + "$" * 190_000 + "}}",
        "@misc{k, author={" + "a and " * 33_000 + "}}",
        "@misc{k, author={" + "{a}" * 60_000 + "}}",
        "@misc{k, author={" + "a," * 95_000 + "}}",
        "@misc{k, " + "x={y}," * 33_000 + "}",
        "@misc{k, url={https://" + "a." * 95_000 + "}}",
        "@misc{k, doi={10.1000/" + "a" * 190_000 + "}}",
        "@misc{k, " + " " * 190_000,
        "@" * 200_000,
        "@comment{" * 22_000,
        "@misc{k, title={" + "a b " * 49_000,
    ],
    ids=lambda bibtex: f"{bibtex[:24]}…",
)
def test_hostile_bibtex_takes_no_time(bibtex):
    begun = time.process_time()

    try:
        words = sum(len(html_of_entry(entry)) for entry in read_bibtex(bibtex))
    except BibtexError:
        words = 0

    assert words < 5 * LONGEST_BIBTEX
    assert time.process_time() - begun < 1


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet='@misctrng{}(),="#\\ \nab1', max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        answer = read_bibtex(text)
    except BibtexError as refused:
        answer = str(refused)

    assert isinstance(answer, tuple) or answer.startswith("Line ")


# Writing


@pytest.mark.parametrize(
    ("entry", "html"),
    [
        (
            Entry(
                key="k",
                authors=("Ada Byron", "Charles Babbage", "others"),
                title="Note G",
                container="Memoirs",
                volume="3",
                number="1",
                pages="2–4",
                publisher="Taylor",
                year="1843",
                doi="10.1000/a<b>",
            ),
            "Ada Byron, Charles Babbage and others. “Note G.” <cite>Memoirs</cite> 3(1):2–4, "
            'Taylor, 1843. <a href="https://doi.org/10.1000/a%3Cb%3E" rel="noopener">'
            "doi:10.1000/a&lt;b&gt;</a>",
        ),
        (
            Entry(key="k", title="Who reads?", year="2020", url="https://www.example.org/?a=1&b=2"),
            "<cite>Who reads?</cite> 2020. "
            '<a href="https://www.example.org/?a=1&amp;b=2" rel="noopener">'
            "example.org/?a=1&amp;b=2</a>",
        ),
        (
            Entry(
                key="k", authors=("A. B.",), is_edited=True, title="All", kind="Report", note="Ed"
            ),
            "A. B. (eds.). <cite>All</cite>. Report. Ed.",
        ),
        (Entry(key="k"), "<cite>k</cite>."),
        (Entry(key="k", title="</script><script>"), "<cite>&lt;/script&gt;&lt;script&gt;</cite>."),
    ],
)
def test_entries_are_written_as_sentences(entry, html):
    assert html_of_entry(entry) == html


def test_of_many_authors_ten_are_named():
    entry = Entry(key="k", authors=tuple(f"A{number}" for number in range(99)), title="T")

    assert html_of_entry(entry) == (
        "A0, A1, A2, A3, A4, A5, A6, A7, A8, A9 and others. <cite>T</cite>."
    )
    assert hint_of_entry(entry) == "A0 and others, T"
