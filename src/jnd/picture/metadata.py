"""Which metadata of a picture go along into a new file: by default its colours and who made it, nothing else.

What a photograph says of the place, the owner's camera and the time is for its owner to publish, so "default" keeps what is
named here and not all but what is known to be private. The colour profile stays under every policy, because without it the
picture would look different.
"""

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

from jnd._lookup import lookup
from jnd.picture.exif import with_copyright_only
from jnd.picture.record import Picture

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": _RDF,
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "cc": "http://creativecommons.org/ns#",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
}
_KEPT_PROPERTIES = frozenset(
    f"{{{_NAMESPACES[prefix]}}}{name}" for prefix, name in (("dc", "rights"), ("dc", "creator"))
)
_KEPT_NAMESPACES = tuple(f"{{{_NAMESPACES[prefix]}}}" for prefix in ("xmpRights", "cc", "plus"))
"""XMP part 1 (ISO 16684-1:2019), 8.3 and 8.5; Creative Commons; PLUS, the licences of picture agencies."""

_MAX_XMP_BYTES = 2**20


def policy_named(name: str) -> Callable[[Picture], Picture]:
    """What becomes of a picture's metadata under the policy; ``UnknownNameError`` gives those that there are."""
    return lookup(METADATA_POLICIES, name, kind="metadata policy")


def xmp_rights(xmp: bytes) -> bytes | None:
    """A new XMP packet with creator, rights and licence of another; None if it has none or cannot be understood.

    Packets with a document type are not read: XMP has none, and entities can be made to fill the memory.
    """
    text = xmp.strip(b"\0 \t\r\n")
    if len(text) > _MAX_XMP_BYTES or b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
        return None
    try:
        packet = ET.fromstring(text)  # noqa: S314 - no document type, so no entities
    except (ET.ParseError, ValueError, LookupError):
        return None
    kept = ET.Element(f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""})
    for description in packet.iter(f"{{{_RDF}}}Description"):
        for name, value in description.attrib.items():
            if _is_kept(name):
                kept.set(name, value)
        kept.extend(child for child in description if _is_kept(child.tag))
    if len(kept) == 0 and len(kept.attrib) == 1:
        return None
    for prefix, uri in _NAMESPACES.items():
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{_NAMESPACES['x']}}}xmpmeta")
    ET.SubElement(root, f"{{{_RDF}}}RDF").append(kept)
    try:
        written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=False)
    except RecursionError:  # nested thousands of times
        return None
    return written


def _is_kept(name: str) -> bool:
    return name in _KEPT_PROPERTIES or name.startswith(_KEPT_NAMESPACES)


def _colours_and_copyright(picture: Picture) -> Picture:
    return replace(
        picture,
        exif=None if picture.exif is None else with_copyright_only(picture.exif) or None,
        xmp=None if picture.xmp is None else xmp_rights(picture.xmp),
    )


def _everything(picture: Picture) -> Picture:
    return picture


def _colours(picture: Picture) -> Picture:
    return replace(picture, exif=None, xmp=None)


METADATA_POLICIES: dict[str, Callable[[Picture], Picture]] = {
    "default": _colours_and_copyright,
    "all": _everything,
    "none": _colours,
}
"""Name → what becomes of a picture. Orientation is applied to the pixels under each of them."""
