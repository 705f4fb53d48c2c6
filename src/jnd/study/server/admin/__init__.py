"""The experimenter's page: progress, curves as answers come, observers and flags, exports, withdrawal, the audit.

In go a login and requests below ``/admin``, out come pages that hold no answer key and send nothing elsewhere.
"""

from jnd.study.server.admin.routes import add_admin

__all__ = ["add_admin"]
