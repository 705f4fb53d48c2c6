"""What a file claims of its camera, and what of that its structure supports."""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from jnd.datasets.camera_folder import EXIF_DIRECTORY, exif_camera

SOFTWARE: Final = 0x0131
DATE: Final = 0x9003  # DateTimeOriginal


@dataclass(frozen=True, slots=True)
class CameraClaim:
    """From EXIF, which anybody can change: claims, no evidence."""

    make: str
    model: str
    serial: str
    software: str
    """What wrote the file, if it says so: an editor's name speaks against an original."""
    taken: str
    sha256: str
    """Of the file."""
    width: int | None
    height: int | None
    jpeg: dict[str, Any] | None
    """Whether it is progressive, and how many quantisation tables it has, with the start of a hash by which files of one
    program are recognised; None for other formats."""

    @property
    def camera(self) -> str:
        """Make and model without the make twice; empty where nothing is claimed."""
        if self.make and self.model.lower().startswith(self.make.split()[0].lower()):
            return self.model
        return f"{self.make} {self.model}".strip()


def camera_claim(path: Path) -> CameraClaim:
    """Read the claims of a file.

    Raises
    ------
    OSError
        It cannot be read. Damaged EXIF claims nothing.
    """
    data = path.read_bytes()
    make, model, serial = exif_camera(path)
    software = taken = ""
    width = height = None
    jpeg: dict[str, Any] | None = None
    with suppress(Exception), Image.open(path) as image:  # damaged EXIF has as many errors as forms
        width, height = image.size
        exif = image.getexif()
        software = _text(exif.get(SOFTWARE, ""))
        taken = _text(exif.get_ifd(EXIF_DIRECTORY).get(DATE, ""))
        if image.format == "JPEG":
            tables = getattr(image, "quantization", {})
            jpeg = {
                "progressive": bool(image.info.get("progressive", False)),
                "tables": len(tables),
                "tables_sha256": hashlib.sha256(repr(sorted(tables.items())).encode()).hexdigest()[:16],
            }
    return CameraClaim(
        make, model, serial, software, taken, hashlib.sha256(data).hexdigest(), width, height, jpeg
    )


def same_camera(claimed: str, found: str) -> bool | None:
    """Whether two names of a camera mean the same; None where one says nothing.

    Letters and digits count, in any case: "NIKON D70" is "Nikon_D70"; "NIKON CORPORATION NIKON D70" holds it.

    >>> same_camera("NIKON CORPORATION NIKON D70", "Nikon D70")
    True
    >>> same_camera("NIKON D70s", "Nikon D70")
    False
    """
    one, other = (_words(name) for name in (claimed, found))
    if not one or not other:
        return None
    return other <= one or one <= other


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", name.lower())) - {"corporation", "inc", "co", "ltd", "electronics"}


def _text(value: object) -> str:
    return " ".join(str(value).replace("\x00", " ").split())
