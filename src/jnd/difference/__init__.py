"""Difference: what changed between two pictures.

In go a reference and a changed picture; out comes what kind of change it was.
Kinds of change are in :mod:`jnd.difference.kinds`.
"""
