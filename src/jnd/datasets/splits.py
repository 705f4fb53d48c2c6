"""Folds by source: pictures of one photograph are never on both sides."""

import hashlib
from collections.abc import Sequence

from jnd.datasets.labelled import LabelledPicture


def folds_of(pictures: Sequence[LabelledPicture], folds: int = 10) -> dict[str, int]:
    """Group → fold from 1: the published folds where every picture has one, otherwise balanced ones.

    Balanced: groups in the order of a hash of their names go around the folds, so that sizes differ by one group at
    most. The same set of groups has the same folds everywhere.

    Raises
    ------
    ValueError
        Fewer than two folds, or more folds than groups.
    """
    if pictures and all(picture.fold is not None for picture in pictures):
        return {picture.group: picture.fold for picture in pictures if picture.fold is not None}
    groups = sorted({p.group for p in pictures}, key=lambda g: hashlib.sha256(g.encode()).digest())
    if not 2 <= folds <= len(groups):
        raise ValueError(
            f"folds must be from 2 to the number of sources, which is {len(groups)}; got {folds}"
        )
    return {group: place % folds + 1 for place, group in enumerate(groups)}


def split(
    pictures: Sequence[LabelledPicture], fold: int, folds: int = 10
) -> tuple[tuple[LabelledPicture, ...], tuple[LabelledPicture, ...]]:
    """(training, test): the pictures outside and inside of a fold.

    Raises
    ------
    ValueError
        See :func:`folds_of`; or no such fold.
    """
    fold_of_group = folds_of(pictures, folds)
    if fold not in set(fold_of_group.values()):
        raise ValueError(f"fold must be one of {sorted(set(fold_of_group.values()))}, got {fold}")
    inside = tuple(p for p in pictures if fold_of_group[p.group] == fold)
    return tuple(p for p in pictures if fold_of_group[p.group] != fold), inside
