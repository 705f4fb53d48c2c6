"""Colour spaces by number (CICP): those that need a profile to be seen rightly are refused without one."""

from jnd.errors import UnreadablePictureError

_WIDE_PRIMARIES = {9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}  # ITU-T H.273, table 2
_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}  # ITU-T H.273, table 3


def refuse_unusual_colours(primaries: int, transfer: int) -> None:
    """Raise ``UnreadablePictureError`` for tags of other than sRGB, which would be seen wrongly."""
    tag = _HDR_TRANSFERS.get(transfer) or _WIDE_PRIMARIES.get(primaries)
    if tag is not None:
        raise UnreadablePictureError(
            f"has {tag} colours (CICP {primaries}/{transfer}) and no ICC profile; "
            "convert it to sRGB or embed a profile"
        )
