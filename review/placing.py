"""Finding again, in another version, the words that a remark is on.

A remark keeps its block and a quotation with what stood before and behind it, as W3C's Web
Annotation does. In a later version the words are looked for as they were, in their block and then
elsewhere, and then for words that are much like them. The work is bounded by the length of the
text: a window of as many words slides over it once.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from blog.comparing.differences import TOKEN
from review.passages import Piece, Words, in_one_line

LONGEST_QUOTE = 500  # characters
AROUND = 32  # characters kept before and behind a quotation
MOST_PLACES = 500  # of the same words that are looked at, in the block and elsewhere
MOST_WORDS = 4_000_000  # that windows slide over, for all remarks on a page
ENOUGH = 0.5  # share of the words that must still be there, in the block
ENOUGH_ELSEWHERE = 0.75
TELLING = 12  # characters from which words say by themselves where they came from


class Standing(StrEnum):
    """How the words of a remark are found."""

    SAME = "same"
    MOVED = "moved"  # in another block
    CHANGED = "changed"
    ORPHANED = "orphaned"  # Neither the words nor any like them.
    UNKNOWN = "unknown"  # They could not be looked up.


@dataclass(frozen=True)
class Selector:
    """What a remark is on. Without a quotation: the block; without a block: the page."""

    block_id: str = ""
    quote: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Placed:
    """Where a remark belongs: the piece, or none, and from where to where in the whole text."""

    standing: Standing
    piece: Piece | None = None
    start: int = 0
    end: int = 0

    @property
    def is_found(self) -> bool:
        return self.standing not in {Standing.ORPHANED, Standing.UNKNOWN}


class _TooMuchError(Exception):
    """The windows over the text have slid over as many words as they may."""


class Finder:
    """Finds the words of many remarks in one version; of one that cannot be read, none."""

    def __init__(self, words: Words | None):
        self.words = words
        self.words_left = MOST_WORDS

    def find(self, selector: Selector) -> Placed:
        """Where the words are now. A remark on the page as a whole has no piece and is the same."""
        if not selector.block_id and not selector.quote:
            return Placed(Standing.SAME)
        if self.words is None:
            return Placed(Standing.UNKNOWN)
        quote = in_one_line(selector.quote)
        span = self.words.spans.get(selector.block_id)
        if not quote:
            return self._at(*span, Standing.SAME) if span else Placed(Standing.ORPHANED)
        try:
            return (
                self._same_in_block(selector, quote, span)
                or self._same_elsewhere(selector, quote)
                or self._like(quote, span, ENOUGH)
                or self._like_elsewhere(quote, span)
                or Placed(Standing.ORPHANED)
            )
        except _TooMuchError:
            return Placed(Standing.UNKNOWN)

    def _same_in_block(self, selector: Selector, quote: str, span) -> Placed | None:
        place = self.best_of(quote, selector, *span) if span else None
        return None if place is None else self._at(place, place + len(quote), Standing.SAME)

    def _same_elsewhere(self, selector: Selector, quote: str) -> Placed | None:
        """In another block, if the words or what stands around them tell that they are the same."""
        place = self.best_of(quote, selector, *self._all)
        if place is None or (len(quote) < TELLING and not self._nearness(place, quote, selector)):
            return None
        return self._at(place, place + len(quote), Standing.MOVED)

    def best_of(self, quote: str, selector: Selector, start: int, end: int) -> int | None:
        """The place of the quotation around which most is as it was."""
        places = list(self._places(quote, start, end))
        rated = [(self._nearness(place, quote, selector), -place) for place in places]
        return -max(rated)[1] if rated else None

    def _places(self, quote: str, start: int, end: int) -> Iterator[int]:
        for _ in range(MOST_PLACES):
            start = self.words.text.find(quote, start, end)
            if start < 0:
                return
            yield start
            start += 1

    def _nearness(self, place: int, quote: str, selector: Selector) -> int:
        """How many characters before and behind the place are those that were."""
        before, behind = in_one_line(selector.prefix), in_one_line(selector.suffix)
        text, end = self.words.text, place + len(quote)
        left = text[max(place - AROUND - 1, 0) : place].rstrip()
        right = text[end : end + AROUND + 1].lstrip()
        return _alike(reversed(left), reversed(before)) + _alike(right, behind)

    def _like_elsewhere(self, quote: str, span) -> Placed | None:
        is_telling = span is None and len(quote) >= TELLING
        return self._like(quote, self._all, ENOUGH_ELSEWHERE) if is_telling else None

    def _like(self, quote: str, span, enough: float) -> Placed | None:
        """Where within the span the words most like the quotation are, if they are like enough."""
        wanted = Counter(token for token in TOKEN.findall(quote) if token[0].isalnum())
        size = wanted.total()
        if span is None or not size:
            return None
        first, last = self._tokens_within(*span)
        self.words_left -= last - first
        if self.words_left < 0:
            raise _TooMuchError
        best, at = self._slide(wanted, size, first, last)
        if best < enough * size:
            return None
        inside = [token for token in self.tokens[at : min(at + size, last)] if token[0] in wanted]
        _, middle, _ = inside[len(inside) // 2]
        piece = self.words.piece_at(middle)
        return Placed(Standing.CHANGED, piece, inside[0][1], inside[-1][2])

    def _slide(self, wanted: Counter, size: int, first: int, last: int) -> tuple[int, int]:
        """The most words in common with a window of that size, and where it then starts."""
        missing, common, best = Counter(wanted), 0, (0, first)
        for place in range(first, last):
            word = self.tokens[place][0]
            if word in wanted:
                common += missing[word] > 0
                missing[word] -= 1
            if place - size >= first:
                gone = self.tokens[place - size][0]
                if gone in wanted:
                    missing[gone] += 1
                    common -= missing[gone] > 0
            if common > best[0]:
                best = (common, max(first, place - size + 1))
        return best

    @cached_property
    def tokens(self) -> list[tuple[str, int, int]]:
        """The words of the text, with where each starts and ends."""
        found = TOKEN.finditer(self.words.text)
        return [(one[0], one.start(), one.end()) for one in found if one[0][0].isalnum()]

    @cached_property
    def _token_starts(self) -> list[int]:
        return [start for _, start, _ in self.tokens]

    def _tokens_within(self, start: int, end: int) -> tuple[int, int]:
        return bisect_left(self._token_starts, start), bisect_left(self._token_starts, end)

    @property
    def _all(self) -> tuple[int, int]:
        return 0, len(self.words.text)

    def _at(self, start: int, end: int, standing: Standing) -> Placed:
        return Placed(standing, self.words.piece_at(start), start, end)


def select(words: Words, piece: Piece, quote: str = "", prefix: str = "") -> Selector | None:
    """What a remark on a piece, or on some words that begin in it, is to be kept with.

    None when the words are not there, as of a formula that a browser has read in its own way.
    """
    place = words.start_of(piece)
    quote = in_one_line(quote)[:LONGEST_QUOTE]
    if quote:
        before = Selector(piece.block_id, quote, prefix=prefix)
        place = _place_in(words, before, place, place + len(piece.text))
        if place is None:
            return None
    else:
        quote = piece.text[:LONGEST_QUOTE].rstrip()
    end = place + len(quote)
    return Selector(
        piece.block_id,
        quote,
        words.text[max(place - AROUND, 0) : place],
        words.text[end : end + AROUND],
    )


def _place_in(words: Words, selector: Selector, start: int, end: int) -> int | None:
    """Where in a piece a quotation begins, which may end behind it; None if it does not."""
    until = min(end + len(selector.quote) - 1, len(words.text))
    return Finder(words).best_of(selector.quote, selector, start, until)


def _alike(ones, others) -> int:
    """How many characters are the same before the first that is not."""
    count = 0
    for one, other in zip(ones, others, strict=False):
        if one != other:
            break
        count += 1
    return count
