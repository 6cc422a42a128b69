"""The example of a proxy in deploy/, in a real nginx: what it logs while the product is away."""

import http.client
import shutil
import signal
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from review.tokens import make_token
from tests.journeys.conftest import free_port
from tests.journeys.pages import ROOT

CALENDAR = "aSecretOfAnEditorsCalendarThatNobodyKnows"
AROUND = """
daemon off;
user {user};
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/bodies;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running nginx, and what it has logged."""

    plain_port: int
    port: int
    folder: Path
    process: subprocess.Popen

    def status_of(self, method: str, path: str, body: bytes = b"", *, secure=True) -> int:
        context = ssl._create_unverified_context()  # The certificate is our own.
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
            if secure
            else http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=30)
        )
        connection.request(method, path, body, {"Host": "notes.example.org", "Referer": path})
        return connection.getresponse().status

    def end(self) -> None:
        """Let it write what it has to write, and go."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


@pytest.fixture
def proxy(tmp_path):
    """The example with a certificate, ports and paths of ours, and nothing behind it."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert nginx, "nginx is not installed: apt install nginx-light"
    certificate = tmp_path / "notes.example.org.pem"
    self_signed = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=notes"]
    files = ["-keyout", certificate.with_suffix(".key"), "-out", certificate]
    subprocess.run([*self_signed, *files], check=True, capture_output=True)
    plain_port, port = free_port(), free_port()
    written = (ROOT / "deploy/nginx.conf").read_text()
    for ours, theirs in {
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/": f"{tmp_path}/",
        "/var/log/nginx/": f"{tmp_path}/",
        "http://127.0.0.1:8000": f"http://127.0.0.1:{free_port()}",
    }.items():
        assert ours in written
        written = written.replace(ours, theirs)
    (tmp_path / "site.conf").write_text(written)
    conf = tmp_path / "nginx.conf"
    conf.write_text(AROUND.format(folder=tmp_path, user=tmp_path.owner()))
    command = [nginx, "-c", conf, "-e", tmp_path / "error.log", "-p", tmp_path]
    subprocess.run([*command, "-t"], check=True)
    process = subprocess.Popen(command)
    found = Proxy(plain_port, port, tmp_path, process)
    for _ in range(100):
        assert process.poll() is None, found.log("error")
        try:
            found.status_of("GET", "/ready")
            break
        except OSError:
            time.sleep(0.1)
    yield found
    found.end()


def test_no_secret_is_in_the_logs_of_the_proxy(proxy):
    token = make_token()
    big = b"x" * 200_000
    (proxy.folder / "bodies").rmdir()  # What does not fit into memory fails, as on a full disk.
    answers = [
        proxy.status_of("GET", f"/p/{token}/"),
        proxy.status_of("GET", f"/p/{token}?x=1"),
        proxy.status_of("GET", f"/calendar/{CALENDAR}.ics"),
        proxy.status_of("GET", f"/p/{token}/", secure=False),
        proxy.status_of("POST", f"/p/{token}/", big),
        proxy.status_of("GET", f"//p/{token}/"),
        proxy.status_of("GET", "/engineers/"),
    ]
    proxy.end()

    assert answers == [502, 502, 502, 301, 500, 502, 502]
    for name in ("access", "error"):
        assert token not in proxy.log(name)
        assert CALENDAR not in proxy.log(name)
    assert "GET /p/[left out]" in proxy.log("access")
    assert "GET /calendar/[left out]" in proxy.log("access")
    assert "GET /engineers/" in proxy.log("access")
    assert "GET /engineers/" in proxy.log("error")
