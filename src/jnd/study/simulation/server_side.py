"""What a simulated observer knows of its trial: read on the server's side, in the process of the server."""

from typing import Any

import numpy as np
from sqlalchemy import select

from jnd.study.methods import DrawnTrial
from jnd.study.server.context import StudyContext
from jnd.study.store.tables import TrialRow


class ServerSide:
    """The database of a running study."""

    def __init__(self, context: StudyContext) -> None:
        self._context = context

    def drawn(self, trial: str) -> DrawnTrial:
        """The trial as it was drawn, with its key."""
        with self._context.store.reading() as connection:
            row = connection.execute(select(TrialRow.__table__).where(TrialRow.id == trial)).one()
        return DrawnTrial(
            params=row.params,
            assets=row.assets,
            choices=tuple(row.choices),
            answer_key=row.answer_key,
            source=row.source,
            codec=row.codec,
            setting=row.setting,
            level=row.level,
            stimuli=row.stimuli,
        )

    def screening_answers(self) -> dict[str, Any]:
        """What somebody who may take part answers."""
        return {"colour": [], "acuity": None, "age_ok": True, "photosensitive": False, "room": "simulated"}

    def draw_seeds_from(self, seed: int) -> None:
        """Let the sessions' seeds follow from one number, instead of chance."""
        rng = np.random.default_rng([seed, 1])
        self._context.new_seed = lambda: int(rng.integers(2**48))
