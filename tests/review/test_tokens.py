"""The secret of a link: guessed by nobody, stored by nothing, found after the key was changed."""

import re
import secrets
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from review.links import find_link
from review.models import ReviewLink
from review.tokens import DIGITS, PREFIX, is_well_formed, make_token


def test_no_random_token_finds_a_link(shared):
    guesses = [make_token() for _ in range(1_000)]
    unchecked = [PREFIX + secrets.token_urlsafe(64)[:49] for _ in range(9_000)]

    assert [guess for guess in guesses + unchecked if find_link(guess)] == []


def test_no_mutant_of_a_token_finds_a_link(shared, django_assert_num_queries):
    _, token = shared
    places = [4 + number % (len(token) - 4) for number in range(1_000)]
    others = [
        next(char for char in secrets.token_hex(8) + "-_" + DIGITS if char != token[place])
        for place in places
    ]
    mutants = [
        token[:place] + other + token[place + 1 :]
        for place, other in zip(places, others, strict=True)
    ]

    # The checksum refuses each of them without a look into the database.
    with django_assert_num_queries(0):
        assert [mutant for mutant in mutants if find_link(mutant)] == []


def test_other_spellings_of_a_token_find_nothing(shared):
    _, token = shared

    for other in [
        *["", "twp_", token[:-1], token + "A", token.swapcase(), token.upper(), f" {token}"],
        *[f"{token}\n", f"{token}\0", token.replace("twp_", "TWP_"), token[4:], "ｔ" + token[1:]],
        *[token * 1000, "twp_" + "é" * 49],
    ]:
        assert find_link(other) is None
    assert find_link(token) == shared[0]


def test_a_token_has_256_bits_and_a_shape_that_scanners_know():
    found = {make_token() for _ in range(1_000)}

    assert len(found) == 1_000
    assert {len(token) for token in found} == {53}
    assert all(token.startswith("twp_") and is_well_formed(token) for token in found)


def test_a_link_survives_a_change_of_the_key_while_the_former_one_is_named(shared, settings):
    link, token = shared
    former = settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [former]
    assert find_link(token) == link
    settings.SECRET_KEY_FALLBACKS = ["a third"]
    assert find_link(token) is None


def test_so_does_a_reading(reviewer, shared, settings):
    link, token = shared
    reviewer.open(token)
    former = settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [former]
    assert reviewer.get(f"/p/v/{link.public_id}/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert reviewer.get(f"/p/v/{link.public_id}/").status_code == 404


@pytest.mark.parametrize("keys", [1, 3])
def test_known_unknown_and_dead_tokens_cost_the_same_work(
    shared, share, draft, settings, monkeypatch, django_assert_num_queries, keys
):
    settings.SECRET_KEY_FALLBACKS = [f"former {number}" for number in range(1, keys)]
    dead, dead_token = share(draft)
    ReviewLink.objects.filter(pk=dead.pk).update(expires_at=dead.made_at)
    hashed, compared = [], []
    watch(monkeypatch, "blog.digests.salted_hmac", lambda: hashed.append(1))
    watch(monkeypatch, "review.links.constant_time_compare", lambda: compared.append(1))

    work = []
    for token in (shared[1], make_token(), dead_token):
        hashed.clear()
        compared.clear()
        with django_assert_num_queries(1) as asked:
            find_link(token)
        work.append((len(hashed), len(compared), asked[0]["sql"].count("'")))

    assert work == [(keys, keys, 2 * keys)] * 3


def watch(monkeypatch, name: str, note: Callable[[], None]) -> None:
    """Have each call of a function noted, and done."""
    module, _, attribute = name.rpartition(".")
    real = getattr(__import__(module, fromlist=[attribute]), attribute)
    monkeypatch.setattr(name, lambda *args, **kw: (note(), real(*args, **kw))[1])


def test_nor_does_a_whole_request_tell_them_apart_before_it_answers(
    shared, share, draft, monkeypatch
):
    """What it does up to the look-up is the same, one by one; what it answers differs anyway."""
    dead, dead_token = share(draft)
    ReviewLink.objects.filter(pk=dead.pk).update(expires_at=dead.made_at)
    done = []
    watch(monkeypatch, "blog.digests.salted_hmac", lambda: done.append("digest"))
    watch(monkeypatch, "review.links.constant_time_compare", lambda: done.append("compare"))

    def ask(execute, sql, *args):
        done.append(re.sub(r"'[^']*'|%s", "?", sql))
        return execute(sql, *args)

    Client().get(f"/p/{make_token()}/")  # What is asked for once in a process.
    work, statuses = [], []
    for token in (shared[1], make_token(), dead_token):
        done.clear()
        with connection.execute_wrapper(ask):
            statuses.append(Client().get(f"/p/{token}/").status_code)
        work.append(done[: done.index("compare") + 1])

    assert statuses == [303, 404, 410]
    assert work[0] == work[1] == work[2]
    assert [one.split(" ")[0] for one in work[0]] == ["digest", "SELECT", "compare"]
