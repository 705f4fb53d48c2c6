"""How alembic runs a migration; the connection, and with it the transaction, is the caller's."""

from alembic import context

from jnd.study.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
