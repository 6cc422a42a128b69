"""How long one article takes to render: this pipeline beside that of wagtail-markdown.

    python bench/markdown.py

Prints times, peak memory and ratios for a generated article of 3,700 words with 20 code blocks,
and how many examples of the CommonMark specification each gets right.
"""

import os
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path = [str(ROOT), str(ROOT / "site"), *(path for path in sys.path if path != sys.path[0])]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twotrack.settings.test")

import django  # noqa: E402
import markdown as python_markdown  # noqa: E402

django.setup()

from django.test.utils import override_settings  # noqa: E402
from markdown_it.renderer import RendererHTML  # noqa: E402
from wagtailmarkdown.utils import render_markdown as render_by_wagtail_markdown  # noqa: E402

from blog.markdown import render  # noqa: E402
from blog.markdown.parser import build_parser  # noqa: E402
from tests.commonmark import examples, wrong_examples  # noqa: E402

WORDS = 3_700
CODE_BLOCKS = 20
ROUNDS = 15
NOUNS = ["cache", "page", "block", "kernel", "memory", "query", "index", "model", "token", "layer"]
VERBS = ["keeps", "moves", "reads", "writes", "copies", "shares", "drops", "counts", "follows"]
CODE = '''def {noun}_of(requests: list[str], size: int = {number}) -> dict[str, int]:
    """How many {noun}s each request {verb}."""
    counts = {{}}
    for request in requests[:size]:
        # one {noun} a request, and never fewer
        counts[request] = counts.get(request, 0) + {number} * len(request)
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))
'''


def article() -> str:
    """The same article every time: headings, paragraphs, lists, tables, links and code."""
    chance = random.Random(7)
    parts: list[str] = []
    words = codes = 0
    while words < WORDS:
        parts.append(f"## {_sentence(chance, 4)}")
        parts.append(" ".join(_marked_up(chance, 14) for _ in range(5)))
        parts.append("\n".join(f"- {_marked_up(chance, 8)}" for _ in range(4)))
        parts.append(" ".join(_marked_up(chance, 12) for _ in range(4)))
        if codes < CODE_BLOCKS:
            noun, verb, number = chance.choice(NOUNS), chance.choice(VERBS), chance.randint(2, 99)
            code = CODE.format(noun=noun, verb=verb, number=number)
            parts.append(f"```python\n{code}```")
            codes += 1
        if codes % 4 == 0:
            rows = "\n".join(
                f"| {chance.choice(NOUNS)} | {chance.random():.3f} |" for _ in range(6)
            )
            parts.append(f"| Name | Value |\n|------|------:|\n{rows}")
        words = sum(len(part.split()) for part in parts if not part.startswith("```"))
    return "\n\n".join(parts)


def _sentence(chance: random.Random, length: int) -> str:
    words = [chance.choice((NOUNS, VERBS)[place % 2]) for place in range(length)]
    return " ".join(words).capitalize()


def _marked_up(chance: random.Random, length: int) -> str:
    noun = chance.choice(NOUNS)
    mark = chance.choice(
        ["*{}*", "**{}**", "`{}`", "[{}](https://example.org/{})", "{}", "{}", "{}"]
    )
    return f"{_sentence(chance, length)} the {mark.format(noun, noun)}."


def seconds(kinds: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median processor time of each over a few rounds, taken in turns after one for nothing."""
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS + 1):
        for name, work in kinds.items():
            start = time.process_time()
            work()
            times[name].append(time.process_time() - start)
    return {name: statistics.median(found[1:]) for name, found in times.items()}


def peak_kilobytes(work: Callable[[], object]) -> float:
    """What Python allocated at most while the work was done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()


@override_settings(WAGTAILMARKDOWN={})
def main() -> None:
    source = article()
    kinds = {
        "Twotrack": lambda: render(source),
        "wagtail-markdown": lambda: render_by_wagtail_markdown(source),
    }
    rendered = render(source)
    print(f"One article: {rendered.words:,} words, {rendered.html.count('codeblock')} code blocks")
    times = seconds(kinds)
    memory = {name: peak_kilobytes(work) for name, work in kinds.items()}
    for name in kinds:
        print(f"{name:18} {times[name] * 1000:8.1f} ms {memory[name]:10,.0f} kB at most")
    ours, theirs = kinds
    print(
        f"wagtail-markdown takes {times[theirs] / times[ours]:.1f} times as long "
        f"and {memory[theirs] / memory[ours]:.1f} times the memory."
    )
    parser = build_parser()
    parser.renderer = RendererHTML(parser)
    total = len(examples())
    for name, to_html in {
        "Twotrack": parser.render,
        "wagtail-markdown": lambda text: python_markdown.markdown(
            text, extensions=["extra", "codehilite", "tables"]
        ),
    }.items():
        right = total - len(wrong_examples(to_html))
        print(f"{name:18} {right} of {total} CommonMark examples, before cleaning")


if __name__ == "__main__":
    main()
