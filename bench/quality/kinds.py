"""Questions of many kinds, made of a publication's own texts, with the pages that answer them.

What is relevant follows from how a question is made, and no engine is asked: the page it is made
of, and every other page of which the same is true. A question that too many pages would answer
is none. The same texts and seed always give the same questions.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import log
from random import Random

from bench.quality.reading import Text

WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?:;](?=\s)|\n")
SYMBOL = re.compile(r"(?<![\w-])(?:--?)?[A-Za-z_]\w*(?:(?:\.|::|-)\w+)*")
# What makes a name of code differ from a word: a flag, parts joined, a hump.
IS_IDENTIFIER = re.compile(r"--\w|\w_\w|\w::\w|[A-Za-z]\.[A-Za-z]|[a-z][A-Z]")
COMMON = (
    "a about an and are as at be but by can do for from has have how i if in into is it its my no "
    "not of on or our so than that the their there these they this to up us was we were what when "
    "where which who why will with you your"
)
STOP_WORDS = frozenset(COMMON.split())
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SYLLABLES = ["ba", "do", "fu", "gi", "ka", "le", "mo", "nu", "pi", "ra", "se", "ti", "vo", "wu"]
FEWEST_LETTERS = 3  # of a word that tells something,
FEWEST_TO_CHANGE = 5  # of one that is still known after a letter is changed,
LONG = 8  # and of one in which two are.
MOST_OF_TITLE = 4
MOST_RELEVANT = 3
MOST_WITH_BEGINNING = 10


@dataclass(frozen=True)
class Question:
    """What is asked, and the pages that answer it.

    `passed_over` neither answer it nor are in the way of those that do. `synonyms` are pairs that
    the publication's list must hold: what is typed, and the word it stands for.
    """

    kind: str
    text: str
    relevant: frozenset[int]
    passed_over: frozenset[int] = frozenset()
    synonyms: tuple[tuple[str, str], ...] = ()


def words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def is_telling(word: str) -> bool:
    """Whether a word says what a text is about, by itself or beside others."""
    if word in STOP_WORDS:
        return False
    return len(word) >= FEWEST_LETTERS or any(map(str.isdigit, word))


def is_plain(word: str, least: int = FEWEST_LETTERS) -> bool:
    """Whether a word can be changed as English words are."""
    return len(word) >= least and word.isascii() and word.isalpha()


def telling(text: str) -> list[str]:
    return [word for word in words(text) if is_telling(word)]


class Corpus:
    """The texts of a publication, and what is counted over all of them."""

    def __init__(self, texts: Iterable[Text]):
        self.texts = list(texts)
        self.by_pk = {text.pk: text for text in self.texts}

    @cached_property
    def counts(self) -> dict[int, Counter]:
        """How often each word stands in each text, code left out."""
        return {
            text.pk: Counter(words("\n".join([text.title, *text.headings, text.prose])))
            for text in self.texts
        }

    @cached_property
    def frequency(self) -> Counter:
        """In how many texts each word stands."""
        return Counter(word for counts in self.counts.values() for word in counts)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words, those of code and tags as well."""
        return frozenset(
            word for text in self.texts for word in words("\n".join([text.whole, *text.tags]))
        )

    @cached_property
    def folded(self) -> dict[int, str]:
        """Each whole text without case, to look names up in."""
        return {text.pk: text.whole.casefold() for text in self.texts}

    @cached_property
    def sequences(self) -> dict[int, str]:
        """The words of each prose, in their order, with a space on either side."""
        return {text.pk: f" {' '.join(words(text.prose))} " for text in self.texts}

    @cached_property
    def titles(self) -> dict[int, tuple[str, ...]]:
        return {text.pk: tuple(words(text.title)) for text in self.texts}

    def with_title(self, title: str) -> frozenset[int]:
        """The pages whose title has the same words in the same order."""
        wanted = tuple(words(title))
        return frozenset(pk for pk, title in self.titles.items() if title == wanted)

    def with_words_in_title(self, wanted: Iterable[str]) -> frozenset[int]:
        wanted = set(wanted)
        return frozenset(pk for pk, title in self.titles.items() if wanted.issubset(title))

    def in_any_order(self, chance: Random) -> list[Text]:
        return chance.sample(self.texts, len(self.texts))


def of_title(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """A title as it is."""
    for text in corpus.in_any_order(chance):
        if telling(text.title):
            yield Question("title", text.title, corpus.with_title(text.title))


def of_keywords(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """The three words that tell most of a post by tf-idf; words of it alone are left out."""
    most = max(2, len(corpus.texts) // 4)
    for text in corpus.in_any_order(chance):
        worth = {
            word: (1 + log(count)) * log(len(corpus.texts) / corpus.frequency[word])
            for word, count in corpus.counts[text.pk].items()
            if is_plain(word, 4) and is_telling(word) and 2 <= corpus.frequency[word] <= most
        }
        best = sorted(worth, key=lambda word: (-worth[word], word))[:3]
        if len(best) == 3:
            yield Question("keywords", " ".join(best), frozenset([text.pk]))


def of_heading(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """A heading within a post, of two telling words at least."""
    holders: dict[tuple[str, ...], set[int]] = {}
    typed = {}
    for text in corpus.texts:
        for heading in text.headings:
            key = tuple(words(heading))
            holders.setdefault(key, set()).add(text.pk)
            typed.setdefault(key, heading)
    for key in chance.sample(list(holders), len(holders)):
        relevant = holders[key] | corpus.with_title(typed[key])
        if len(telling(typed[key])) >= 2 and len(relevant) <= MOST_RELEVANT:
            yield Question("heading", typed[key], frozenset(relevant))


def of_phrase(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """Four to six words of a sentence, without quotation marks around them."""
    for text in corpus.in_any_order(chance):
        length = chance.randint(4, 6)
        pieces = [
            [*WORD.finditer(sentence), sentence] for sentence in SENTENCE_END.split(text.prose)
        ]
        pieces = [piece for piece in pieces if len(piece) > length]
        if not pieces:
            continue
        *found, sentence = chance.choice(pieces)
        first = chance.randint(0, len(found) - length)
        typed = sentence[found[first].start() : found[first + length - 1].end()].replace('"', "")
        wanted = f" {' '.join(words(typed))} "
        relevant = {pk for pk, sequence in corpus.sequences.items() if wanted in sequence}
        if len(set(telling(typed))) >= 2 and 0 < len(relevant) <= MOST_RELEVANT:
            yield Question("phrase", typed, frozenset(relevant))


def of_identifier(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """A rare name of the code; each page that has it, as a name by itself, answers."""
    names = sorted({name for text in corpus.texts for name in identifiers(text.code)})
    for name in chance.sample(names, len(names)):
        folded = name.casefold()
        alone = re.compile(rf"(?<![\w-]){re.escape(folded)}(?!\w)")
        relevant = {
            pk for pk, whole in corpus.folded.items() if folded in whole and alone.search(whole)
        }
        if 0 < len(relevant) <= MOST_RELEVANT:
            yield Question("identifier", name, frozenset(relevant))


def identifiers(code: str) -> Iterator[str]:
    """The names in a piece of code that are no plain words."""
    for found in SYMBOL.finditer(code):
        if 5 <= len(found[0]) <= 40 and IS_IDENTIFIER.search(found[0]):
            yield found[0]


def of_inflection(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """Words of a title, each in another form that the publication uses, where there is one."""
    for asked in pieces_of_titles(corpus, chance):
        changed = [
            chance.choice(forms) if (forms := inflected(word, corpus.frequency)) else word
            for word in asked
        ]
        if changed != asked:
            yield Question("inflection", " ".join(changed), corpus.with_words_in_title(asked))


def inflected(word: str, frequency: Counter) -> list[str]:
    """The other forms of a word that stand in two texts at least."""
    if not is_plain(word, 4):
        return []
    forms = {form for base in (word, *bases(word)) for form in (base, *endings(base))}
    return sorted(form for form in forms - {word} if frequency[form] >= 2)


def bases(word: str) -> list[str]:
    """What the word may be a form of."""
    if word.endswith("ies"):
        found = [f"{word[:-3]}y"]
    elif word.endswith(("ing", "ed")):
        stem = word.removesuffix("ing").removesuffix("ed")
        found = [stem, f"{stem}e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found = [word[:-1], word[:-2] if word.endswith("es") else word[:-1]]
    else:
        found = []
    return [base for base in found if is_plain(base, 4)]


def endings(base: str) -> list[str]:
    """The word with the endings that English inflects by."""
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return [f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base}ing"]
    if base.endswith("e"):
        return [f"{base}s", f"{base}d", f"{base[:-1]}ing"]
    if base.endswith(("s", "x", "z", "ch", "sh")):
        return [f"{base}es", f"{base}ed", f"{base}ing"]
    return [f"{base}s", f"{base}ed", f"{base}ing", f"{base}{base[-1]}ing", f"{base}{base[-1]}ed"]


def of_compound(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """Words of a title, two of them joined, or one split into two words of the publication."""
    for asked in pieces_of_titles(corpus, chance):
        changed = [*joinings(asked), *splittings(asked, corpus.frequency)]
        if changed:
            yield Question(
                "compound", " ".join(chance.choice(changed)), corpus.with_words_in_title(asked)
            )


def joinings(asked: Sequence[str]) -> list[list[str]]:
    return [
        [*asked[:place], asked[place] + asked[place + 1], *asked[place + 2 :]]
        for place in range(len(asked) - 1)
        if is_plain(asked[place]) and is_plain(asked[place + 1])
    ]


def splittings(asked: Sequence[str], frequency: Counter) -> list[list[str]]:
    return [
        [*asked[:place], word[:at], word[at:], *asked[place + 1 :]]
        for place, word in enumerate(asked)
        if is_plain(word, 2 * FEWEST_LETTERS)
        for at in range(FEWEST_LETTERS, len(word) - FEWEST_LETTERS + 1)
        if all(is_telling(part) and frequency[part] >= 3 for part in (word[:at], word[at:]))
    ]


def of_prefix(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """A title whose last word is not typed to its end."""
    for text in corpus.in_any_order(chance):
        last = (text.title.split() or [""])[-1]
        if not is_plain(last, FEWEST_TO_CHANGE):
            continue
        cut = chance.randint(1, len(last) - FEWEST_LETTERS)
        typed = " ".join(text.title.split())[:-cut]
        relevant = {
            other.pk
            for other in corpus.texts
            if " ".join(other.title.split()).casefold().startswith(typed.casefold())
        }
        if len(relevant) <= MOST_WITH_BEGINNING:
            yield Question("prefix", typed, frozenset(relevant))


def of_typo(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """Words of a title, one of them mistyped: with one edit, or two if it is long."""
    for asked in pieces_of_titles(corpus, chance):
        places = [place for place, word in enumerate(asked) if is_plain(word, FEWEST_TO_CHANGE)]
        if not places:
            continue
        place = chance.choice(places)
        wrong = mistyped(asked[place], chance, 2 if len(asked[place]) >= LONG else 1)
        if wrong != asked[place] and wrong not in corpus.vocabulary:
            yield Question(
                "typo",
                " ".join([*asked[:place], wrong, *asked[place + 1 :]]),
                corpus.with_words_in_title(asked),
            )


def mistyped(word: str, chance: Random, edits: int) -> str:
    """The word with letters replaced, left out, put in or swapped behind its first one."""
    for _ in range(edits):
        place = chance.randint(1, len(word) - 2)
        before, here, after = word[:place], word[place], word[place + 1 :]
        letter = chance.choice(LETTERS)
        word = chance.choice(
            [
                f"{before}{letter}{after}",
                f"{before}{after}",
                f"{before}{letter}{here}{after}",
                f"{before}{after[0]}{here}{after[1:]}",
            ]
        )
    return word


def of_synonym(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """Words of a title, one of them replaced by a made-up word that the list of synonyms knows."""
    for asked in pieces_of_titles(corpus, chance):
        places = [place for place, word in enumerate(asked) if is_plain(word, 4)]
        made_up = "".join(chance.choices(SYLLABLES, k=4))
        if not places or made_up in corpus.vocabulary:
            continue
        place = chance.choice(places)
        yield Question(
            "synonym",
            " ".join([*asked[:place], made_up, *asked[place + 1 :]]),
            corpus.with_words_in_title(asked),
            synonyms=((made_up, asked[place]),),
        )


def of_tag(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """The name of a tag; each page that carries it answers."""
    holders: dict[str, set[int]] = {}
    for text in corpus.texts:
        for tag in text.tags:
            holders.setdefault(tag, set()).add(text.pk)
    for tag in chance.sample(list(holders), len(holders)):
        yield Question("tag", tag, frozenset(holders[tag]))


def of_anchor(corpus: Corpus, chance: Random) -> Iterator[Question]:
    """The words of a link to another page, all of which that page has; it answers, not the link.

    The pages that hold the link say the same words, so they are passed over.
    """
    targets: dict[str, set[int]] = {}
    sources: dict[str, set[int]] = {}
    for text in corpus.texts:
        for anchor, target in text.links:
            if target in corpus.by_pk and target != text.pk:
                targets.setdefault(anchor, set()).add(target)
                sources.setdefault(anchor, set()).add(text.pk)
    for anchor in chance.sample(list(targets), len(targets)):
        wanted = set(telling(anchor))
        is_told = all(wanted.issubset(corpus.counts[target]) for target in targets[anchor])
        if is_told and len(wanted) >= 2 and len(targets[anchor]) <= MOST_RELEVANT:
            yield Question(
                "link anchor",
                anchor,
                frozenset(targets[anchor]),
                passed_over=frozenset(sources[anchor] - targets[anchor]),
            )


def pieces_of_titles(corpus: Corpus, chance: Random) -> Iterator[list[str]]:
    """Up to four telling words of a title, in their order, that few other titles have."""
    for text in corpus.in_any_order(chance):
        found = telling(text.title)
        first = chance.randint(0, max(0, len(found) - MOST_OF_TITLE))
        asked = found[first : first + MOST_OF_TITLE]
        if len(asked) >= 2 and len(corpus.with_words_in_title(asked)) <= MOST_RELEVANT:
            yield asked


KINDS: dict[str, Callable[[Corpus, Random], Iterator[Question]]] = {
    "title": of_title,
    "keywords": of_keywords,
    "heading": of_heading,
    "phrase": of_phrase,
    "identifier": of_identifier,
    "inflection": of_inflection,
    "compound": of_compound,
    "prefix": of_prefix,
    "typo": of_typo,
    "synonym": of_synonym,
    "tag": of_tag,
    "link anchor": of_anchor,
}
# Of these each word stands in a page that answers, so an engine that finds nothing is at fault.
OF_WORDS_THAT_OCCUR = ["title", "keywords", "heading", "phrase", "identifier", "tag", "link anchor"]


def questions_of(corpus: Corpus, each: int, seed: int) -> list[Question]:
    """At most `each` different questions of every kind; a kind may have fewer, or none."""
    found = []
    for kind, make in KINDS.items():
        made = make(corpus, Random(f"{seed} {kind}"))
        different = {question.text: question for question in islice(made, 2 * each)}
        found += list(different.values())[:each]
    return found
