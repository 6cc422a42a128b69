"""A draughtsman who is quick, so that only the tests of drawing itself take their time."""

import pytest

from blog import diagrams
from blog.diagrams.drawing import Drawing, NotNowError, RefusedError


class Draughtsman:
    """Draws every source alike, refuses "bad" in its second line, is away for "later"."""

    def __init__(self):
        self.sources: list[str] = []
        self.width = 300

    def draw(self, source: str) -> Drawing:
        self.sources.append(source)
        if "later" in source:
            raise NotNowError("away")
        if "bad" in source:
            raise RefusedError(2, "Mermaid does not understand “bad”.")
        return Drawing("<svg>light</svg>", "<svg>dark</svg>", self.width, 200)


@pytest.fixture
def draughtsman(monkeypatch) -> Draughtsman:
    draughtsman = Draughtsman()
    monkeypatch.setattr(diagrams, "draw", draughtsman.draw)
    return draughtsman
