"""What pages and printed answers have in common: the viewer of two pictures, maps in colour, numbers in words.

In go pictures, maps and numbers, out come bytes and markup that a browser shows without a network. What a page
says stands in the room that makes it: ``jnd.search.report``, ``jnd.difference.report``.
"""
