"""What an editor should know of a post before it is published: one list for every place.

The same list stands in the side panel of the editor, on the page that refuses to publish, in the
report and in `manage.py check_posts`. How grave a finding is, the moderators set in
`PublishingRules`; a draft is saved whatever is found.
"""

from blog.checks.findings import LEVELS, NOTE, STOP, WARN, Finding
from blog.checks.problems import problems_of, stops_of
from blog.checks.stored import check_out_of_date, counts, remember

__all__ = [
    "LEVELS",
    "NOTE",
    "STOP",
    "WARN",
    "Finding",
    "check_out_of_date",
    "counts",
    "problems_of",
    "remember",
    "stops_of",
]
