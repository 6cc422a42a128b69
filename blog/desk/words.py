"""Numbers in the words of editors."""


def counted(number: int, word: str) -> str:
    """“1 stop”, “4 words”: for words whose plural takes an s."""
    return f"{number} {word}{'' if number == 1 else 's'}"
