"""From the body of a page to what its readers see, in two steps.

`render_body` does, once, all that depends on the text alone: Markdown, highlighted code, anchors,
plain text, word counts. `assemble` does, at reading, what depends on the rest of the database:
the addresses of linked pages and the sizes of pictures.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe
from wagtail.blocks import StreamValue
from wagtail.rich_text import expand_db_html

from blog import diagrams
from blog.bibliography import resolve
from blog.blocks.bibliographies import references_in
from blog.highlighting import storable
from blog.markdown import PageState, notes_section
from blog.markdown.anchors import EarlierAnchors
from blog.tex import point_to_equations

PIPELINE = 2  # Raise it when the same source is to give other HTML.
PROSE_WORDS_A_MINUTE = 220
CODE_WORDS_A_MINUTE = 80
SHEETS = {  # Style sheets that a page loads only when its HTML has what they are for.
    "math": "<math",
    "notes": 'class="footnotes"',
    "tables": "<table",
    "sessions": '<span class="g',
    "callouts": 'class="callout',
    "citations": "doc-bibl",
    "diagrams": 'class="diagram',
    "notebooks": 'class="notebook',
    "figures": "<figure",
}

Mark = Callable[[StreamValue, Sequence[str]], list[str]]


def key_of(body: StreamValue) -> str:
    """What the stored form belongs to: a digest of the source and the pipeline's version.

    A block that shows more than its value, such as a file, adds its `key_part` to the source.
    """
    adding = {
        name for name, block in body.stream_block.child_blocks.items() if hasattr(block, "key_part")
    }
    parts = [
        body[place].block.key_part(body[place].value)
        for place, raw in enumerate(body.raw_data)
        if raw["type"] in adding
    ]
    source = json.dumps([body.get_prep_value(), *parts], cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(f"{PIPELINE}:{source}".encode("utf-8", "replace")).hexdigest()


def render_body(body: StreamValue, earlier: Iterable[dict] = ()) -> dict:
    """The stored form of a body, ready for JSON.

    `key`: see key_of. `pipeline`: the version that made it, or 0 if something is to be drawn
    later. `parts`: for each block its HTML in Wagtail's database form, or None where the block is
    rendered at reading; the notes of the whole body may follow. `headings`: dicts of level, text
    and anchor; those of `earlier` keep their anchors. `text`: plain text. `words`, `code_words`:
    counts of prose and code. `sheets`: the style sheets that the parts need.
    """
    parts, headings, text = [], [], []
    words = code_words = 0
    references = references_in(body)
    page = PageState(earlier=EarlierAnchors(earlier), has_references=bool(references))
    for child in body:
        if hasattr(child.block, "render_once"):
            once = child.block.render_once(child.value, page)
            parts.append(once.html)
            headings += [
                {"level": heading.level, "text": heading.text, "anchor": heading.anchor}
                for heading in once.headings
            ]
            text += [once.text, once.code_text]
            words += once.words
            code_words += once.code_words
        else:
            found = "\n".join(child.block.get_searchable_content(child.value))
            parts.append(None)
            text.append(found)
            words += len(found.split())
    if page.notes:
        parts.append(notes_section(page))
    parts = [part and point_to_equations(part, page.labels, is_last=True) for part in parts]
    parts = resolve(parts, references, page.taken)
    html = "\n".join(filter(None, parts))
    rendered = {
        "key": key_of(body),
        "pipeline": 0 if diagrams.AWAITED in html else PIPELINE,
        "parts": parts,
        "headings": headings,
        "text": "\n\n".join(part for part in text if part),
        "words": words,
        "code_words": code_words,
        "sheets": sheets_for(body, html),
    }
    return storable(rendered)


def sheets_for(body: StreamValue, html: str) -> list[str]:
    """The names of the style sheets that the HTML needs, and the blocks rendered at reading."""
    asked = {getattr(child.block, "sheet", None) for child in body}
    return [name for name, mark in SHEETS.items() if mark in html or name in asked]


def minutes_to_read(rendered: dict) -> int:
    """Whole minutes for the words of a rendered body, at least one."""
    minutes = (
        rendered["words"] / PROSE_WORDS_A_MINUTE + rendered["code_words"] / CODE_WORDS_A_MINUTE
    )
    return max(1, round(minutes))


def parts_of(body: StreamValue, rendered: dict) -> list[str]:
    """The HTML of each block, in Wagtail's database form, and of the notes where there are any.

    Stored parts are as they are, the others rendered now. Each is sanitised.
    """
    # A block is only looked at, and so read from the database, if it is rendered now.
    return [
        body[place].render() if part is None else part
        for place, part in enumerate(rendered["parts"])
    ]


def assemble(body: StreamValue, rendered: dict, mark: Mark | None = None) -> SafeString:
    """The HTML of a body for a reader. `mark` may put more into the parts, as safe as they are."""
    html = parts_of(body, rendered)
    if mark:
        html = mark(body, html)
    return mark_safe(storable(expand_db_html("\n".join(html))))  # noqa: S308 - each part is sanitised
