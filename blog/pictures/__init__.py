"""Pictures as readers get them: which files of a picture are shown where, finding and making them.

A reader's request only finds. Files are made when a page is saved or published; one that is
missing at reading is made afterwards, and the reader is shown what there is.
"""

from blog.pictures.finding import Shown, Source, find, noting, teaser_renditions, with_renditions
from blog.pictures.lead import FIRST_VIEW, Lead, raise_lead
from blog.pictures.making import make, make_later
from blog.pictures.uses import USES, Use

__all__ = [
    "FIRST_VIEW",
    "USES",
    "Lead",
    "Shown",
    "Source",
    "Use",
    "find",
    "make",
    "make_later",
    "noting",
    "raise_lead",
    "teaser_renditions",
    "with_renditions",
]
