"""Citations and the list of what they cite: reading it, writing it, numbering both."""

from blog.bibliography.entries import BibtexError, Entry, entry_of_fields, read_bibtex
from blog.bibliography.formatting import words_of_entry
from blog.bibliography.resolving import LIST, resolve

__all__ = [
    "LIST",
    "BibtexError",
    "Entry",
    "entry_of_fields",
    "read_bibtex",
    "resolve",
    "words_of_entry",
]
