"""The page of a comparison: both pictures in one place, the map of visible difference, what changed and where.

In go a :class:`~jnd.records.Comparison` and a :class:`PairEntry` per pair, out comes one HTML file that needs no
network.
"""

from jnd.difference.report.entry import PairEntry, pair_entry
from jnd.difference.report.page import ComparisonPage

__all__ = ["ComparisonPage", "PairEntry", "pair_entry"]
