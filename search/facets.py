"""Narrowing an answer: how many of its pages each track, tag, author, year and kind has."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from django.db.models import QuerySet

from blog.models import PostAuthor, TaggedPost, TrackIndexPage

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


@dataclass
class Candidate:
    """A readable page that answers, with its values of each facet."""

    pk: int
    values: dict[str, set[str]]

    def has_all(self, chosen: Chosen, but: str = "") -> bool:
        """Whether the page has one of the chosen values of each facet, leaving out one facet."""
        return all(
            name == but or not self.values[name].isdisjoint(wanted)
            for name, wanted in chosen.items()
        )


class Candidates:
    """The readable pages that answer, best first. Three queries, however many they are."""

    def __init__(self, page_ids: Sequence[int], pages: QuerySet, tracks: Sequence[TrackIndexPage]):
        """`pages` are the readable ones of them; no other page is looked at or counted."""
        self.labels = {
            "track": {track.slug: track.title for track in tracks},
            **FIXED,
            **{name: {} for name in ("tag", "author", "year")},
        }
        slugs = {track.pk: track.slug for track in tracks}
        rows = pages.order_by().values_list(
            "pk",
            "postpage__track",
            "search_document__kind",
            "search_document__year",
            "search_document__has_code",
            "search_document__has_formulas",
        )
        found = {}
        for pk, track, kind, year, has_code, has_formulas in rows if page_ids else ():
            found[pk] = Candidate(
                pk,
                {
                    "track": {slugs[track]} if track in slugs else set(),
                    "kind": {kind},
                    "year": {str(year)} if year else set(),
                    "has": set(compress(THINGS, (has_code, has_formulas))),
                    "tag": set(),
                    "author": set(),
                },
            )
        posts = [pk for pk, candidate in found.items() if "post" in candidate.values["kind"]]
        if posts:
            tags = TaggedPost.objects.filter(content_object__in=posts)
            self.note("tag", found, tags.values_list("content_object", "tag__slug", "tag__name"))
            authors = PostAuthor.objects.filter(post__in=posts)
            self.note("author", found, authors.values_list("post", "author__slug", "author__name"))
        self.found = [found[pk] for pk in page_ids if pk in found]

    def note(self, name: str, found: Mapping[int, Candidate], rows: Iterable[tuple]) -> None:
        for pk, value, label in rows:
            found[pk].values[name].add(value)
            self.labels[name][value] = label

    def those_of(self, chosen: Chosen) -> list[int]:
        """The ids of the pages that the choices leave, best first."""
        return [candidate.pk for candidate in self.found if candidate.has_all(chosen)]

    def facets(self, chosen: Chosen) -> list[Facet]:
        """What can be chosen; each count is of the pages that the other facets' choices leave."""
        return [
            Facet(name, label, list(self.options(name, chosen))) for name, label in LABELS.items()
        ]

    def options(self, name: str, chosen: Chosen) -> Iterator[FacetOption]:
        counts = Counter(
            value
            for candidate in self.found
            if candidate.has_all(chosen, but=name)
            for value in candidate.values[name]
        )
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
