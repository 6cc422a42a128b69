"""What Lighthouse says of a post: performance, accessibility, best practices, search engines.

    python bench/lighthouse.py [http://localhost:8000]

Prints the four scores of a typical post and of one with everything, on a phone and a desktop, and
what costs them something. Needs a running publication with the demo, npm and Chromium; without
them it says so and ends.
"""

import json
import os
import shutil
import subprocess
import sys
from urllib.error import URLError
from urllib.request import urlopen

VERSION = "13.5.0"
POSTS = ["/engineers/readers-do-not-wait/", "/engineers/kitchen-sink/"]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
DEVICES = {"phone": [], "desktop": ["--preset=desktop"]}
CHROMIUM = os.environ.get("CHROME_PATH") or shutil.which("chromium") or ""


def missing(address: str) -> str:
    """What is not here that a run needs, or ""."""
    if not shutil.which("npx"):
        return "npx, which comes with npm"
    if not CHROMIUM:
        return "Chromium, which CHROME_PATH may name"
    try:
        for post in POSTS:  # The first reader waits for what is made once.
            urlopen(address + post, timeout=60).close()
    except URLError as error:
        return f"a publication with the demo at {address} ({error})"
    return ""


def report_on(address: str, options: list[str]) -> dict:
    """Lighthouse's report on one page."""
    done = subprocess.run(
        [
            *("npx", "--yes", f"lighthouse@{VERSION}", address, *options),
            *("--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"),
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ],
        env=os.environ | {"CHROME_PATH": CHROMIUM},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def losses(report: dict) -> list[str]:
    """The audits that cost a category something, with what was measured."""
    audits = report["audits"]
    weighty = {
        part["id"]
        for category in report["categories"].values()
        for part in category["auditRefs"]
        if part["weight"]
    }
    return [
        f"{audits[name]['title']}: {audits[name].get('displayValue', '')}".rstrip(": ")
        for name in sorted(weighty)
        if audits[name]["score"] is not None and audits[name]["score"] < 1
    ]


def main() -> None:
    address = (sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000").rstrip("/")
    if lack := missing(address):
        print(f"Not measured, for want of {lack}.")
        return
    for post in POSTS:
        for device, options in DEVICES.items():
            report = report_on(address + post, options)
            scores = [
                f"{name} {report['categories'][name]['score'] * 100:.0f}" for name in CATEGORIES
            ]
            print(f"{post:34} {device:8} {', '.join(scores)}")
            for loss in losses(report):
                print(f"{'':43} {loss}")


if __name__ == "__main__":
    main()
