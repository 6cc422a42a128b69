"""What a check says to an editor, and where in the editor it leads."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from blog.models import PublishingRules, Strictness

STOP, WARN, NOTE = "stop", "warn", "note"
LEVELS = (STOP, WARN, NOTE)  # The gravest first.
MOST_OF_A_KIND = 20


@dataclass(frozen=True)
class Finding:
    """One thing to put right, in the editor's words.

    `code` is the rule it belongs to, `field` the field of the page, `block` the place of the
    block in the body from 0, `anchor` the id of that field or block in the page editor. A stop
    that `may_override` gives way to a reason.
    """

    code: str
    message: str
    field: str = ""
    anchor: str = ""
    block: int | None = None
    level: str = WARN
    may_override: bool = False


def judged(findings: Iterable[Finding], rules: PublishingRules) -> list[Finding]:
    """The findings with the level that the rules give them, gravest first; some are dropped.

    One that was only a note stays one, however strict its rule is. Of many of a kind the first
    are named and the rest counted.
    """
    kept = []
    for finding in findings:
        strictness = rules.strictness_of(finding.code)
        if strictness is Strictness.OFF:
            continue
        is_reason = strictness is Strictness.REASON
        level = NOTE if finding.level == NOTE else STOP if is_reason else strictness.value
        kept.append(replace(finding, level=level, may_override=is_reason and level == STOP))
    kept.sort(key=lambda finding: LEVELS.index(finding.level))
    return _shortened(kept)


def _shortened(findings: list[Finding]) -> list[Finding]:
    shown = []
    for _, found in groupby(findings, key=lambda finding: (finding.level, finding.code)):
        same = list(found)
        shown += same[:MOST_OF_A_KIND]
        if len(same) > MOST_OF_A_KIND:
            rest = len(same) - MOST_OF_A_KIND
            shown.append(replace(same[MOST_OF_A_KIND], message=f"And {rest} more of this kind."))
    return shown
