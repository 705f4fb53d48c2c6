"""The server of a study: draws trials, keeps answer keys, takes answers once.

In go a study's folder and requests, out come trials and a database; :func:`running` starts it for a block.
"""

from jnd.study.server.app import create_app
from jnd.study.server.running import running

__all__ = ["create_app", "running"]
