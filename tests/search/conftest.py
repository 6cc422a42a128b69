import pytest

from search import spelling


@pytest.fixture(autouse=True)
def empty_vocabulary():
    """Each test has words of its own."""
    spelling.forget()
