"""Narrowing the answers: what a reader has chosen, and how the choices are shown and taken back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from search.facets import LABELS, Facet, FacetOption

MOST_SHOWN = 5  # Options of one facet; the others are folded.


def chosen_in(parameters: QueryDict) -> dict[str, list[str]]:
    """The values that an address names of each facet."""
    return {name: list(filter(None, parameters.getlist(name))) for name in LABELS}


@dataclass(frozen=True)
class Choices:
    """The options of one facet, in two parts; the second is folded unless one of it is chosen."""

    name: str
    label: str
    shown: Sequence[FacetOption]
    folded: Sequence[FacetOption]
    is_open: bool


def choices_of(facets: Sequence[Facet], count: int) -> Iterator[Choices]:
    """The facets that can change something: with two options at least, of which one would leave
    fewer than the `count` pages that there are, or with a chosen one.

    What would leave nothing is not offered.
    """
    for facet in facets:
        options = [option for option in facet.options if option.count or option.is_chosen]
        is_telling = len(options) > 1 and any(option.count < count for option in options)
        if is_telling or any(option.is_chosen for option in options):
            # A fold for a single option would take as much room as it saves.
            fold = MOST_SHOWN if len(options) > MOST_SHOWN + 1 else len(options)
            shown, folded = options[:fold], options[fold:]
            is_open = any(option.is_chosen for option in folded)
            yield Choices(facet.name, facet.label, shown, folded, is_open)


@dataclass(frozen=True)
class TakenBack:
    """One choice, and the address of the same answers without it."""

    facet: str
    label: str
    address: str


def choices_to_take_back(facets: Sequence[Facet], parameters: QueryDict) -> list[TakenBack]:
    """The choices that hold, in the order of the facets."""
    return [
        TakenBack(
            facet.label,
            option.label,
            address_without(parameters, {facet.name: option.value}),
        )
        for facet in facets
        for option in facet.options
        if option.is_chosen
    ]


def address_without(parameters: QueryDict, choice: Mapping[str, str] | None = None) -> str:
    """The address of the first page of answers without one choice, or without any."""
    left = parameters.copy()
    left.pop("page", None)
    for name in LABELS:
        dropped = {(choice or {}).get(name)} if choice else set(left.getlist(name))
        left.setlist(name, [value for value in left.getlist(name) if value not in dropped])
    return f"?{left.urlencode()}"
