"""The experimenter's page."""

from fastapi import FastAPI

from jnd.study.server.context import StudyContext


def add_admin(app: FastAPI, context: StudyContext) -> None:
    """Its routes."""
