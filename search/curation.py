"""What editors say about searching: which words mean the same, and what comes first."""

from collections.abc import Iterable
from functools import lru_cache

from django.db.models import Q
from django.db.models.functions import Length

from search.folding import question_words
from search.models import PromotedPage, Promotion, Synonym
from search.noting import note_question
from search.questions import MOST_CHARACTERS, MOST_WORDS

__all__ = ["fold_anew", "note_question", "promoted_for", "synonyms"]

Forms = tuple[tuple[str, ...], ...]


def synonyms() -> dict[str, Forms]:
    """From words, folded and joined by a space, to what is looked for as well, in words each.

    It costs one query, by which any change holds at once in every process; the words are cut
    anew only when a row has changed. The answer is shared: nobody may change it.
    """
    return leading_to(tuple(Synonym.objects.order_by("pk").values_list("words", "direction")))


@lru_cache(maxsize=1)
def leading_to(rows: Iterable[tuple[str, str]]) -> dict[str, Forms]:
    """The synonyms of these rows; what stands in several leads to all that they say."""
    found: dict[str, dict[tuple[str, ...], None]] = {}
    for words, direction in rows:
        row = Synonym(words=words, direction=direction)
        for form in row.leading:
            others = (other for other in row.forms if other not in ((), form))
            if form:
                found.setdefault(" ".join(form), {}).update(dict.fromkeys(others))
    return {words: tuple(others) for words, others in found.items()}


def promoted_for(question: str) -> list[int]:
    """The numbers of the pages that come first, in their order; one query.

    The promotion for the whole question counts, else the longest that it begins with. Who may
    read the pages is for the caller to ask.
    """
    words = question_words(question[:MOST_CHARACTERS])
    beginnings = [" ".join(words[:count]) for count in range(1, min(len(words), MOST_WORDS) + 1)]
    if not beginnings:
        return []
    is_for_this = Q(promotion__words=" ".join(words))
    is_for_longer = Q(promotion__words__in=beginnings, promotion__is_beginning=True)
    rows = list(
        PromotedPage.objects.filter(is_for_this | is_for_longer)
        .order_by(Length("promotion__words").desc(), "promotion", "sort_order", "pk")
        .values_list("promotion", "page")
    )
    return list(dict.fromkeys(page for promotion, page in rows if promotion == rows[0][0]))


def fold_anew() -> None:
    """Bring the promotions up to date when words are folded in another way than before."""
    for promotion in Promotion.objects.all():
        if promotion.words != " ".join(question_words(promotion.question)):
            promotion.save()
