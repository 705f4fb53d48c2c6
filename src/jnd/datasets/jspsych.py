"""jsPsych data: the JSON or CSV of ``jsPsych.data.get()``, one object or row per trial.

Trials of other kinds (instructions, preload …) have no level; they are left out. The trial must carry, in its
``data``, a ``level`` and whether it was ``correct`` (or a ``response`` with a ``correct_response``), and may
carry ``source`` and ``subject``. Several participants: a JSON list of lists, or a column that names them.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from jnd.datasets.answers import LEVEL, OBSERVER, SETTING
from jnd.datasets.table import Table, read_text
from jnd.errors import UnusableAnswersError

PEOPLE = (*OBSERVER, "run_id", "prolific_pid", "workerid")


def is_jspsych(table: Table) -> bool:
    """Whether a table has the columns that every jsPsych trial has."""
    return {"trial_type", "trial_index"} <= table.columns.keys()


def read_jspsych_json(path: Path) -> Table:
    """The trials of a JSON file as a table.

    Raises
    ------
    UnusableAnswersError
        Not JSON, or not a list of trials.
    """
    try:
        content = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise UnusableAnswersError(
            f"{path.name}, line {error.lineno}: not valid JSON ({error.msg})"
        ) from None
    if isinstance(content, dict):
        content = content.get("trials") or content.get("data") or [content]
    trials: list[dict[str, Any]] = []
    for number, entry in enumerate(content if isinstance(content, list) else [content]):
        if isinstance(entry, dict) and isinstance(entry.get("trials"), list):
            person = {"subject": str(number)} | {k: v for k, v in entry.items() if k != "trials"}
            trials += [person | trial for trial in entry["trials"] if isinstance(trial, dict)]
        elif isinstance(entry, list):
            trials += [{"subject": str(number)} | trial for trial in entry if isinstance(trial, dict)]
        elif isinstance(entry, dict):
            trials.append(entry)
        else:
            raise UnusableAnswersError(f"{path.name}: entry {number} is not a trial (an object)")
    if not trials:
        raise UnusableAnswersError(f"{path.name}: there are no trials in the file")
    names = list(dict.fromkeys(key.lower() for trial in trials for key in trial))
    lowered = [{key.lower(): value for key, value in trial.items()} for trial in trials]
    columns = {name: tuple(_text(trial.get(name)) for trial in lowered) for name in names}
    return Table(path.name, columns, tuple(range(1, len(trials) + 1)))


def scored_trials(table: Table) -> Table:
    """The trials that have a level, with the participant under a name that long tables use.

    Raises
    ------
    UnusableAnswersError
        No trial has one.
    """
    level = table.find(*LEVEL, *SETTING)
    if level is None:
        table.text(*LEVEL)
    assert level is not None
    keep = np.array([value.strip().lower() not in ("", "null", "nan") for value in table.columns[level]])
    if not keep.any():
        raise UnusableAnswersError(f'{table.name}: no trial has a value in column "{level}"')
    table = table.rows(keep)
    people = table.find(*PEOPLE)
    if people is not None and people not in OBSERVER:
        table = Table(table.name, table.columns | {"participant": table.columns[people]}, table.lines)
    return table


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)
