"""The codebook: what every column of an export means, in words."""

from collections.abc import Sequence

from jnd.study.analysis.exclusion import RULES
from jnd.study.export.columns import EVENT_COLUMNS, UNANSWERED_COLUMNS, Column
from jnd.study.export.study_export import StudyExport


def column_tables(columns: Sequence[Column]) -> str:
    """Columns as tables in Markdown, under the headings of their groups."""
    lines: list[str] = []
    open_table = False
    for column in columns:
        if column.group or not open_table:
            if column.group:
                lines += ["", f"### {column.group}"]
            lines += ["", "| column | type | unit | meaning |", "|---|---|---|---|"]
            open_table = True
        personal = " Personal: only with `--personal`." if column.personal else ""
        lines.append(
            f"| `{column.name}` | {column.type} | {column.unit or '–'} | {column.description}{personal} |"
        )
    return "\n".join(lines).strip() + "\n"


def codebook(export: StudyExport, answers: Sequence[Column], sessions: Sequence[Column]) -> str:
    """The codebook of one export, in Markdown."""
    rules = "\n".join(
        f"- `{key}` = {export.rules[key]:g}: {words}"
        for key, words in RULES.items()
        if export.rules.get(key) is not None
    )
    verified = (
        "The values of the standard in the design were confirmed."
        if export.verified
        else "The design holds values of a standard that were not confirmed (`verified = false`): it follows the procedure, "
        "no conformance is claimed."
    )
    return f"""# Codebook of {export.title or export.name}

Study `{export.name}`, version {export.version}, method {export.method}. The database was read {export.snapshot}.
{verified}

| file | what |
|---|---|
| `dataset_description.json` | this data set for machines (schema.org, Psych-DS) |
| `data/` | the answers, a table per session |
| `answers.csv`, `answers.parquet` | the same answers in one table |
| `sessions.csv` | a row per session |
| `unanswered.csv` | trials that were shown and have no answer: void, expired, open |
| `events.csv` | what happened around the trials: focus, zoom, breaks |
| `stimuli.csv` | the pictures that were shown, with the SHA-256 of their files |
| `study.toml`, `study.json` | the design as written and as understood |
| `results.json` | thresholds or scores with intervals, by `jnd study analyze` |

Nothing was deleted. Answers that the rules below flag are in the tables, with the rule in `flags`; `results.json` has
results without and with them. Identifiers are random; {"personal fields are included" if export.personal else "personal fields were left out"}.

## Exclusion rules, declared before the data

{rules or "None."}

## Answers

{column_tables(answers)}
## Sessions

{column_tables(sessions)}
## Trials without an answer

{column_tables(UNANSWERED_COLUMNS)}
## Events

{column_tables(EVENT_COLUMNS)}"""
