"""The ``study.toml`` that ``jnd study init`` writes: every key that is likely to be changed, with what it means.

The comments are the docstrings of the records, so that file and program cannot say different things.
"""

import ast
import inspect
import textwrap
from typing import Any

from jnd.study.design.presets import PRESETS
from jnd.study.design.records import SECTIONS, StudyDesign

RELEVANT: dict[str, frozenset[str]] = {
    "question": frozenset({"flicker"}),
    "patch_size": frozenset({"same-different"}),
    "patches": frozenset({"same-different"}),
    "ruler_steps": frozenset({"quality-ruler"}),
    "boost_zoom": frozenset({"btc"}),
    "boost_amplification": frozenset({"btc"}),
    "phase_ms": frozenset({"flicker", "flicker-slider", "btc"}),
    "exposure_ms": frozenset({"same-different"}),
    "gap_ms": frozenset({"same-different"}),
    "answer_ms": frozenset({"btc"}),
    "toggle_hold_ms": frozenset({"ptc"}),
    "speed_px_per_frame": frozenset({"pan"}),
    "pan_direction": frozenset({"pan"}),
    "keep": frozenset({"side-by-side"}),
    "easy_every": frozenset({"flicker", "pan", "side-by-side"}),
    "scope": frozenset({"flicker", "pan", "side-by-side"}),
    "practice_criterion": frozenset({"flicker", "pan", "side-by-side", "same-different", "btc", "ptc"}),
    "dummies": frozenset({"acr", "dcr"}),
    "hidden_reference": frozenset({"acr"}),
    "not_sure": frozenset({"flicker", "pan", "btc", "ptc"}),
    "allow_flashes": frozenset({"flicker", "flicker-slider", "btc"}),
}
"""Key → methods that read it; others are left out of their files. Keys that are not here are of all methods."""

WIDTH = 108


def toml_of(design: StudyDesign) -> str:
    """The design as a commented file that reads back to it."""
    lines = [
        f"# {design.study.title or design.study.name}: a study of jnd. `jnd study check` says what it will be."
    ]
    preset = PRESETS.get(design.study.preset)
    if preset is not None:
        lines.append(f"# It follows {preset.follows}.")
        if preset.unconfirmed:
            lines.append(
                f"# Not confirmed in the standard's or paper's text: {'; '.join(preset.unconfirmed)}. Set verified = true"
            )
            lines.append("# when you have compared them with your copy.")
    for section in SECTIONS:
        record = getattr(design, section)
        said = _docstrings(type(record))
        lines += ["", f"[{section}]"]
        for name in record.__dataclass_fields__:
            methods = RELEVANT.get(name)
            if methods is not None and design.study.method not in methods:
                continue
            comment = said.get(name)
            if comment:
                lines += [f"# {line}" for line in textwrap.wrap(comment, WIDTH)]
            lines.append(f"{name} = {_value(getattr(record, name))}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, tuple):
        return f"[{', '.join(_value(entry) for entry in value)}]"
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{key} = {_value(entry)}" for key, entry in value.items()) + " }"
            if value
            else "{}"
        )
    return repr(value)


def _docstrings(record: type) -> dict[str, str]:
    """Field → the text below it in the source."""
    (node,) = ast.parse(inspect.getsource(record)).body
    assert isinstance(node, ast.ClassDef)
    return {
        entry.target.id: " ".join(str(after.value.value).split())
        for entry, after in zip(node.body, node.body[1:], strict=False)
        if isinstance(entry, ast.AnnAssign)
        and isinstance(entry.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
    }
