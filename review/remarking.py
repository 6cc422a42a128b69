"""What reviewers say and editors answer: kept, and shown where it belongs in a version."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from wagtail.blocks import StreamValue

from blog.clock import database_now
from review import links
from review.limits import within
from review.models import LinkedPage, Remark, ReviewLink, ReviewSession, SharedVersion
from review.passages import NOTES, Piece, Words, laid_out
from review.placing import Finder, Placed, Selector, Standing

MOST_OF_A_SESSION, MOST_OF_A_LINK = 12, 60  # remarks in a minute
MOST_ON_A_PAGE = 1_000
TWICE_WITHIN = timedelta(minutes=10)
SHOWN_WORDS = 60  # characters that name a piece


class RefusedError(Exception):
    """Why a remark is not kept, in a sentence; `status` is that of the answer."""

    def __init__(self, sentence: str, status: int):
        super().__init__(sentence)
        self.status = status


@dataclass
class Thread:
    """A remark with its answers, and where it belongs in the version at hand."""

    remark: Remark
    placed: Placed
    answers: list[Remark] = field(default_factory=list)

    @property
    def quote(self) -> str:
        """The words it is on, where they are not simply those that it stands below."""
        piece = self.placed.piece
        is_plain = self.placed.standing is Standing.SAME and piece is not None
        if is_plain and piece.text.startswith(self.remark.quote) and self._is_whole(piece):
            return ""
        return self.remark.quote

    def _is_whole(self, piece: Piece) -> bool:
        return len(self.remark.quote) >= min(len(piece.text), 400)

    @property
    def is_resolved(self) -> bool:
        return self.remark.resolved_at is not None


class Remarks:
    """All remarks on a page of a link, put where they belong in one version of it."""

    def __init__(self, linked: LinkedPage, address: str):
        """`address`: where a remark is written, or "" where none may be."""
        self.linked, self.address = linked, address
        self._placed: dict[int, Placed] | None = None

    @cached_property
    def _all(self) -> list[Remark]:
        return list(self.linked.remarks.select_related("by", "resolved_by", "session"))

    @cached_property
    def threads(self) -> list[Thread]:
        answers: dict[int, list[Remark]] = {}
        for remark in self._all:
            answers.setdefault(remark.parent_id or 0, []).append(remark)
        return [
            Thread(remark, self._place_of(remark), answers.get(remark.pk, []))
            for remark in answers.get(0, [])
        ]

    @property
    def on_the_page(self) -> list[Thread]:
        """Those on the page as a whole."""
        return [
            thread
            for thread in self.threads
            if thread.placed.standing is Standing.SAME and thread.placed.piece is None
        ]

    @property
    def orphans(self) -> list[Thread]:
        """Those on words that were not found in this version."""
        return [one for one in self.threads if not one.placed.is_found]

    def mark(self, body: StreamValue, html: Sequence[str]) -> list[str]:
        """The HTML of a body's blocks, with a way to remark below each piece, and what was said."""
        layout = laid_out(body, html)
        self.place(Words([piece for pieces in layout for piece, _ in pieces]))
        said: dict[str, list[Thread]] = {}
        for thread in self.threads:
            if thread.placed.piece:
                said.setdefault(thread.placed.piece.key, []).append(thread)
        marked = []
        for part, pieces in zip(html, layout, strict=True):
            ends = [0, *(end for _, end in pieces)]
            found = [
                part[start:end] + self._below(piece, said.get(piece.key, []))
                for (piece, end), start in zip(pieces, ends, strict=False)
            ]
            marked.append("".join([*found, part[ends[-1] :]]))
        return marked

    def place(self, words: Words) -> None:
        """Find the words of every remark in those of a version."""
        finder = Finder(words)
        self._placed = {
            remark.pk: finder.find(selector_of(remark))
            for remark in self._all
            if remark.parent_id is None
        }
        self.__dict__.pop("threads", None)

    def _place_of(self, remark: Remark) -> Placed:
        if self._placed is None:  # There is no body, as of a home page.
            is_on_page = not remark.block_id and not remark.quote
            return Placed(Standing.SAME if is_on_page else Standing.ORPHANED)
        return self._placed[remark.pk]

    def _below(self, piece: Piece, threads: list[Thread]) -> SafeString | str:
        way = self._way_to(piece)
        if not threads:
            html = '<div class="said" id="on-{}">{}</div>'
            return format_html(html, piece.key, way) if way else ""
        context = {"piece": piece, "way": way, "threads": threads, "address": self.address}
        return render_to_string("review/said.html", context)

    def _way_to(self, piece: Piece) -> SafeString | str:
        if not self.address or (piece.kind == "line" and not piece.text):
            return ""
        words = piece.text[:SHOWN_WORDS].rsplit(" ", 1)[0] if len(piece.text) > SHOWN_WORDS else ""
        version = self.linked.version.sha256[:12]
        query = urlencode({"at": piece.key, "v": version})
        # Notes stand in the margin, where there is room, and their way to a remark below the text.
        is_note = piece.block_id == NOTES
        return format_html(
            '<a class="say" href="{}?{}">Remark{}<span class="vh"> on this {}: {}</span></a>',
            self.address,
            query,
            " on the notes" if is_note else "",
            piece.kind,
            f"{words}…" if words else piece.text or f"number {piece.number + 1}",
        )


def selector_of(remark: Remark) -> Selector:
    return Selector(remark.block_id, remark.quote, remark.quote_prefix, remark.quote_suffix)


def write(
    session: ReviewSession,
    linked: LinkedPage,
    version: SharedVersion,
    *,
    text: str,
    name: str,
    selector: Selector = Selector(),  # noqa: B008 - it is frozen
    parent: Remark | None = None,
) -> Remark:
    """Keep what a reviewer says about a version. The same words sent twice are one remark.

    Raises RefusedError when the link is over by now, or says too much in too short a time.
    """
    with transaction.atomic():
        link = lock_open(linked)
        remark = Remark(
            link=link,
            linked_page=linked,
            version=version,
            session=session,
            parent=parent and (parent.parent or parent),
            block_id=selector.block_id,
            quote=selector.quote,
            quote_prefix=selector.prefix,
            quote_suffix=selector.suffix,
            text=text,
            name=name,
            made_at=database_now(),
        )
        if same := _same_as(remark):
            return same
        _refuse_too_many(remark)
        remark.save()
        ReviewSession.objects.filter(pk=session.pk).update(name=name)
    return remark


def lock_open(linked: LinkedPage) -> ReviewLink:
    """The page's link, which nobody changes until the transaction is done.

    Raises RefusedError when it, or the page in it, is over by now.
    """
    link = ReviewLink.objects.select_for_update(of=["self"]).get(pk=linked.link_id)
    as_it_is_now = LinkedPage.objects.select_related("page").get(pk=linked.pk)
    if links.ending_of(link) or links.ending_of_page(as_it_is_now, link):
        raise RefusedError("The link was closed meanwhile, so this was not sent.", 410)
    return link


def _same_as(remark: Remark) -> Remark | None:
    """What was sent twice: a button pressed again, or a page that was loaded again."""
    return Remark.objects.filter(
        linked_page=remark.linked_page,
        session=remark.session,
        parent=remark.parent,
        block_id=remark.block_id,
        quote=remark.quote,
        quote_prefix=remark.quote_prefix,
        quote_suffix=remark.quote_suffix,
        text=remark.text,
        made_at__gt=remark.made_at - TWICE_WITHIN,
    ).first()


def _refuse_too_many(remark: Remark) -> None:
    if remark.linked_page.remarks.count() >= MOST_ON_A_PAGE:
        raise RefusedError(
            f"There are {MOST_ON_A_PAGE:,} remarks on this page, which is all it holds.", 409
        )
    of_session = within("remark", f"session-{remark.session_id}", MOST_OF_A_SESSION)
    of_link = within("remark", f"link-{remark.link_id}", MOST_OF_A_LINK)
    if not (of_session and of_link):
        raise RefusedError("That was a lot in one minute. Wait a little, then send it again.", 429)
