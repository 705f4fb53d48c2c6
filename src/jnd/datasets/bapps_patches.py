"""BAPPS [Zhang2018] with its patches: which of two is closer (2AFC), and same or not (JND).

Layout: ``2afc/val/<kind>/{ref,p0,p1}/000000.png`` with ``judge/000000.npy``, the share that chose p1; and
``jnd/val/<kind>/{p0,p1}/000000.png`` with ``same/000000.npy``, the share that said "same".
"""

from dataclasses import dataclass
from pathlib import Path

from jnd.datasets.bapps import share_in
from jnd.errors import UnusableAnswersError


@dataclass(frozen=True, slots=True)
class JudgedPatches:
    """Two or three patches and people's answer."""

    reference: Path
    """p0 of a JND pair."""
    first: Path
    second: Path
    share: float
    """That chose the second, or said "same"."""
    kind: str


def load_bapps_patches(root: Path, task: str) -> tuple[JudgedPatches, ...]:
    """Patches of ``task`` "2afc" or "jnd" below ``root``.

    Raises
    ------
    UnusableAnswersError
        No answers, an answer that is no share, or missing patches; they are named.
    """
    answers, sides = ("judge", ("ref", "p0", "p1")) if task == "2afc" else ("same", ("p0", "p0", "p1"))
    result = []
    for file in sorted(root.rglob(f"{answers}/*.npy")):
        folder = file.parents[1]
        paths = [folder / side / f"{file.stem}.png" for side in sides]
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:
            raise UnusableAnswersError(f"{root}: patches are missing: {', '.join(missing)}")
        share = share_in(file)
        if not 0 <= share <= 1:
            raise UnusableAnswersError(f"{file}: holds {share:g}, which is no share from 0 to 1")
        result.append(JudgedPatches(paths[0], paths[1], paths[2], share, folder.name))
    if not result:
        raise UnusableAnswersError(f"{root}: no files {answers}/*.npy; give the folder of BAPPS's {task}/val")
    return tuple(result)
