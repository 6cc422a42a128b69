import pytest
from django.core.exceptions import ImproperlyConfigured

from twotrack import env


def test_a_variable_has_its_declared_default(monkeypatch):
    monkeypatch.delenv("S3_REGION", raising=False)
    assert env.text("S3_REGION") == "us-east-1"

    monkeypatch.setenv("S3_REGION", " eu-central-1 ")
    assert env.text("S3_REGION") == "eu-central-1"


@pytest.mark.parametrize(
    ("value", "meant"), [("true", True), ("1", True), ("No", False), ("", False)]
)
def test_flags(monkeypatch, value, meant):
    monkeypatch.setenv("TWOTRACK_DEBUG", value)

    assert env.flag("TWOTRACK_DEBUG") is meant


@pytest.mark.parametrize(
    ("read", "name", "value", "sentence"),
    [
        (
            env.flag,
            "TWOTRACK_DEBUG",
            "perhaps",
            "TWOTRACK_DEBUG is “perhaps”. Write true or false.",
        ),
        (
            env.whole_number,
            "TWOTRACK_SCHEDULE_SECONDS",
            "5s",
            "TWOTRACK_SCHEDULE_SECONDS is “5s”. Write a whole number from 0 up.",
        ),
        (
            lambda name: env.choice(name, ["INFO", "DEBUG"]),
            "TWOTRACK_LOG_LEVEL",
            "loud",
            "TWOTRACK_LOG_LEVEL is “LOUD”. Write one of INFO, DEBUG.",
        ),
        (
            lambda name: env.address(name, schemes=("redis", "rediss")),
            "REDIS_URL",
            "localhost:6379",
            "REDIS_URL is not a usable address. Write it as redis://host or rediss://host.",
        ),
        (
            lambda name: env.address(name, schemes=("http",)),
            "TWOTRACK_PURGE_URL",
            "http://cache:port",
            "TWOTRACK_PURGE_URL is not a usable address. Write it as http://host.",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(monkeypatch, read, name, value, sentence):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured) as error:
        read(name)

    assert str(error.value) == sentence


def test_a_half_set_service_is_refused(monkeypatch):
    for name in ("S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert env.all_or_none("S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY") is False

    monkeypatch.setenv("S3_BUCKET", "notes")
    with pytest.raises(ImproperlyConfigured) as error:
        env.all_or_none("S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")

    assert str(error.value) == (
        "S3_BUCKET is set, but S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY is not. "
        "Set all of them, or none to do without."
    )
