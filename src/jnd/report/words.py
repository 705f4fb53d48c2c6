"""Numbers and names as the report and the command line say them."""


def bytes_in_words(count: int) -> str:
    """A size as people read it; decimal units.

    >>> bytes_in_words(812), bytes_in_words(20480), bytes_in_words(3_456_789)
    ('812 B', '20.5 kB', '3.5 MB')
    """
    if count < 1000:  # below, a size that rounds to 1000.0 takes the next unit
        return f"{count} B"
    unit, size = next(
        (unit, count / scale)
        for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
        if count >= 0.99995 * scale
    )
    return f"{size:.1f} {unit}"


def change_in_words(before: int, after: int) -> str:
    """How a size changed, with its sign.

    >>> change_in_words(1000, 250), change_in_words(10, 12), change_in_words(0, 5)
    ('−75 %', '+20 %', 'from nothing')
    """
    if before == 0:
        return "from nothing"
    return f"{100 * (after - before) / before:+.0f} %".replace("-", "−")


def satisfied_in_words(satisfied: float) -> str:
    """The observer's estimate; rounded down, so that a missed target never reads as one that was met.

    >>> satisfied_in_words(0.8372), satisfied_in_words(0.9991)
    ('an estimated 83 in 100 people see no difference', 'more than an estimated 99 in 100 people see no difference')
    """
    count = int(100 * satisfied)
    if count >= 99:
        return "more than an estimated 99 in 100 people see no difference"
    return f"an estimated {count} in 100 people see no difference"


def percent(share: float) -> str:
    """A share with one decimal, rounded down.

    >>> percent(0.74999)
    '74.9 %'
    """
    return f"{int(share * 1000) / 10:.1f} %"


def settings_in_words(setting: dict[str, int | float | str], chroma_subsampling: str | None) -> str:
    """What the encoder was told.

    >>> settings_in_words({"quality": 82}, "4:2:0")
    'quality 82, 4:2:0'
    """
    words = [f"{key} {value}" for key, value in setting.items()]
    return ", ".join(words if chroma_subsampling is None else [*words, chroma_subsampling])


def plural(count: int, noun: str) -> str:
    """The count with its noun.

    >>> plural(1, "picture"), plural(0, "picture")
    ('1 picture', '0 pictures')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def printable(name: str) -> str:
    r"""A file name without what cannot be shown or would reorder what stands beside it.

    >>> printable("a\u202egnp.exe\n\udcff") == "a\ufffdgnp.exe\ufffd?"
    True
    """
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
