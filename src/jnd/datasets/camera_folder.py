"""A plain tree of pictures: EXIF says make, model and serial number; where it says nothing, the folders do.

``Brand/Model/Device/picture.jpg``, ``Model/Device/…`` or ``Model/…``. A folder whose name holds "flat" holds flat fields, one
called "scene-…" names a scene.
"""

from pathlib import Path

from PIL import Image

from jnd.datasets.camera_picture import CameraPicture
from jnd.picture.files import pictures_in

MAKE, MODEL, SERIAL, EXIF_DIRECTORY = 0x010F, 0x0110, 0xA431, 0x8769
"""Tags of Exif 3.0: Make, Model, BodySerialNumber, and where the last one stands."""


def load_camera_folder(folder: Path) -> tuple[CameraPicture, ...]:
    """Every picture below the folder."""
    return tuple(_labelled(path, folder) for path in pictures_in(folder))


def exif_camera(path: Path) -> tuple[str, str, str]:
    """What EXIF claims: make, model and serial number; empty where it says nothing."""
    try:
        with Image.open(path) as image:
            exif = image.getexif()
            serial = exif.get_ifd(EXIF_DIRECTORY).get(SERIAL, "")
            return tuple(_text(value) for value in (exif.get(MAKE, ""), exif.get(MODEL, ""), serial))  # type: ignore[return-value]
    except Exception:  # noqa: BLE001 - damaged EXIF has as many errors as forms
        return "", "", ""


def _labelled(path: Path, folder: Path) -> CameraPicture:
    parts = list(path.relative_to(folder).parts[:-1])
    scene = next((part.partition("-")[2] for part in parts if part.lower().startswith("scene-")), None)
    flat = any("flat" in part.lower() for part in parts)
    parts = [part for part in parts if "flat" not in part.lower() and not part.lower().startswith("scene-")]
    make, model, serial = exif_camera(path)
    if len(parts) >= 3:
        brand, named, device = parts[0], f"{parts[0]} {parts[1]}", f"{parts[0]} {parts[1]} {parts[2]}"
    elif parts:
        named = parts[0]
        brand, device = named.split()[0].split("_")[0], " ".join(parts)
    else:
        brand = make or "unknown"
        named = _joined(make, model) or "unknown"
        device = f"{named} {serial}".strip()
    if not parts or (make and model and len(parts) == 1):
        # EXIF knows more than one folder; its serial number tells devices of one model apart.
        brand, named = make or brand, _joined(make, model) or named
        device = f"{named} {serial or (parts[0] if parts else '')}".strip()
    return CameraPicture(path, brand, named, device, scene, "flat" if flat else "natural")


def _joined(make: str, model: str) -> str:
    """Make and model without the make twice."""
    return (
        model
        if make and model.lower().startswith(make.split(maxsplit=1)[0].lower())
        else f"{make} {model}".strip()
    )


def _text(value: object) -> str:
    return " ".join(str(value).replace("\x00", " ").split())
