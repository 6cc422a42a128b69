"""Each sample document gives what stands beside it."""

import json

import pytest

from blog.importing import read
from tests.blog.importing.telling import SAMPLES, told

EXPECTED = sorted(SAMPLES.glob("*.expected.json"))


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.split(".")[0])
def test_sample_is_read_as_expected(expected):
    document = SAMPLES / expected.name.removesuffix(".expected.json")

    assert told(read(document)) == json.loads(expected.read_text())


def test_every_document_among_the_samples_has_its_expected_result():
    documents = {
        path.name for path in SAMPLES.glob("*.*") if path.suffix in {".md", ".txt", ".xml"}
    }

    assert documents == {path.name.removesuffix(".expected.json") for path in EXPECTED}
