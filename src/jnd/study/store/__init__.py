"""The database of a study: sessions, trials and answers.

In go what the server drew and what people answered, out come rows; nothing that was answered is ever changed.
"""

from jnd.study.store.rows import AnswerRow, SessionFacts
from jnd.study.store.store import Store, open_store, store_in_use

__all__ = ["AnswerRow", "SessionFacts", "Store", "open_store", "store_in_use"]
