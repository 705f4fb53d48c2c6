"""Answers as columns: what every analysis of this room takes, whatever they were read from.

Texts that repeat are kept as codes, so that 250,000 answers take some 60 MB.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jnd.errors import UnusableAnswersError

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A column of texts."""

    names: tuple[str, ...]
    """The different texts, in order of first appearance."""
    codes: npt.NDArray[np.int32]
    """(n,) index of each row's text."""

    def __len__(self) -> int:
        return int(self.codes.size)

    def equals(self, *wanted: str) -> Mask:
        """Rows that hold one of ``wanted``."""
        known = [i for i, name in enumerate(self.names) if name in wanted]
        return np.isin(self.codes, known)

    def rows(self, keep: Mask) -> "Texts":
        """Some rows; texts that none of them holds are left out."""
        present, codes = np.unique(self.codes[keep], return_inverse=True)
        return Texts(tuple(self.names[i] for i in present), codes.astype(np.int32))

    def values(self) -> list[str]:
        """Every row's text."""
        return [self.names[code] for code in self.codes]


def texts(values: Iterable[str]) -> Texts:
    """A column from the text of each row."""
    index: dict[str, int] = {}
    codes = [index.setdefault(value, len(index)) for value in values]
    return Texts(tuple(index), np.array(codes, dtype=np.int32))


def one_text(value: str, count: int) -> Texts:
    """A column that says the same in every row."""
    return Texts((value,), np.zeros(count, dtype=np.int32))


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """One row per answer. Texts are empty and numbers NaN where nothing is known."""

    study: Texts
    method: Texts
    question: Texts
    session: Texts
    participant: Texts
    recruited_via: Texts
    trial: Texts
    is_repeat_of: Texts
    source: Texts
    codec: Texts
    response: Texts
    answer_key: Texts
    codec_left: Texts
    codec_right: Texts
    stage: Texts
    kind: Texts
    flags: Texts
    level: Array
    setting: Array
    dlevel_left: Array
    dlevel_right: Array
    correct: Array
    """1, 0 or NaN."""
    rating: Array
    noticed_at: Array
    response_time: Array
    """ms"""
    question_order: Array
    frames: Array
    frames_dropped: Array
    ppd_image: Array
    is_training: Mask
    is_trap: Mask
    is_bias: Mask

    def __len__(self) -> int:
        return int(self.level.size)

    def rows(self, keep: Mask) -> "Responses":
        """The rows where ``keep`` is true."""
        taken: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            taken[field.name] = value.rows(keep) if isinstance(value, Texts) else value[keep]
        return Responses(**taken)

    @property
    def scored(self) -> Mask:
        """Rows that measure what the study asks: neither practice nor catch or bias trials."""
        return ~(self.is_training | self.is_trap | self.is_bias)


TEXT_COLUMNS: Final = tuple(f.name for f in fields(Responses) if f.type in (Texts, "Texts"))
NUMBER_COLUMNS: Final = tuple(f.name for f in fields(Responses) if f.type in (Array, "Array"))
FLAG_COLUMNS: Final = tuple(f.name for f in fields(Responses) if f.type in (Mask, "Mask"))


def responses(count: int, columns: Mapping[str, Any]) -> Responses:
    """Answers from some columns; those that are missing hold nothing.

    Parameters
    ----------
    columns : name → Texts, (n,) numbers or (n,) booleans.
    """
    filled: dict[str, Any] = {name: one_text("", count) for name in TEXT_COLUMNS}
    filled |= {name: np.full(count, np.nan) for name in NUMBER_COLUMNS}
    filled |= {name: np.zeros(count, dtype=bool) for name in FLAG_COLUMNS}
    unknown = columns.keys() - filled.keys()
    if unknown:
        raise ValueError(f"no such column of answers: {', '.join(sorted(unknown))}")
    return Responses(**(filled | dict(columns)))


def joined(parts: Sequence[Responses]) -> Responses:
    """Several tables under each other."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {}
    for name in TEXT_COLUMNS:
        index: dict[str, int] = {}
        codes = []
        for part in parts:
            column: Texts = getattr(part, name)
            place = np.array([index.setdefault(text, len(index)) for text in column.names], dtype=np.int32)
            codes.append(place[column.codes] if place.size else column.codes)
        columns[name] = Texts(tuple(index), np.concatenate(codes))
    for name in (*NUMBER_COLUMNS, *FLAG_COLUMNS):
        columns[name] = np.concatenate([getattr(part, name) for part in parts])
    return responses(sum(len(part) for part in parts), columns)


def refuse_empty(answers: Responses, where: str) -> Responses:
    """The same answers.

    Raises
    ------
    UnusableAnswersError
        There are none.
    """
    if not len(answers):
        raise UnusableAnswersError(f"{where}: no answers yet")
    return answers
