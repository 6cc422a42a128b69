"""What keeps the tree as the README and the docs say it is."""

import io
import re
import site
import subprocess
import sysconfig
from pathlib import Path

import pytest
from django.core.management import call_command

from twotrack.env import VARIABLES

ROOT = Path(__file__).resolve().parents[1]


def test_the_settings_table_is_what_the_code_reads():
    rows = re.findall(
        r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", (ROOT / "docs/settings.md").read_text(), re.M
    )

    assert rows == [
        (variable.name, f"`{variable.default}`" if variable.default else "empty", variable.purpose)
        for variable in VARIABLES.values()
    ]


def test_every_variable_is_read_somewhere():
    code = "".join(path.read_text() for path in (ROOT / "site/twotrack/settings").glob("*.py"))

    assert [name for name in VARIABLES if f'"{name}"' not in code] == []


def test_the_environment_is_read_in_one_place():
    allowed = {"site/twotrack/env.py", "site/twotrack/wsgi.py", "manage.py"}
    readers = {
        str(path.relative_to(ROOT))
        for folder in ("site", "home", "blog", "search", "review")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text())
    }

    assert readers <= allowed


def test_the_commands_of_the_readme_are_targets_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", (ROOT / "README.md").read_text()))

    assert {"run", "test"} <= named <= targets


def test_links_and_pictures_of_the_docs_are_there():
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert missing == []


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M)
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.M)[1].split()

    assert re.findall(r"^  make ([a-z-]+) +\S", listed, re.M) == targets
    assert set(phony) == set(targets)


@pytest.mark.django_db
def test_no_migration_is_missing():
    said = io.StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=said)

    assert said.getvalue() == "No changes detected\n"


def test_the_site_folder_is_no_package():
    assert site.__file__.startswith(sysconfig.get_paths()["stdlib"])
    assert not (ROOT / "site" / "__init__.py").exists()


def test_the_lock_names_no_host_and_pins_by_hash():
    for part in ("base", "dev"):
        lock = (ROOT / "requirements" / f"{part}.txt").read_text()
        pinned = re.findall(r"^[a-z0-9][^\s=]*(?:\[[^\]]+\])?==\S+", lock, re.M)
        assert "://" not in lock
        assert len(pinned) > 20
        assert lock.count("--hash=sha256:") >= len(pinned)
