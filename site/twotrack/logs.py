"""What the log does not say: the secret part of an address."""

import logging
import re

# An editor's own calendar: whoever has the address reads the plan. The admin's pages are no secret.
SECRETS = re.compile(r"(?<!/admin)(/calendar/)[^\s\"'?]+")


class DiscreetFormatter(logging.Formatter):
    """A formatter that leaves secrets out of the whole entry, with what failed and why."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRETS.sub(r"\1[left out]", super().format(record))
