"""Lists of words written as one line of text."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are parted by white space."""
    return tuple(text.split())
