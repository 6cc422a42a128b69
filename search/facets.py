"""Narrowing an answer: how many of its pages each track, tag, author, year and kind has."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from django.db.models import QuerySet, Value
from wagtail.models import Page

from blog.models import Author, PostAuthor, Tag, TaggedPost, TrackIndexPage
from search.engines import engine

MOST_OPTIONS = 20  # Of one facet; those that are chosen are shown in any case.
LABELS = {
    "track": "Track",
    "tag": "Topic",
    "author": "Author",
    "year": "Year",
    "kind": "Kind",
    "has": "Contains",
}
KINDS = {"post": "Posts", "page": "Pages"}
THINGS = {"code": "Code", "formulas": "Formulas"}
FIXED = {"kind": KINDS, "has": THINGS}
NAMED = {"tag": Tag, "author": Author}
Chosen = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class FacetOption:
    """One thing to narrow an answer to, and how many pages would be left."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One way of narrowing an answer: its name in the address, its label, what can be chosen."""

    name: str
    label: str
    options: list[FacetOption]


class Candidates:
    """The readable pages that answer, best first. Three queries, however many they are."""

    def __init__(self, page_ids: Sequence[int], pages: QuerySet, tracks: Sequence[TrackIndexPage]):
        """`pages` are the readable ones of them; no other page is looked at or counted."""
        rows = pages.order_by().values_list(
            "pk",
            "path",
            "search_document__kind",
            "search_document__year",
            "search_document__has_code",
            "search_document__has_formulas",
        )
        found = {row[0]: row[1:] for row in rows} if page_ids else {}
        self.found = [pk for pk in page_ids if pk in found]
        slugs = {track.path: track.slug for track in tracks}
        above = {pk: row[0][: -Page.steplen] for pk, row in found.items()}
        # Of each facet the pages with their values: a page for each value that it has.
        self.values: dict[str, list[tuple[int, str]]] = {
            "track": [(pk, slugs[path]) for pk, path in above.items() if path in slugs],
            "kind": [(pk, row[1]) for pk, row in found.items()],
            "year": [(pk, str(row[2])) for pk, row in found.items() if row[2]],
            "has": [
                (pk, thing) for pk, row in found.items() for thing in compress(THINGS, row[3:])
            ],
        }
        self.values |= {name: [] for name in NAMED}
        self.labels = {"track": {track.slug: track.title for track in tracks}, **FIXED, "year": {}}
        self.labels |= {name: {} for name in NAMED}
        self.add_tags_and_authors()

    def add_tags_and_authors(self) -> None:
        """The values and labels of these facets, of both at once."""
        found = engine().listed(self.found)
        tags = TaggedPost.objects.filter(content_object__in=found).order_by()
        authors = PostAuthor.objects.filter(post__in=found).order_by()
        pairs = tags.values_list(Value("tag"), "content_object", "tag").union(
            authors.values_list(Value("author"), "post", "author"), all=True
        )
        pairs = list(pairs) if self.found else []
        numbers = {name: {number for of, _, number in pairs if of == name} for name in NAMED}
        rows = [
            model.objects.filter(pk__in=numbers[name])
            .order_by()
            .values_list(Value(name), "pk", "slug", "name")
            for name, model in NAMED.items()
        ]
        slugs = {}
        for name, number, slug, label in rows[0].union(*rows[1:], all=True) if pairs else ():
            slugs[name, number] = slug
            self.labels[name][slug] = label
        for name, pk, number in pairs:
            if (name, number) in slugs:
                self.values[name].append((pk, slugs[name, number]))

    def left_by(self, chosen: Chosen, but: str = "") -> Collection[int]:
        """The pages that have one of the chosen values of each facet, leaving out one facet."""
        left = set(self.found)
        for name, wanted in chosen.items():
            if name != but:
                left &= {pk for pk, value in self.values[name] if value in wanted}
        return left

    def those_of(self, chosen: Chosen) -> list[int]:
        """The ids of the pages that the choices leave, best first."""
        left = self.left_by(chosen)
        return [pk for pk in self.found if pk in left]

    def facets(self, chosen: Chosen) -> list[Facet]:
        """What can be chosen; each count is of the pages that the other facets' choices leave."""
        return [
            Facet(name, label, list(self.options(name, chosen))) for name, label in LABELS.items()
        ]

    def options(self, name: str, chosen: Chosen) -> Iterator[FacetOption]:
        left = self.left_by(chosen, but=name)
        counts = Counter(value for pk, value in self.values[name] if pk in left)
        labels, wanted = self.labels[name], chosen.get(name, ())
        if name == "year":
            offered = sorted(counts, reverse=True)[:MOST_OPTIONS]
        elif name in ("tag", "author"):
            offered = sorted(counts, key=lambda value: (-counts[value], value))[:MOST_OPTIONS]
        else:
            offered = labels
        for value in dict.fromkeys([*offered, *wanted]):
            yield FacetOption(value, labels.get(value, value), counts[value], value in wanted)


def choices(chosen: Mapping[str, Collection[str]], tracks: Sequence[TrackIndexPage]) -> Chosen:
    """What of the choices can be chosen at all; other names and values are passed over."""
    closed = {"track": {track.slug for track in tracks}, **FIXED}
    found = {}
    for name in LABELS.keys() & chosen.keys():
        values = dict.fromkeys(value for value in chosen[name] if value.isprintable() and value)
        if name == "year":
            values = [value for value in values if re.fullmatch("[0-9]{4}", value)]
        kept = tuple(value for value in values if value in closed.get(name, values))
        if kept:
            found[name] = kept[:MOST_OPTIONS]
    return found
