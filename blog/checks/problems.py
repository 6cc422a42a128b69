"""The one list of what an editor should put right in a post."""

import re
from collections.abc import Collection, Iterator

from blog.blocks.bibliographies import references_in
from blog.checks.about_page import about_page
from blog.checks.about_saving import about_saving, without_repeats
from blog.checks.about_sources import about_sources
from blog.checks.about_targets import Here, about_external_links, about_targets
from blog.checks.about_words import (
    about_code,
    about_empty_links,
    about_headings,
    about_leftovers,
    about_length,
    about_pictures,
    about_plain_words,
)
from blog.checks.findings import STOP, Finding, judged
from blog.checks.reading import read_body
from blog.checks.rules import EVERYONE, audience_of, rules_for

_ID = re.compile(r'\sid="([^"]+)"')


def problems_of(
    page, *, audience: str | None = None, together: Collection[int] = ()
) -> list[Finding]:
    """What is to be put right in a post as it is at hand, gravest first.

    `audience` is "everyone" or "engineers"; without one it is worked out from the track. Posts in
    `together` go live at the same moment, so it may lead to them. The number of queries does not
    depend on the number of blocks, and nothing is written.
    """
    rules = rules_for(page)
    audience = audience or audience_of(page, rules)
    return without_repeats(judged(_found(page, audience, together), rules))


def stops_of(page, *, together: Collection[int] = ()) -> list[Finding]:
    """Those of the findings that stop publishing; empty: the post may go out."""
    return [finding for finding in problems_of(page, together=together) if finding.level == STOP]


def _found(page, audience: str, together: Collection[int]) -> Iterator[Finding]:
    reading, here = read_body(page.body), Here(page)
    keys = {entry.key for entry in references_in(page.body)}
    yield from about_saving(page)
    yield from about_page(page)
    yield from about_pictures(reading)
    yield from about_targets(here, reading, lambda: _anchors_of(page), together)
    yield from about_sources(reading.sources, keys)
    yield from about_leftovers(reading)
    yield from about_headings(reading.headings)
    yield from about_empty_links(reading.links)
    yield from about_external_links(here, reading.links)
    yield from about_code(reading.codes)
    yield from about_length(page.reading_minutes)
    if audience == EVERYONE:
        is_english = page.locale.language_code.startswith("en")
        yield from about_plain_words(reading, is_english=is_english)


def _anchors_of(page) -> set[str]:
    return {anchor for part in page.rendered_body["parts"] if part for anchor in _ID.findall(part)}
