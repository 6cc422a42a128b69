"""The real Mermaid, in its own process: about a second a drawing."""

import json
import re

import pytest

from blog.diagrams import drawing
from blog.diagrams.drawing import NotNowError, RefusedError, digest_of, draw

FLOWCHART = "flowchart LR\n  A[Draft] -->|save| B{Is it due?}\n  B --> C[(Queue — later)]\n"
SEQUENCE = "sequenceDiagram\n  Browser->>Cache: GET /a-post/\n  Note over Cache: 57 µs\n"
CLASSES = "classDiagram\n  class Page {\n    +String title\n    +save() bool\n  }\n  Page <|-- A\n"
STATES = "stateDiagram-v2\n  [*] --> Draft\n  Draft --> Live : publish\n"
PLAN = (
    "gantt\n  title A release\n  dateFormat YYYY-MM-DD\n"
    "  section Writing\n  Outline :a1, 2026-01-01, 10d\n  Review :after a1, 5d\n"
)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (FLOWCHART, ["Draft", "save", "Is it due?", "Queue — later"]),
        (SEQUENCE, ["Browser", "Cache", "GET /a-post/", "57 µs"]),
        (CLASSES, ["Page", "+String title", "+save() : bool", "A"]),
        (STATES, ["Draft", "publish", "Live"]),
        (PLAN, ["A release", "Writing", "Outline", "Review", "2026-01-01"]),
    ],
    ids=["flowchart", "sequence", "classes", "states", "plan"],
)
def test_a_diagram_is_drawn_with_all_its_words_in_both_sets_of_colours(source, words):
    drawn = draw(source)

    shown = [words.strip() for words in re.findall(r">([^<>]+)<", drawn.light)]
    assert [word for word in words if word not in shown] == []
    assert drawn.light.startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert f'width="{drawn.width}"' in drawn.light
    assert 50 < drawn.width < 1100
    assert 50 < drawn.height < 1100
    assert "#E4EFF6" in drawn.light
    assert "#13293A" in drawn.dark
    assert "#E4EFF6" not in drawn.dark
    assert "@import" not in drawn.light


def test_words_of_an_author_can_neither_run_nor_load_nor_change_the_look():
    source = """%%{init: {"securityLevel": "loose", "theme": "forest",
        "themeCSS": "*{fill:#123456}", "themeVariables": {"primaryColor": "#ff0000"},
        "fontFamily": "Evil"}}%%
flowchart LR
    A["<script>alert(1)</script><b onclick='alert(2)'>bold</b>"] --> B
    B["<a href='javascript:alert(3)'>link</a><iframe src='//evil.example'></iframe>"] --> C
    click A href "javascript:alert(4)"
    click B href "https://evil.example/" "tip"
    click C callback "alert(5)"
    style C fill:#ffffff,color:#000000
"""

    drawn = draw(source)

    for svg in (drawn.light, drawn.dark):
        assert ">bold<" in svg
        assert ">link<" in svg
        found = re.findall(r"alert|javascript|evil|<script|<a |<iframe|#123456|#ff0000", svg, re.I)
        assert found == []
        assert "fill:#ffffff" in svg.replace(" ", "")


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (
            "---\ntitle: x\n---\nflowchart LR\n%% a remark\n  A --> B\n  C ==- D[[\n",
            7,
            "Mermaid does not understand “C ==- D[[”.",
        ),
        (
            "hello",
            1,
            "The diagram does not begin with a kind that Mermaid knows, "
            "such as flowchart LR or sequenceDiagram.",
        ),
        (
            "flowchart LR\n  A[\"<img src='https://example.org/x.png'>\"] --> B",
            1,
            "It uses something that cannot be drawn, such as a picture.",
        ),
    ],
)
def test_what_mermaid_does_not_take_is_refused_with_its_line(source, line, message):
    with pytest.raises(RefusedError) as refused:
        draw(source)

    assert (refused.value.line, str(refused.value)) == (line, message)


def test_a_diagram_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(drawing, "SECONDS", 2)
    source = "flowchart LR\n" + "\n".join(f"{a}-->{b}" for a in range(40) for b in range(40))

    with pytest.raises(RefusedError, match="takes too long to draw"):
        draw(source)


def test_a_source_that_is_too_long_is_not_tried(monkeypatch):
    monkeypatch.setattr(drawing, "_ask_artist", None)

    with pytest.raises(RefusedError) as refused:
        draw("flowchart LR\n" + "A --> B\n" * 2499)

    assert str(refused.value) == (
        "The diagram has 20,005 characters, and the most is 20,000. Make two diagrams of it."
    )


def test_the_process_that_draws_knows_no_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "known to nobody")
    spy = tmp_path / "spy.py"
    spy.write_text("import json, os; print(json.dumps({'refused': json.dumps(dict(os.environ))}))")
    monkeypatch.setattr(drawing, "_ARTIST", spy)

    answer = drawing._ask_artist("flowchart LR")

    environment = json.loads(answer["refused"])
    assert {name for name in environment if name != "LC_CTYPE"} == {"TZ", "LANG"}


def test_a_process_that_cannot_draw_says_nothing_about_the_source(monkeypatch, tmp_path):
    monkeypatch.setattr(drawing, "_ARTIST", tmp_path / "missing.py")

    with pytest.raises(NotNowError):
        draw(FLOWCHART)


def test_a_digest_names_one_source():
    assert digest_of(FLOWCHART) == digest_of(FLOWCHART)
    assert digest_of(FLOWCHART) != digest_of(SEQUENCE)
    assert re.fullmatch(r"[0-9a-f]{64}", digest_of("\ud800"))
