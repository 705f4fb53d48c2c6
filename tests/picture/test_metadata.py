"""By default a new file says who made the picture and what its colours are, and nothing of place, camera and time."""

import io
import struct
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jnd.errors import UnknownNameError
from jnd.picture import METADATA_POLICIES, Picture, policy_named
from jnd.picture.exif import orientation, with_copyright_only, with_orientation_only
from jnd.picture.metadata import xmp_rights

PIXELS = np.zeros((2, 2, 3), np.uint8)
ARTIST, COPYRIGHT, MODEL, ORIENTATION, EXIF_DIRECTORY, GPS = 0x013B, 0x8298, 0x0110, 0x0112, 0x8769, 0x8825

Value = tuple[int, int, bytes]
"""Kind, count and value of an entry."""


def text(words: bytes) -> Value:
    return 2, len(words) + 1, words + b"\0"


def tiff(order: str, entries: dict[int, Value], *, following: int = 0, behind: bytes = b"") -> bytes:
    """A TIFF structure of one directory, made by hand; values longer than four bytes stand behind it."""
    at = 8 + 2 + 12 * len(entries) + 4
    directory, outside = struct.pack(order + "H", len(entries)), b""
    for tag, (kind, count, value) in sorted(entries.items()):
        field = value.ljust(4, b"\0")
        if len(value) > 4:
            field = struct.pack(order + "I", at + len(outside))
            outside += value + bytes(len(value) % 2)
        directory += struct.pack(order + "HHI", tag, kind, count) + field
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return (
        mark
        + struct.pack(order + "I", 8)
        + directory
        + struct.pack(order + "I", following)
        + outside
        + behind
    )


def camera(order: str) -> bytes:
    """What a camera writes: model, orientation, and directories with a serial number and a place."""
    return tiff(
        order,
        {
            ARTIST: text(b"Anna B."),
            COPYRIGHT: text(b"(c) 2026 Anna"),
            MODEL: text(b"Camera 7"),
            ORIENTATION: (3, 1, struct.pack(order + "H", 6)),
            EXIF_DIRECTORY: (4, 1, struct.pack(order + "I", 200)),
            GPS: (4, 1, struct.pack(order + "I", 200)),
        },
        following=200,
        behind=b"serial 123, 52 N 13 E, maker note, thumbnail",
    )


def by_pillow(exif: bytes) -> dict[int, object]:
    """An independent reader, through a file."""
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "JPEG", exif=b"Exif\0\0" + exif)
    return dict(Image.open(buffer).getexif())


@pytest.mark.parametrize("order", ["<", ">"])
class TestExif:
    def test_artist_and_copyright_stay_and_nothing_else(self, order: str) -> None:
        kept = with_copyright_only(camera(order))
        assert by_pillow(kept) == {ARTIST: "Anna B.", COPYRIGHT: "(c) 2026 Anna"}
        assert kept[:4] == camera(order)[:4]
        for secret in (b"serial", b"52 N", b"maker", b"thumbnail", b"Camera"):
            assert secret not in kept

    def test_orientation_stays_where_the_pixels_do(self, order: str) -> None:
        kept = with_orientation_only(camera(order), and_copyright=True)
        assert by_pillow(kept) == {ARTIST: "Anna B.", COPYRIGHT: "(c) 2026 Anna", ORIENTATION: 6}
        assert by_pillow(with_orientation_only(camera(order), and_copyright=False)) == {ORIENTATION: 6}

    def test_an_upright_orientation_needs_no_exif(self, order: str) -> None:
        exif = tiff(order, {ORIENTATION: (3, 1, struct.pack(order + "H", 1))})
        assert with_orientation_only(exif, and_copyright=True) == b""

    @pytest.mark.parametrize("words", [b"A", b"Abc", b"Abcd", b"Abcde"])
    def test_short_values_stand_in_the_entry(self, order: str, words: bytes) -> None:
        assert by_pillow(with_copyright_only(tiff(order, {ARTIST: text(words)}))) == {ARTIST: words.decode()}

    def test_doing_it_again_changes_nothing(self, order: str) -> None:
        once = with_copyright_only(camera(order))
        assert with_copyright_only(once) == once

    @pytest.mark.parametrize(
        "entry",
        [
            (2, 100, struct.pack("<I", 0xFFFFFF00)),
            (2, 0xFFFFFFFF, bytes(4)),
            (2, 5, struct.pack("<I", 100000)),
            (3, 4, bytes(8)),
            (2, 8, b" \0 \0    "),
            (77, 1, b"abcd"),
        ],
        ids=["offset outside", "huge", "offset behind the end", "no text", "blank", "unknown kind"],
    )
    def test_a_value_that_is_none_is_left_out(self, order: str, entry: Value) -> None:
        assert with_copyright_only(tiff(order, {COPYRIGHT: entry})) == b""
        good = tiff(order, {ARTIST: text(b"Anna B."), COPYRIGHT: entry})
        assert by_pillow(with_copyright_only(good)) == {ARTIST: "Anna B."}

    def test_circles_are_not_walked(self, order: str) -> None:
        """The next directory, Exif's and GPS's are this one again."""
        eight = (4, 1, struct.pack(order + "I", 8))
        exif = tiff(order, {ARTIST: text(b"Anna B."), EXIF_DIRECTORY: eight, GPS: eight}, following=8)
        assert by_pillow(with_copyright_only(exif)) == {ARTIST: "Anna B."}

    def test_a_directory_over_its_own_header_is_survived(self, order: str) -> None:
        exif = bytearray(camera(order))
        exif[4:8] = struct.pack(order + "I", 0)
        assert with_copyright_only(bytes(exif)) == b""

    def test_a_directory_that_claims_more_entries_than_there_are(self, order: str) -> None:
        exif = bytearray(tiff(order, {ARTIST: text(b"Anna B.")}))
        exif[8:10] = struct.pack(order + "H", 65535)
        assert by_pillow(with_copyright_only(bytes(exif))) == {ARTIST: "Anna B."}


@given(st.binary(max_size=80), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_any_bytes_are_survived_and_never_grow(data: bytes, start: bytes) -> None:
    for kept in (
        with_copyright_only(start + data),
        with_orientation_only(start + data, and_copyright=True),
    ):
        assert len(kept) <= len(start + data) + 8
        assert orientation(kept) in range(1, 9)


XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
  xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" xmpRights:WebStatement="https://example.org/licence"
  exif:GPSLatitude="52,30N" aux:SerialNumber="123">
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">(c) Anna</rdf:li></rdf:Alt></dc:rights>
<dc:creator><rdf:Seq><rdf:li>Anna</rdf:li></rdf:Seq></dc:creator>
<dc:subject><rdf:Bag><rdf:li>my house</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


class TestXmp:
    def test_creator_rights_and_licence_stay_and_nothing_else(self) -> None:
        kept = xmp_rights(XMP)
        assert kept is not None
        for word in (b"(c) Anna", b"creator", b"https://example.org/licence", b"x-default"):
            assert word in kept
        for secret in (b"52,30N", b"123", b"house", b"GPS", b"Serial"):
            assert secret not in kept
        assert ET.fromstring(kept).tag == "{adobe:ns:meta/}xmpmeta"
        assert xmp_rights(kept) == kept

    @pytest.mark.parametrize(
        "xmp",
        [
            b"",
            b"no xml",
            XMP[:400],
            XMP.replace(b"dc:rights", b"dc:title")
            .replace(b"creator", b"format")
            .replace(b"xmpRights:", b"exif:"),
            b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>" + XMP,
            XMP.decode().encode("utf-16"),
            b'<?xml version="1.0" encoding="none-such"?><x/>',
            b"<a>" * 100_000 + b"</a>" * 100_000,
            XMP + bytes(2**20) + b"x",
        ],
        ids=["empty", "text", "cut off", "no rights", "entities", "UTF-16", "encoding", "deep", "long"],
    )
    def test_what_has_none_or_cannot_be_understood_is_dropped(self, xmp: bytes) -> None:
        assert xmp_rights(xmp) is None

    def test_rights_nested_without_end_are_dropped(self) -> None:
        deep = b"<dc:rights>" * 50_000 + b"</dc:rights>" * 50_000
        assert xmp_rights(XMP.replace(b"<dc:subject>", deep + b"<dc:subject>")) is None

    @given(st.binary(max_size=60))
    def test_any_bytes_are_survived(self, data: bytes) -> None:
        xmp_rights(data)
        xmp_rights(XMP[:500] + data + XMP[500:])


class TestPolicies:
    PICTURE = Picture(PIXELS, icc_profile=b"profile", exif=camera("<"), xmp=XMP)

    @pytest.mark.parametrize("name", METADATA_POLICIES)
    def test_pixels_and_profile_stay(self, name: str) -> None:
        kept = policy_named(name)(self.PICTURE)
        assert kept.icc_profile == b"profile"
        assert np.array_equal(kept.pixels, PIXELS)

    def test_what_each_keeps(self) -> None:
        everything, nothing, default = (
            policy_named(name)(self.PICTURE) for name in ("all", "none", "default")
        )
        assert (everything.exif, everything.xmp) == (camera("<"), XMP)
        assert (nothing.exif, nothing.xmp) == (None, None)
        assert (default.exif, default.xmp) == (with_copyright_only(camera("<")), xmp_rights(XMP))

    def test_a_picture_without_copyright_gets_none(self) -> None:
        default = policy_named("default")(
            Picture(PIXELS, exif=tiff("<", {MODEL: text(b"Camera 7")}), xmp=b"<x/>")
        )
        assert (default.exif, default.xmp) == (None, None)

    def test_another_name_is_an_error(self) -> None:
        with pytest.raises(UnknownNameError, match=r'no metadata policy "most".*Known: all, default, none'):
            policy_named("most")
