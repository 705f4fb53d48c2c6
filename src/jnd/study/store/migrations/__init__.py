"""Migrations of the database, by alembic; they ship with jnd."""
