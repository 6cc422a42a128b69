"""What the admin shows of search."""

from search import desk, report  # noqa: F401 - they register hooks
