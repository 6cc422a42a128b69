"""What the log does not say: the secret part of an address."""

import logging
import re

# An editor's own calendar: whoever has the address reads the plan. The admin's pages are no secret.
# A review link: whoever has its token reads the draft, wherever the token stands.
SECRETS = re.compile(r"((?<!/admin)/calendar/)[^\s\"'?]+|(/p/|)twp_[^\s\"'?/]+")


class DiscreetFormatter(logging.Formatter):
    """A formatter that leaves secrets out of the whole entry, with what failed and why."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRETS.sub(r"\1\2[left out]", super().format(record))
