"""Which items were compared with which: items in different components have no common scale."""

import numpy as np
import numpy.typing as npt

from jnd.errors import GraphDisconnectedError

Array = npt.NDArray[np.float64]


def components(compared: npt.ArrayLike, *, strong: bool = False) -> list[list[int]]:
    """Groups of items that comparisons connect, each ascending, ordered by their first item.

    Parameters
    ----------
    compared : (N, N) number of comparisons (or of wins of row over column).
    strong : whether a path must exist in both directions (wins and losses), which finite maximum likelihood
        scores need.
    """
    link = np.asarray(compared) > 0
    if link.ndim != 2 or link.shape[0] != link.shape[1]:
        raise ValueError(f"comparisons must be a square matrix, got shape {link.shape}")
    if not strong:
        link = link | link.T
    reach = link | np.eye(link.shape[0], dtype=bool)
    while True:  # doubling the length of the paths
        further = (reach.astype(np.int64) @ reach.astype(np.int64)) > 0
        if np.array_equal(further, reach):
            break
        reach = further
    mutual = reach & reach.T
    first = np.argmax(mutual, axis=1)
    return [np.flatnonzero(first == item).tolist() for item in np.unique(first)]


def refuse_disconnected(groups: list[list[int]], names: list[str] | None = None) -> None:
    """Raise when there is more than one group.

    Raises
    ------
    GraphDisconnectedError
        Names the items of every component.
    """
    if len(groups) <= 1:
        return
    text = "; ".join(
        f"{number}: {', '.join(names[i] if names else str(i) for i in group)}"
        for number, group in enumerate(groups, start=1)
    )
    raise GraphDisconnectedError(
        f"the items fall into {len(groups)} groups that were never compared with each other ({text}); "
        f"scores of different groups have no common zero. Add comparisons between them, or scale each alone",
        components=groups,
    )
