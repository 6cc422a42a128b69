"""Redis and an S3 server over real connections, with the settings a process would have."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"Nothing listens on port {port}.")


@pytest.fixture(scope="module")
def s3_server():
    port = free_port()
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def redis_server():
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail("Install Redis to run this test: apt install redis-server")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


def in_production(code: str, **variables: str) -> str:
    """What the code prints in a process with production settings and these variables."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "twotrack.settings.base",
            "SECRET_KEY": "x" * 60,
            "TWOTRACK_BASE_URL": "https://notes.example.org",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        }
        | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_uploads_go_to_the_bucket_public_and_private(s3_server):
    client = boto3.client(
        "s3",
        endpoint_url=s3_server,
        region_name="us-east-1",
        aws_access_key_id="id",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="notes")

    printed = in_production(
        """
from django.core.files.base import ContentFile
from django.core.files.storage import storages
public, private = storages["default"], storages["private"]
first = public.save("images/a.txt", ContentFile(b"first"))
second = public.save("images/a.txt", ContentFile(b"second"))
paper = private.save("documents/b.txt", ContentFile(b"paper"))
print(first, second != first, public.open(first).read(), public.open(second).read())
print(["Signature" in url for url in (public.url(first), private.url(paper))])
public.delete(second)
print(public.exists(first), public.exists(second))
""",
        S3_BUCKET="notes",
        S3_ACCESS_KEY_ID="id",
        S3_SECRET_ACCESS_KEY="secret",
        S3_ENDPOINT_URL=s3_server,
    )

    assert printed.splitlines() == [
        "images/a.txt True b'first' b'second'",
        "[False, True]",
        "True False",
    ]
    keys = [item["Key"] for item in client.list_objects_v2(Bucket="notes")["Contents"]]
    assert sorted(keys) == ["private/documents/b.txt", "public/images/a.txt"]


def test_the_cache_is_shared_through_redis(redis_server):
    write = "from django.core.cache import cache; cache.set('k', {'v': 1}); print('ok')"
    read = "from django.core.cache import cache; print(cache.get('k'))"

    assert in_production(write, REDIS_URL=redis_server) == "ok"
    assert in_production(read, REDIS_URL=redis_server) == "{'v': 1}"
