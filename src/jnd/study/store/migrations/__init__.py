"""Migrations of the database, by alembic; they ship with jnd.

In goes a database of any earlier version of jnd, out comes one with today's tables and all that was in it.
"""
