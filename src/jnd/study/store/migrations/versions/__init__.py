"""One file per change of the tables, oldest first; a file that was released is never edited.

In go the tables as the file before left them, out come those of the next version; and back.
"""
