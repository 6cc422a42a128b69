"""Pictures of a running publication, for people to look at.

    python -m tests.journeys.pictures [http://localhost:8000] [var/pictures]

One PNG for each page, width and colour scheme.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.pages import FULL, ROOT

PAGES = [
    *("home", "track", "post", "kitchen sink", "about", "search, found"),
    *("search, nothing found", "tag", "author", "not found"),
]
WIDTHS = [360, 768, 1440]


def take(address: str, folder: Path) -> None:
    """Visit each page and save what a reader sees, from its top to its foot."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(reduced_motion="reduce")
        for name in PAGES:
            page.goto(address + FULL[name])
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    load_pictures(page)
                    file = f"{name.replace(', ', '-').replace(' ', '-')}-{width}-{scheme}.png"
                    page.screenshot(path=folder / file, full_page=True)
        browser.close()


def load_pictures(page) -> None:
    """Have those below the fold fetched, too."""
    page.evaluate(
        """() => {
          const pictures = [...document.images].filter((picture) => picture.checkVisibility());
          for (const picture of pictures) picture.loading = "eager";
          return Promise.all([document.fonts.ready, ...pictures.map((picture) => picture.decode()
            .catch(() => null))]).then(() => null);
        }"""
    )


if __name__ == "__main__":
    arguments = dict(enumerate(sys.argv))
    take(
        arguments.get(1, "http://localhost:8000").rstrip("/"),
        Path(arguments.get(2, ROOT / "var" / "pictures")),
    )
