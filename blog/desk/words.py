"""Numbers and people in the words of editors."""


def counted(number: int, word: str) -> str:
    """“1 stop”, “4 words”: for words whose plural takes an s."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def name_of(user, nobody: str = "") -> str:
    """The user's full name, or else that of their account."""
    return (user.get_full_name() or user.get_username()) if user else nobody
