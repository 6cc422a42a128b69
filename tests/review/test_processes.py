"""Several processes: what one has closed is closed in the others, at the very next request."""

import json
import os
import signal
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.test import Client

from blog.models import PostPage, TrackIndexPage
from review.links import extend, make_review_link, revoke
from tests.factories import make_post

PROCESSES, ROUNDS = 4, 25


def test_a_revoked_link_is_dead_in_every_process(apart):
    found = apart(open_in_many_processes)

    assert found["while open"] == [303] * PROCESSES * ROUNDS
    assert found["after"] == [410] * PROCESSES * ROUNDS


def open_in_many_processes() -> dict:
    """Links are made and revoked here; processes of their own ask for each before and after."""
    user = get_user_model().objects.create_superuser("sue")
    page = make_post(TrackIndexPage.objects.first(), "Secret", live=False)
    connections.close_all()
    servers = [Server() for _ in range(PROCESSES)]
    while_open, after = [], []
    try:
        for number in range(ROUNDS):
            link, token = make_review_link(page, label="Rae", made_by=user)
            if number % 2:
                extend(link, timedelta(days=9), by=user)
            while_open += [server.status_of(token) for server in servers]
            revoke(link, by=user)
            after += [server.status_of(token) for server in servers]
    finally:
        for server in servers:
            server.end()
    return {"while open": while_open, "after": after}


class Server:
    """A forked process that answers for one token after the other, with its own memory."""

    def __init__(self):
        ask, self.asks = os.pipe()
        self.answers, answer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.asks)
            serve(os.fdopen(ask), answer)
        os.close(ask)
        os.close(answer)
        self.reader = os.fdopen(self.answers)

    def status_of(self, token: str) -> int:
        os.write(self.asks, f"{token}\n".encode())
        return json.loads(self.reader.readline())

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def serve(asked, answer: int) -> None:
    try:
        ContentType.objects.clear_cache()
        client = Client(raise_request_exception=False)
        for line in asked:
            status = client.get(f"/p/{line.strip()}/").status_code
            os.write(answer, f"{status}\n".encode())
    finally:
        os._exit(0)


def test_processes_that_open_one_link_at_once_lose_no_count(apart):
    assert apart(read_in_many_processes) == {"opens": PROCESSES, "statuses": [200] * PROCESSES}


def read_in_many_processes() -> dict:
    user = get_user_model().objects.create_superuser("sue")
    page = make_post(TrackIndexPage.objects.first(), "Secret", live=False)
    link, token = make_review_link(page, label="Rae", made_by=user, follows_latest=True)
    post = PostPage.objects.get(pk=page.pk)
    post.title = "Another title"
    post.save_revision()
    connections.close_all()
    pids = [fork_reader(token) for _ in range(PROCESSES)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    link.refresh_from_db()
    return {"opens": link.opens, "statuses": [200 if code == 0 else code for code in codes]}


def fork_reader(token: str) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            client = Client(raise_request_exception=False)
            answer = client.get(client.get(f"/p/{token}/").url)
            code = 0 if b"Another title" in answer.content else 2
        finally:
            os._exit(code)
    return pid
