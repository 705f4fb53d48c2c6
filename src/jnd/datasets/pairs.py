"""Paired comparisons: one choice per row, or a square matrix of wins.

Columns: left, right, response (left, right, tie), and participant where known; or winner and loser.
"""

import numpy as np

from jnd.datasets.answers import OBSERVER
from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.answer_tables import PairAnswers, RatingTable

TIES = ("tie", "same", "equal", "notsure", "not sure")


def is_pairs(table: Table) -> bool:
    """Whether a table has two items and a choice per row."""
    columns = table.columns.keys()
    return {"winner", "loser"} <= columns or {"left", "right", "response"} <= columns


def read_pairs(table: Table) -> PairAnswers:
    """Win counts per observer; a tie is half a win for both.

    Raises
    ------
    UnusableAnswersError
        A response that is neither side nor a tie.
    """
    who = table.find(*OBSERVER)
    people = table.columns[who] if who else ("",) * len(table)
    observers = list(dict.fromkeys(people))
    if {"winner", "loser"} <= table.columns.keys():
        first, second = table.columns["winner"], table.columns["loser"]
        share = [1.0] * len(table)
    else:
        first, second = table.columns["left"], table.columns["right"]
        share = []
        for i, response in enumerate(table.columns["response"]):
            word = response.strip().lower()
            if word in ("left", first[i].lower()):
                share.append(1.0)
            elif word in ("right", second[i].lower()):
                share.append(0.0)
            elif word in TIES:
                share.append(0.5)
            else:
                raise UnusableAnswersError(
                    f'{table.name}, line {table.lines[i]}: response "{response}" is not left, right or tie'
                )
    items = sorted(set(first) | set(second))
    index = {item: i for i, item in enumerate(items)}
    wins = np.zeros((len(observers), len(items), len(items)))
    for person, a, b, won in zip(people, first, second, share, strict=True):
        o = observers.index(person)
        wins[o, index[a], index[b]] += won
        wins[o, index[b], index[a]] += 1 - won
    return PairAnswers(tuple(items), wins, tuple(observers))


def pairs_of_matrix(table: RatingTable) -> PairAnswers:
    """A square matrix of wins (row over column), read as a plain matrix.

    Raises
    ------
    UnusableAnswersError
        Not square.
    """
    wins = np.nan_to_num(table.votes[:, :, 0])
    if wins.shape[0] != wins.shape[1]:
        raise UnusableAnswersError(f"a matrix of wins must be square, got {wins.shape[0]} by {wins.shape[1]}")
    names = (
        table.stimulus if table.stimulus != tuple(map(str, range(len(table.stimulus)))) else table.observer
    )
    return PairAnswers(names, wins[None], ("",))
