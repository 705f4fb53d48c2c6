"""What belongs to one picture: its rows, and its axis of levels in the codec's own numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from jnd.psychometrics.analysis.results import natural
from jnd.study.analysis.responses import Array, Mask, Responses


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """Levels and what the codec was told at them."""

    name: str
    level: Array
    value: Array

    @classmethod
    def of(cls, answers: Responses, levels: Array | None = None) -> "Axis":
        """The axis of the rows' settings over their levels, or over others of the same rows; empty without settings."""
        shown = answers.level if levels is None else levels
        known = np.isfinite(shown) & np.isfinite(answers.setting)
        level, first = np.unique(shown[known], return_index=True)
        return cls("setting", level, answers.setting[known][first])

    def setting(self, level: float | None) -> float | None:
        """The codec's number at a level, interpolated between those that were shown; None outside of them."""
        if level is None or not self.level.size or not self.level[0] <= level <= self.level[-1]:
            return None
        return float(np.interp(level, self.level, self.value))


def each_picture(answers: Responses) -> Iterator[tuple[str, str, str, Mask]]:
    """(name, source, codec, rows) of every source, and of every codec of it where there are several.

    Rows without a codec show the picture itself: they belong to each of its codecs.
    """
    several = len({c for c in answers.codec.names if c}) > 1
    for source in sorted(range(len(answers.source.names)), key=lambda i: natural(answers.source.names[i])):
        of_source = answers.source.codes == source
        name = answers.source.names[source]
        codecs = sorted(c for c in answers.codec.rows(of_source).names if c)
        if not several or not codecs:
            yield name, name, codecs[0] if codecs else "", of_source
            continue
        for codec in codecs:
            yield f"{name} {codec}", name, codec, of_source & answers.codec.equals(codec, "")
