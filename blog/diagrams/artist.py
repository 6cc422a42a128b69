"""Draws one diagram in a process of its own: a request as JSON in, an answer as JSON out.

Run as a script, never imported: the engine takes 100 MB and may be made to loop for ever, so it
lives only as long as one drawing, within limits that it sets for itself before it reads a word.
"""

import json
import os
import resource
import sys


def limit(seconds: int, megabytes: int) -> None:
    """Bound what this process may take, whatever becomes of the one that started it."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(request: dict) -> dict:
    """{"drawn": an SVG}, or {"refused": what Mermaid says}."""
    import mermaidx  # Here, so that the limits hold for it.

    try:
        drawing = mermaidx.render(request["source"], theme="base", config=request["config"])
        return {"drawn": drawing.svg()}
    except RuntimeError as error:
        return {"refused": str(error)}


def main() -> None:
    limit(int(sys.argv[1]), int(sys.argv[2]))
    answered = json.dumps(answer(json.load(sys.stdin)))
    sys.stdout.write(answered)
    sys.stdout.flush()
    os._exit(0)  # The engine is getting ready for a drawing that will not come.


if __name__ == "__main__":
    main()
