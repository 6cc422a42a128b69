"""What the form refuses of a version that an autosave has kept as it stood."""

from collections.abc import Iterator

from blog.checks.findings import STOP, Finding

HALF_WRITTEN = "half_written"


def about_saving(page) -> Iterator[Finding]:
    """No rule turns these down: publishing goes by the form, which would refuse."""
    for problem in page.half_written:
        place = {name: problem[name] for name in ("field", "anchor", "block")}
        yield Finding(HALF_WRITTEN, problem["message"], **place)


def without_repeats(findings: list[Finding]) -> list[Finding]:
    """The findings without what the form says where a check stops the same in better words."""
    stops = [
        one
        for one in findings
        if one.level == STOP and not one.may_override and one.code != HALF_WRITTEN
    ]
    lines = {(one.anchor, one.message) for one in stops}
    fields = {one.field for one in stops} - {"body", ""}
    return [
        one
        for one in findings
        if one.code != HALF_WRITTEN
        or ((one.anchor, one.message) not in lines and one.field not in fields)
    ]
