"""Data sets and other people's tables: a reader per layout.

In: a file or folder in its documented layout. Out: a table of :mod:`jnd.psychometrics.answer_tables` (``reader``), pictures
with people's or the observer's labels (``catalogue``, ``observer_labels``), with opinion scores (``opinion_scores`` and its
neighbours), or with the camera that took them (``camera_pictures``). Nothing is guessed silently: a missing column is named
with the nearest one, a row that cannot be read with its line.
"""
