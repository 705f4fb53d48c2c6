"""What kind of change made one picture of another, at which level, and how bad each kind is by itself.

In go a reference, a changed picture of the same size and an observer; out come :class:`~jnd.records.ChangeKind` records.
``CHANGE_CLASSES`` lists the kinds and the distortions that each stands for.
"""

from jnd.difference.kinds.classes import CHANGE_CLASSES, ChangeClass
from jnd.difference.kinds.description import describe_change

__all__ = ["CHANGE_CLASSES", "ChangeClass", "describe_change"]
