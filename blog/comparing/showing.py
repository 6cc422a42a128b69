"""Two versions of a text or a body as one HTML: by blocks, then by words.

Every text is compared in bounded time, code line by line, blocks that were moved are recognised,
and what stayed the same is folded away. Editors and reviewers see the same HTML, each with a style
sheet of their own.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.images.blocks import ImageBlock
from wagtail.utils.text import text_from_html

from blog.comparing import differences
from blog.comparing.differences import Line, Run

LINE_FIELDS = {"bibtex", "code", "source", "tex"}  # of our blocks: what is read line by line
MOST_COMPARED = 2_500  # pairs of blocks without a common id whose words are compared
UNSEEN = "w-sr-only vh"  # What is only heard is called so in the admin, and so by readers' pages.
END_OF_PARAGRAPH = re.compile(r"</(?:p|li|h\d|blockquote|tr)>|<[bh]r\s*/?>", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A block of a stream or a list, with what identifies it in both versions."""

    block: blocks.Block
    value: object
    id: str | None
    label: str

    @property
    def key(self) -> str:
        return json.dumps([self.block.name, plain(self.block, self.value)], default=str)


@dataclass(frozen=True)
class Entry:
    """An item of either version or both, where it stands in the newer one."""

    old: Item | None
    new: Item | None
    moved: str = ""

    @property
    def is_same(self) -> bool:
        return bool(self.old and self.new and not self.moved and self.old.key == self.new.key)


# Texts


def words_html(old: str, new: str) -> SafeString:
    """Both texts in one, with what was taken away and put in marked word by word."""
    runs = differences.fold(differences.word_runs(old, new))
    return format_html('<div class="diff-words">{}</div>', runs_html(runs))


def lines_html(old: str, new: str) -> SafeString:
    """Both texts as one table of lines, with their numbers in either."""
    found = differences.lines(old, new)
    rows = format_html_join(
        "",
        "{}",
        (
            (_folded_lines_html(lines) if is_far else _lines_html(lines),)
            for is_far, lines in differences.stretches(found)
        ),
    )
    return format_html('<div class="diff-lines">{}</div>', rows)


def runs_html(runs: Iterable[Run]) -> SafeString:
    return format_html_join("", "{}", ((run_html(run),) for run in runs))


def run_html(run: Run) -> SafeString | str:
    if run.kind == "same":
        return run.text
    if run.kind == "folded":
        return format_html(
            '<details class="diff-fold"><summary>{}</summary>{}</details>',
            _counted(len(run.text.split()), "unchanged word"),
            run.text,
        )
    tag, said = ("del", "removed") if run.kind == "removed" else ("ins", "added")
    return format_html(
        '<{0}><span class="{1}">[{2}: </span>{3}<span class="{1}">]</span></{0}>',
        tag,
        UNSEEN,
        said,
        run.text.replace("\n", "↵\n"),
    )


def _lines_html(lines: Sequence[Line]) -> SafeString:
    return format_html_join(
        "",
        '<div class="diff-line{}"><span class="diff-number">{}</span>'
        '<span class="diff-number">{}</span><span class="diff-text">{}</span></div>',
        (
            (
                "" if line.is_same else " diff-line--changed",
                line.old or "",
                line.new or "",
                runs_html(line.runs),
            )
            for line in lines
        ),
    )


def _folded_lines_html(lines: Sequence[Line]) -> SafeString:
    return format_html(
        '<details class="diff-fold"><summary>{}</summary><div class="diff-text">{}</div></details>',
        _counted(len(lines), "unchanged line"),
        "\n".join(line.runs[0].text for line in lines),
    )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


# Blocks


def block_html(block: blocks.Block, old, new) -> SafeString:
    """A block in both versions; None where it is in one only."""
    if isinstance(block, ImageBlock):
        return words_html(text_of(block, old), text_of(block, new))
    if isinstance(block, blocks.StructBlock):
        return _fields_html(block, old, new)
    if isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        return items_html(items_of(block, old), items_of(block, new))
    if isinstance(block, blocks.RawHTMLBlock | TableBlock) or block.name in LINE_FIELDS:
        return lines_html(text_of(block, old), text_of(block, new))
    if isinstance(block, blocks.RichTextBlock):
        return rich_text_html(getattr(old, "source", ""), getattr(new, "source", ""))
    return words_html(text_of(block, old), text_of(block, new))


def rich_text_html(old: str, new: str) -> SafeString:
    """The words of both; the HTML itself where only links, pictures or formats differ."""
    words = [text_from_html(END_OF_PARAGRAPH.sub("\n", html)) for html in (old, new)]
    if words[0] == words[1] and old != new:
        return format_html(
            "<p>The words are the same; links, pictures or formats differ:</p>{}",
            words_html(old, new),
        )
    return words_html(*words)


def items_html(old: Sequence[Item], new: Sequence[Item]) -> SafeString:
    """The blocks of both versions in their order, with what became of each."""
    parts, same = [], []
    for entry in entries(old, new):
        if entry.is_same:
            same.append(entry)
            continue
        parts.append(_same_entries_html(same))
        parts.append(_entry_html(entry))
        same = []
    parts.append(_same_entries_html(same))
    return format_html_join("", "{}", ((part,) for part in parts))


def entries(old: Sequence[Item], new: Sequence[Item]) -> list[Entry]:
    """What is in either version: the newer one's order, with what is gone where it stood."""
    partners = _partners(old, new)
    pairs = sorted((partner, place) for place, partner in partners.items())
    stayed = dict(differences.rising(pairs))
    found: list[tuple[tuple[int, int], Entry]] = []
    for place, item in enumerate(new):
        partner = partners.get(place)
        is_moved = partner is not None and stayed.get(partner) != place
        moved = f"moved, was number {partner + 1}" if is_moved else ""
        found.append(((place, -1), Entry(None if partner is None else old[partner], item, moved)))
    behind, paired = -1, set(partners.values())
    for place, item in enumerate(old):
        behind = stayed.get(place, behind)
        if place not in paired:
            found.append(((behind, place), Entry(item, None)))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _partners(old: Sequence[Item], new: Sequence[Item]) -> dict[int, int]:
    """Which item of the older version each of the newer one was: by id, by value, by likeness."""
    free = dict(enumerate(old))
    found: dict[int, int] = {}
    by_id = {(item.id, item.block.name): place for place, item in free.items() if item.id}
    for place, item in enumerate(new):
        if (partner := by_id.get((item.id, item.block.name))) in free:
            found[place] = partner
            del free[partner]
    by_key = {item.key: place for place, item in reversed(free.items())}
    for place, item in enumerate(new):
        if place not in found and free and (partner := by_key.get(item.key)) in free:
            found[place] = partner
            del free[partner]
    missing = [place for place in range(len(new)) if place not in found]
    if len(missing) * len(free) <= MOST_COMPARED:
        _pair_alike(missing, free, new, found)
    return found


def _pair_alike(missing: list[int], free: dict[int, Item], new, found: dict[int, int]) -> None:
    texts = {partner: text_of(other.block, other.value) for partner, other in free.items()}
    for place in missing:
        item = new[place]
        words = text_of(item.block, item.value)
        rated = [
            (differences.likeness(texts[partner], words), -partner)
            for partner, other in free.items()
            if other.block.name == item.block.name
        ]
        share, partner = max(rated, default=(0, 0))
        if share >= differences.LIKE_ENOUGH:
            found[place] = -partner
            del free[-partner]


def _entry_html(entry: Entry) -> SafeString:
    item = entry.new or entry.old
    is_changed = entry.old and entry.new and entry.old.key != entry.new.key
    states = [
        "added" if not entry.old else "removed" if not entry.new else "",
        entry.moved,
        "changed" if is_changed else "",
    ]
    if entry.old and entry.new and not is_changed:
        body = _value_html(item)
    else:
        body = block_html(item.block, entry.old and entry.old.value, entry.new and entry.new.value)
    return format_html(
        '<div class="diff-block"><p class="diff-block__title"><strong>{}</strong> {}</p>{}</div>',
        item.label,
        ", ".join(filter(None, states)),
        body,
    )


def _same_entries_html(same: Sequence[Entry]) -> SafeString | str:
    if not same:
        return ""
    bodies = ((entry.new.label, _value_html(entry.new)) for entry in same if entry.new is not None)
    return format_html(
        '<details class="diff-fold"><summary>{}</summary>{}</details>',
        _counted(len(same), "unchanged block"),
        format_html_join("", "<p><strong>{}</strong></p>{}", bodies),
    )


def _value_html(item: Item) -> SafeString:
    return format_html('<div class="diff-words">{}</div>', text_of(item.block, item.value))


def _fields_html(block: blocks.StructBlock, old, new) -> SafeString:
    """The fields of a block that differ."""
    rows = []
    for name, child in block.child_blocks.items():
        values = [value.get(name) if value is not None else None for value in (old, new)]
        texts = [text_of(child, value) for value in values]
        if any(texts) and plain(child, values[0]) != plain(child, values[1]):
            rows.append((child.label, block_html(child, *values)))
    return format_html(
        '<dl class="diff-fields">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows)
    )


def items_of(block: blocks.Block, value) -> list[Item]:
    if value is None:
        return []
    children = value.bound_blocks if isinstance(block, blocks.ListBlock) else list(value)
    return [
        Item(
            child.block,
            child.value,
            getattr(child, "id", None),
            str(child.block.label or child.block.meta.label or type(child.block).__name__),
        )
        for child in children
    ]


def plain(block: blocks.Block, value) -> object:
    """The value as it is stored, without the ids of blocks: equal where nothing differs."""
    return None if value is None else _without_ids(block.get_prep_value(value))


def _without_ids(stored):
    if isinstance(stored, list):
        return [_without_ids(item) for item in stored]
    if isinstance(stored, dict):
        is_block = stored.keys() <= {"type", "value", "id"} and "value" in stored
        return {
            key: _without_ids(value)
            for key, value in stored.items()
            if not (is_block and key == "id")
        }
    return stored


def text_of(block: blocks.Block, value) -> str:
    """The value in words, as an editor would say it."""
    if value is None:
        return ""
    if isinstance(block, ImageBlock):
        alt = "decorative" if value.decorative else value.contextual_alt_text
        return f"{value.title} ({alt})" if alt else value.title
    if isinstance(block, blocks.StructBlock):
        children = block.child_blocks.items()
        return "\n".join(
            filter(None, (text_of(child, value.get(name)) for name, child in children))
        )
    if isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        found = (text_of(item.block, item.value) for item in items_of(block, value))
        return "\n\n".join(filter(None, found))
    if isinstance(block, TableBlock):
        rows = [" | ".join(str(cell or "") for cell in row) for row in value.get("data") or []]
        return "\n".join(filter(None, [value.get("table_caption"), *rows]))
    if isinstance(block, blocks.RichTextBlock):
        return text_from_html(END_OF_PARAGRAPH.sub("\n", value.source))
    if isinstance(block, blocks.ChoiceBlock):
        return str(dict(block.field.choices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
