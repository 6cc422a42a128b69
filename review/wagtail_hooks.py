"""What the admin knows of review links."""

from review import audit  # noqa: F401 - it registers hooks
from review.desk import (  # noqa: F401 - they register hooks
    answering,
    panel,
    report,
    sharing,
    waiting,
)
