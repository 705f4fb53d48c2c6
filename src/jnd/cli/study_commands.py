"""All commands of ``jnd study``: importing one of these modules adds its command."""

from jnd.cli import (
    study_admin,
    study_analyze,
    study_check,
    study_export,
    study_import,
    study_init,
    study_serve,
    study_simulate,
    study_status,
)
from jnd.cli.study import study_app

__all__ = [
    "study_admin",
    "study_analyze",
    "study_app",
    "study_check",
    "study_export",
    "study_import",
    "study_init",
    "study_serve",
    "study_simulate",
    "study_status",
]
