"""Review links behind a shared cache: what one reviewer was shown, nobody else gets from it."""

import http.client
import re
import shutil
import subprocess
import time
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import free_port
from tests.journeys.reviewing import CANARY, share

# What careless operators write: whatever looks like a file is kept, whoever asked and whatever the
# answer says of itself.
DECEIVED = """
vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "%d"; }
sub vcl_recv {
  if (req.url ~ "^[^?]*\\.(css|js)($|\\?)") { return (hash); }
}
sub vcl_backend_response {
  if (bereq.url ~ "^[^?]*\\.(css|js)($|\\?)") {
    unset beresp.http.Set-Cookie;
    set beresp.ttl = 1h;
    return (deliver);
  }
}
"""
RULES = ["default", "deceived"]
VARIANTS = [
    *["", "?x=.css", "?x.js", "x.css", "1/", "1/x.css", "1/?x=.css", "1/remark/", "1/remark/x.css"],
    *["1/good/", "1/good.css", "all/", "all/x.js", "all.css", ";x.css", "%2Fx.css", "%3Fx.css"],
]


class Cached:
    """The publication behind Varnish, with its own rules or with careless ones."""

    def __init__(self, rules: str, port: int, host: str):
        self.rules, self.port, self.host = rules, port, host

    def get(self, path: str, cookie: str = ""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": self.host} | ({"Cookie": cookie} if cookie else {})
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read().decode(errors="replace")

    def is_hit(self, path: str) -> bool:
        """Whether the answer came from the cache: it then has the numbers of two requests."""
        return " " in self.get(path)[0].headers["X-Varnish"]


@pytest.fixture(scope="module")
def links(publication) -> dict[str, str]:
    return share(publication.environment, {f"cached-{rules}": {} for rules in RULES})


@pytest.fixture(scope="module", params=RULES)
def cached(request, publication, tmp_path_factory):
    varnishd = shutil.which("varnishd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert varnishd, "Varnish is not installed: apt install varnish"
    folder, port = tmp_path_factory.mktemp("varnish"), free_port()
    behind = urlsplit(publication.address)
    rules = ["-b", f"127.0.0.1:{behind.port}"]
    if request.param == "deceived":
        (folder / "rules.vcl").write_text(DECEIVED % behind.port)
        rules = ["-f", str(folder / "rules.vcl")]
    command = [varnishd, "-F", "-j", "none", "-a", f"127.0.0.1:{port}", "-n", str(folder / "work")]
    with (folder / "printed.txt").open("w") as output:
        process = subprocess.Popen(
            [*command, "-s", "malloc,32m", *rules], stdout=output, stderr=subprocess.STDOUT
        )
    found = Cached(request.param, port, behind.netloc)
    for _ in range(120):
        assert process.poll() is None, (folder / "printed.txt").read_text()
        try:
            found.get("/healthz")
            break
        except OSError:
            time.sleep(0.5)
    yield found
    process.terminate()
    process.wait(30)


def test_no_byte_of_a_draft_comes_from_a_cache(cached, links):
    link = links[f"cached-{cached.rules}"]
    opened, _ = cached.get(link)
    cookie = re.match(r"[^;]+", opened.headers["Set-Cookie"])[0]
    address = opened.headers["Location"]
    paths = [address + variant for variant in VARIANTS]

    own = [cached.get(path, cookie)[1] for path in paths for _ in range(2)]
    others = [cached.get(path) for path in paths for _ in range(2)]
    again, _ = cached.get(link)

    assert CANARY in own[0]
    assert [body for _, body in others if CANARY in body or "Draft cached" in body] == []
    assert {answer.status for answer, _ in others} <= {301, 404, 429}
    assert again.headers["Set-Cookie"].split(";")[0] != cookie
    assert not cached.is_hit(link)


def test_the_cache_does_keep_what_it_may(cached):
    cached.get("/engineers/")

    assert cached.is_hit("/engineers/")
