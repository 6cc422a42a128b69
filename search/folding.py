"""When two things that people typed are the same: case, diacritics and most signs do not count."""

import re

from search.questions import read_question
from search.words import tokens

TELLING_SIGNS = re.compile("[+#]+")


def synonym_words(text: str) -> tuple[str, ...]:
    """The words as search.words folds them, without signs; or the symbol that the text is, kept
    whole, if its signs tell it from its words, as in C++ or .NET.
    """
    clauses = read_question(text).clauses
    if len(clauses) == 1 and (symbol := clauses[0].told_by_signs):
        return (symbol,)
    return tuple(token.exact for token in tokens(text))


def question_words(text: str) -> tuple[str, ...]:
    """The same with the signs that make another word of one: C, C++ and C# are three."""
    words = []
    for token in tokens(text):
        signs = TELLING_SIGNS.match(text, token.end)
        words.append(token.exact + (signs[0] if signs and signs[0] not in token.exact else ""))
    return tuple(words)
