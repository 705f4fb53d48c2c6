"""Every kind of file that we read gives exactly its pixels; everything else gives one clear line."""

import io
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageFile

from jnd.errors import UnreadablePictureError
from jnd.picture import declared_pixels, read_picture

from .files import (
    SRGB_PROFILE,
    cmyk_profile,
    exif,
    noise,
    png,
    png_chunk,
    profile_with_swapped_primaries,
    saved,
    smooth,
)

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
COLOUR = noise(5, 7, 3)
GREY = noise(5, 7)
DEEP = noise(5, 7, 3, dtype=np.uint16)


def tiff(values: np.ndarray, **options: Any) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, **options)
    return buffer.getvalue()


def pixels_of(data: bytes) -> np.ndarray:
    return read_picture(data).pixels


class TestEightBits:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("png", saved(COLOUR, "PNG")),
            ("bmp", saved(COLOUR, "BMP")),
            ("tiff", saved(COLOUR, "TIFF")),
            ("tiff", saved(COLOUR, "TIFF", compression="tiff_lzw")),
            ("pnm", saved(COLOUR, "PPM")),
            ("webp", saved(COLOUR, "WEBP", lossless=True)),
        ],
    )
    def test_lossless_colour_is_exact(self, name: str, data: bytes) -> None:
        picture = read_picture(data)
        assert np.array_equal(picture.pixels, COLOUR)
        assert picture.pixels.dtype == np.uint8
        assert picture.alpha is None
        assert picture.file_format == name

    @pytest.mark.parametrize("pillow_format", ["JPEG", "WEBP", "AVIF"])
    def test_lossy_colour_is_close(self, pillow_format: str) -> None:
        picture = read_picture(saved(smooth(), pillow_format, quality=95))
        assert picture.file_format == pillow_format.lower()
        assert np.abs(picture.pixels.astype(int) - smooth()).mean() < 3

    @pytest.mark.parametrize("pillow_format", ["PNG", "BMP", "TIFF", "PPM"])
    def test_grey_is_two_dimensional(self, pillow_format: str) -> None:
        assert np.array_equal(pixels_of(saved(GREY, pillow_format)), GREY)

    @pytest.mark.parametrize("pillow_format", ["PNG", "BMP", "TIFF", "PPM"])
    def test_one_bit_is_0_and_255(self, pillow_format: str) -> None:
        bits = GREY > 127
        assert np.array_equal(pixels_of(saved(Image.fromarray(bits), pillow_format)), np.where(bits, 255, 0))

    def test_palettes_become_colours(self) -> None:
        indexed = Image.fromarray(COLOUR).quantize(35)
        assert np.array_equal(pixels_of(saved(indexed, "PNG")), np.asarray(indexed.convert("RGB")))

    def test_plain_text_ppm(self) -> None:
        assert pixels_of(b"P3 # a comment\n2 1\n255\n1 2 3  4 5 6\n").tolist() == [[[1, 2, 3], [4, 5, 6]]]

    def test_inverted_tiff(self) -> None:
        assert np.array_equal(pixels_of(tiff(GREY, photometric="miniswhite")), 255 - GREY)


class TestSixteenBits:
    @pytest.mark.parametrize(
        "data",
        [
            png(DEEP, 2),
            tiff(DEEP, photometric="rgb"),
            tiff(DEEP, photometric="rgb", byteorder=">"),
            tiff(DEEP, photometric="rgb", compression="deflate"),
            b"P6\n# made here\n7 5\n65535\n" + DEEP.astype(">u2").tobytes(),
            b"P3 7 5 65535\n" + " ".join(map(str, DEEP.ravel())).encode(),
        ],
        ids=["png", "tiff", "tiff big-endian", "tiff deflate", "ppm", "ppm text"],
    )
    def test_colour_is_exact(self, data: bytes) -> None:
        picture = read_picture(data)
        assert picture.pixels.dtype == np.uint16
        assert np.array_equal(picture.pixels, DEEP)

    @pytest.mark.parametrize(
        "data",
        [
            png(DEEP[..., 0], 0),
            tiff(DEEP[..., 0]),
            tiff(65535 - DEEP[..., 0], photometric="miniswhite"),
            b"P5 7 5 65535\n" + DEEP[..., 0].astype(">u2").tobytes(),
        ],
        ids=["png", "tiff", "tiff inverted", "pgm"],
    )
    def test_grey_is_exact(self, data: bytes) -> None:
        picture = read_picture(data)
        assert picture.pixels.dtype == np.uint16
        assert np.array_equal(picture.pixels, DEEP[..., 0])

    @pytest.mark.parametrize(("kind", "channels"), [(b"P5", 1), (b"P6", 3)])
    def test_twelve_bits_are_stretched(self, kind: bytes, channels: int) -> None:
        values = np.repeat(np.array([0, 1, 2048, 4095], ">u2"), channels)
        found = pixels_of(kind + b" 4 1 4095\n" + values.tobytes())
        assert found.reshape(4, -1)[:, 0].tolist() == [0, 16, 32776, 65535]  # value · 65535 / 4095, rounded

    def test_png_grey_with_opacity(self) -> None:
        values = noise(5, 7, 2, dtype=np.uint16)
        picture = read_picture(png(values, 4))
        assert np.array_equal(picture.pixels, values[..., 0])
        assert np.array_equal(picture.alpha, values[..., 1])

    @pytest.mark.parametrize("kind", ["png", "tiff"])
    def test_colour_with_opacity(self, kind: str) -> None:
        values = noise(5, 7, 4, dtype=np.uint16)
        data = (
            png(values, 6) if kind == "png" else tiff(values, photometric="rgb", extrasamples=["unassalpha"])
        )
        picture = read_picture(data)
        assert np.array_equal(picture.pixels, values[..., :3])
        assert np.array_equal(picture.alpha, values[..., 3])

    def test_multiplied_opacity_is_taken_out(self) -> None:
        half = np.full((2, 2, 4), 20000, np.uint16)
        half[..., 3] = 40000
        picture = read_picture(tiff(half, photometric="rgb", extrasamples=["assocalpha"]))
        assert (picture.pixels == 32768).all()  # 20000 · 65535 / 40000 = 32767.5
        assert (picture.alpha == 40000).all()

    def test_a_fourth_channel_that_is_no_opacity_is_left_out(self) -> None:
        values = noise(5, 7, 4, dtype=np.uint16)
        picture = read_picture(tiff(values, photometric="rgb", extrasamples=["unspecified"]))
        assert np.array_equal(picture.pixels, values[..., :3])
        assert picture.alpha is None


class TestOpacity:
    @pytest.mark.parametrize("pillow_format", ["PNG", "TIFF", "WEBP"])
    def test_of_colour(self, pillow_format: str) -> None:
        values = noise(5, 7, 4)
        options = {"lossless": True, "exact": True} if pillow_format == "WEBP" else {}
        picture = read_picture(saved(values, pillow_format, **options))
        assert np.array_equal(picture.pixels, values[..., :3])
        assert np.array_equal(picture.alpha, values[..., 3])

    def test_of_grey(self) -> None:
        values = noise(5, 7, 2)
        picture = read_picture(saved(Image.fromarray(values, "LA"), "PNG"))
        assert np.array_equal(picture.pixels, values[..., 0])
        assert np.array_equal(picture.alpha, values[..., 1])

    def test_of_a_palette(self) -> None:
        indexed = Image.new("P", (2, 1))
        indexed.putpalette([10, 20, 30, 40, 50, 60])
        indexed.putdata([0, 1])
        picture = read_picture(saved(indexed, "PNG", transparency=1))
        assert picture.pixels.tolist() == [[[10, 20, 30], [40, 50, 60]]]
        assert picture.alpha is not None
        assert picture.alpha.tolist() == [[255, 0]]

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    @pytest.mark.parametrize(("colour_type", "channels"), [(0, 1), (2, 3)])
    def test_of_one_colour(self, dtype: type, colour_type: int, channels: int) -> None:
        """PNG's tRNS names a colour that is transparent."""
        values = np.arange(6 * channels, dtype=dtype).reshape((2, 3, 3) if channels == 3 else (2, 3))
        key = png_chunk(b"tRNS", np.asarray(values[1, 1], ">u2").tobytes())
        picture = read_picture(png(values, colour_type, key))
        top = np.iinfo(dtype).max
        assert np.array_equal(picture.pixels, values)
        assert picture.alpha is not None
        assert picture.alpha.tolist() == [[top] * 3, [top, 0, top]]

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_that_is_complete_is_none(self, dtype: type) -> None:
        values = noise(5, 7, 4, dtype=dtype)
        values[..., 3] = np.iinfo(dtype).max
        assert read_picture(png(values, 6)).alpha is None


class TestColourSpaces:
    def test_a_profile_is_kept_and_pixels_are_not_converted(self) -> None:
        profile = profile_with_swapped_primaries()
        picture = read_picture(saved(COLOUR, "PNG", icc_profile=profile))
        assert picture.icc_profile == profile
        assert np.array_equal(picture.pixels, COLOUR)

    @pytest.mark.parametrize("profile", [b"nonsense", SRGB_PROFILE[:200], b"\0" * 16 + b"RGB " + b"\0" * 200])
    def test_a_damaged_profile_is_dropped(self, profile: bytes) -> None:
        assert read_picture(saved(COLOUR, "TIFF", icc_profile=profile)).icc_profile is None

    def test_grey_may_have_an_rgb_profile(self) -> None:
        assert read_picture(saved(GREY, "JPEG", icc_profile=SRGB_PROFILE)).icc_profile == SRGB_PROFILE

    @pytest.mark.parametrize("pillow_format", ["JPEG", "TIFF"])
    def test_cmyk_without_a_profile(self, pillow_format: str) -> None:
        """R = (255 - C)(255 - K) / 255, also in JPEG, where Adobe stores the inverse."""
        inks = np.full((16, 32, 4), (255, 0, 0, 0), np.uint8)
        inks[:, 16:] = (0, 51, 102, 51)
        picture = read_picture(saved(Image.fromarray(inks, "CMYK"), pillow_format))
        expected = np.full((16, 32, 3), (0, 255, 255))
        expected[:, 16:] = (204, 163, 122)
        assert np.abs(picture.pixels - expected).max() <= (3 if pillow_format == "JPEG" else 1)
        assert picture.icc_profile is None

    def test_cmyk_with_a_profile(self) -> None:
        """L* = 50 is sRGB 119, and not the cyan of the plain formula."""
        cyan = Image.fromarray(np.full((16, 16, 4), (255, 0, 0, 0), np.uint8), "CMYK")
        picture = read_picture(saved(cyan, "TIFF", icc_profile=cmyk_profile()))
        assert np.abs(picture.pixels.astype(int) - 119).max() <= 2
        assert picture.icc_profile is None

    def test_cmyk_with_a_profile_that_is_none_of_cmyk(self) -> None:
        cyan = Image.fromarray(np.full((16, 16, 4), (255, 0, 0, 0), np.uint8), "CMYK")
        picture = read_picture(saved(cyan, "TIFF", icc_profile=SRGB_PROFILE))
        assert picture.pixels[0, 0].tolist() == [0, 255, 255]
        assert picture.icc_profile is None

    @pytest.mark.parametrize(
        ("primaries", "transfer", "name"), [(9, 16, "PQ"), (9, 18, "HLG"), (12, 13, "P3")]
    )
    def test_colours_beyond_srgb_without_a_profile_are_refused(
        self, primaries: int, transfer: int, name: str
    ) -> None:
        tag = bytes([primaries, transfer, 0, 1])
        with pytest.raises(UnreadablePictureError, match=f"{name} colours.*convert it to sRGB"):
            read_picture(png(COLOUR, 2, png_chunk(b"cICP", tag)))
        avif = saved(smooth(), "AVIF")
        at = avif.index(b"colrnclx") + 8
        tag = primaries.to_bytes(2, "big") + transfer.to_bytes(2, "big")
        with pytest.raises(UnreadablePictureError, match=f"{name} colours.*convert it to sRGB"):
            read_picture(avif[:at] + tag + avif[at + 4 :])

    def test_srgb_by_tag_is_srgb(self) -> None:
        assert np.array_equal(pixels_of(png(COLOUR, 2, png_chunk(b"cICP", bytes([1, 13, 0, 1])))), COLOUR)


ORIENTED = {  # where EXIF 3.0, table of tag 274, puts the stored picture [[1, 2, 3], [4, 5, 6]]
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}
STORED = np.array(ORIENTED[1], np.uint8)


@pytest.mark.parametrize("orientation", ORIENTED)
class TestOrientation:
    @pytest.mark.parametrize("byte_order", ["<", ">"])
    def test_of_png(self, orientation: int, byte_order: str) -> None:
        picture = read_picture(saved(STORED, "PNG", exif=exif(orientation, byte_order=byte_order)))
        assert picture.pixels.tolist() == ORIENTED[orientation]
        assert picture.exif == exif(1, byte_order=byte_order)  # the rest to the byte

    @pytest.mark.parametrize("depth", [8, 16])
    @pytest.mark.parametrize("photometric", ["minisblack", "rgb"])
    def test_of_tiff(self, orientation: int, depth: int, photometric: str) -> None:
        stored = STORED.astype(f"u{depth // 8}")
        stored = np.dstack([stored] * 3) if photometric == "rgb" else stored
        picture = read_picture(
            tiff(stored, photometric=photometric, extratags=[(274, 3, 1, orientation, True)])
        )
        found = picture.pixels if photometric == "minisblack" else picture.pixels[..., 0]
        assert found.tolist() == ORIENTED[orientation]
        again = read_picture(saved(STORED, "PNG", exif=picture.exif))
        assert again.pixels.tolist() == STORED.tolist()

    def test_of_opacity_and_16_bits(self, orientation: int) -> None:
        values = np.dstack([STORED, STORED]).astype(np.uint16)
        picture = read_picture(png(values, 4, png_chunk(b"eXIf", exif(orientation))))
        assert picture.pixels.tolist() == ORIENTED[orientation]
        assert picture.alpha is not None
        assert picture.alpha.tolist() == ORIENTED[orientation]

    @pytest.mark.parametrize("pillow_format", ["JPEG", "WEBP", "AVIF"])
    def test_of_lossy_formats(self, orientation: int, pillow_format: str) -> None:
        stored = np.kron(STORED * 40, np.ones((16, 16), np.uint8))
        stored = np.dstack([stored] * 3)
        upright = np.kron(np.array(ORIENTED[orientation]) * 40, np.ones((16, 16)))
        picture = read_picture(saved(stored, pillow_format, quality=95, exif=b"Exif\0\0" + exif(orientation)))
        assert picture.pixels.shape == (*upright.shape, 3)
        assert np.abs(picture.pixels[..., 1] - upright).mean() < 4


class TestMetadata:
    @pytest.mark.parametrize("pillow_format", ["JPEG", "PNG", "WEBP", "AVIF"])
    def test_are_carried(self, pillow_format: str) -> None:
        data = saved(smooth(), pillow_format, icc_profile=SRGB_PROFILE)
        picture = read_picture(data)
        assert picture.icc_profile == SRGB_PROFILE
        assert picture.exif is None
        assert picture.xmp is None

    def test_of_tiff(self) -> None:
        known = Image.Exif()
        known[315] = "Anna"  # artist
        known[0x8769] = {0x829A: 0.01}  # exposure time
        data = saved(COLOUR, "TIFF", exif=known, tiffinfo={700: XMP, 33432: "Anna 2026"})
        picture = read_picture(data)
        assert picture.xmp == XMP
        kept = Image.Exif()
        assert picture.exif is not None
        kept.load(picture.exif)
        assert kept[33432] == "Anna 2026"
        assert 256 not in kept, "the layout of the file is no metadata of the picture"

    @pytest.mark.parametrize("data", [b"Exif\0\0", b"Exif\0\0XX*\0\0\0\0\x08", b"?"])
    def test_exif_that_is_none_is_dropped(self, data: bytes) -> None:
        assert read_picture(png(COLOUR, 2, png_chunk(b"eXIf", data))).exif is None


BAD_CONTENT = {
    "empty": (b"", "is empty"),
    "text": (b"Dear Sir, please find attached", "looks like text"),
    "gif": (saved(COLOUR, "GIF"), "looks like a GIF"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "looks like an SVG drawing"),
    "html": (b"\n<!DOCTYPE html><title>404</title>", "looks like an HTML page"),
    "pdf": (b"%PDF-1.7\n\xff\xff", "looks like a PDF"),
    "zip": (b"PK\x03\x04\xff", "looks like a ZIP"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "damaged HEIC|a HEIC picture, which needs"),
    "mp4": (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "looks like an MP4-like video"),
    "jpeg xl": (b"\xff\x0a\xff", "JPEG XL"),
    "raw": (b"II*\0\x10\0\0\0CR\x02\0", "looks like a camera's raw file"),
    "zeros": (bytes(100), "looks like zeros"),
    "noise": (noise(100).tobytes(), "looks like unknown data"),
    "only a signature": (b"\xff\xd8\xff", "damaged JPEG"),
    "half a JPEG": (saved(smooth(), "JPEG")[:600], "is a truncated .*ends too early"),
    "half a PNG": (png(noise(50, 50, 3), 2)[:900], "is a truncated .*ends too early"),
    "half a deep PNG": (png(noise(50, 50, 3, dtype=np.uint16), 2)[:900], "is a truncated .*ends too early"),
    "half a PPM": (saved(COLOUR, "PPM")[:40], "truncated"),
    "half a deep PPM": (b"P6 7 5 65535\n" + DEEP.tobytes()[:100], "truncated"),
    "half a WebP": (saved(smooth(), "WEBP")[:100], "damaged WebP"),
    "half an AVIF": (saved(smooth(), "AVIF")[:300], "damaged AVIF|truncated"),
    "animated WebP": (
        saved(smooth(), "WEBP", save_all=True, append_images=[Image.fromarray(255 - smooth())]),
        "animated WebP of 2 frames",
    ),
    "animated AVIF": (
        saved(smooth(), "AVIF", save_all=True, append_images=[Image.fromarray(255 - smooth())]),
        "animated AVIF of 2 frames",
    ),
    "animated PNG": (
        saved(smooth(), "PNG", save_all=True, append_images=[Image.fromarray(255 - smooth())]),
        "animated PNG of 2 frames",
    ),
    "pages": (tiff(np.stack([COLOUR] * 5), photometric="rgb"), "TIFF of 5 pages"),
    "thumbnail first": (tiff(COLOUR, photometric="rgb", subfiletype=1), "begins with a thumbnail"),
    "float": (tiff(GREY.astype(np.float32)), "floating-point"),
    "float colour": (tiff(COLOUR.astype(np.float32), photometric="rgb"), "floating point"),
    "signed": (tiff(GREY.astype(np.int16)), "signed"),
    "CIELAB": (tiff(COLOUR, photometric="cielab"), "LAB pixels"),
    "deep planes": (
        tiff(np.moveaxis(DEEP, 2, 0), photometric="rgb", planarconfig="separate"),
        "separate planes",
    ),
}


class TestBadInput:
    @pytest.mark.parametrize("name", BAD_CONTENT)
    def test_content(self, name: str, tmp_path: Path) -> None:
        data, message = BAD_CONTENT[name]
        with pytest.raises(UnreadablePictureError, match=message) as caught:
            read_picture(data)
        assert "\n" not in str(caught.value)
        path = tmp_path / "a.png"
        path.write_bytes(data)
        with pytest.raises(UnreadablePictureError, match=message) as caught:
            read_picture(path)
        assert str(caught.value).startswith(f"{path}: ")

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadablePictureError, match=r"none\.png: does not exist"):
            read_picture(tmp_path / "none.png")

    def test_folder(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadablePictureError, match="is a folder"):
            read_picture(tmp_path)

    def test_null_byte_in_the_name(self) -> None:
        with pytest.raises(UnreadablePictureError):
            read_picture("a\0b.png")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_no_permission(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        path.write_bytes(saved(COLOUR, "PNG"))
        path.chmod(0)
        with pytest.raises(UnreadablePictureError, match="may not be read"):
            read_picture(path)

    def test_no_permission_by_the_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        path = tmp_path / "a.png"
        path.touch()
        with pytest.raises(UnreadablePictureError, match="may not be read"):
            read_picture(path)

    def test_device(self) -> None:
        with pytest.raises(UnreadablePictureError, match="no regular file"):
            read_picture("/dev/zero")

    @pytest.mark.parametrize("pillow_format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "PPM", "BMP"])
    def test_too_many_pixels(self, pillow_format: str) -> None:
        data = saved(smooth(48, 64), pillow_format)
        assert read_picture(data, max_pixels=48 * 64).pixels.shape == (48, 64, 3)
        for most in (48 * 64 - 1, 1000, 10):
            with pytest.raises(UnreadablePictureError, match=f"more than {most}.*max_pixels"):
                read_picture(data, max_pixels=most)

    def test_too_many_pixels_by_the_header_alone(self) -> None:
        """The bomb is never decoded: its pixels are not even there."""
        bomb = bytearray(png(COLOUR, 2))
        bomb[16:24] = (60000).to_bytes(4, "big") * 2
        bomb[29:33] = png_chunk(b"IHDR", bytes(bomb[16:29]))[-4:]
        with pytest.raises(UnreadablePictureError, match="more than 300000000"):
            read_picture(bytes(bomb))

    def test_a_file_too_long_for_its_pixels(self, tmp_path: Path) -> None:
        path = tmp_path / "long.png"
        path.write_bytes(saved(COLOUR, "PNG"))
        os.truncate(path, 2**30)  # a hole: takes no space
        with pytest.raises(UnreadablePictureError, match="1073741824 bytes, more than"):
            read_picture(path, max_pixels=1000)


class TestTolerance:
    @pytest.mark.parametrize("pillow_format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "PPM", "BMP"])
    def test_a_wrong_extension_does_not_matter(self, pillow_format: str, tmp_path: Path) -> None:
        path = tmp_path / "picture.txt"
        path.write_bytes(saved(smooth(), pillow_format))
        assert read_picture(str(path)).pixels.shape == (48, 64, 3)

    def test_a_reduced_copy_behind_the_page_is_no_second_page(self) -> None:
        buffer = io.BytesIO()
        with tifffile.TiffWriter(buffer) as writer:
            writer.write(COLOUR, photometric="rgb")
            writer.write(COLOUR[:2, :2], photometric="rgb", subfiletype=1)
        assert np.array_equal(pixels_of(buffer.getvalue()), COLOUR)

    def test_a_jpeg_with_a_second_picture_is_its_first(self) -> None:
        data = saved(
            smooth(), "MPO", save_all=True, append_images=[Image.fromarray(255 - smooth())], quality=95
        )
        picture = read_picture(data)
        assert picture.file_format == "jpeg"
        assert np.abs(picture.pixels.astype(int) - smooth()).mean() < 3

    def test_pillow_is_left_as_it_was(self) -> None:
        before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
        read_picture(saved(COLOUR, "PNG"))
        with pytest.raises(UnreadablePictureError):
            read_picture(saved(COLOUR, "PNG")[:60])
        assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)

    def test_pixels_are_read_only(self) -> None:
        picture = read_picture(png(noise(3, 3, 4), 6))
        for values in (picture.pixels, picture.alpha):
            assert values is not None
            with pytest.raises(ValueError, match="read-only"):
                values[0, 0] = 0


FUZZED = {
    "jpeg": saved(smooth(), "JPEG", exif=b"Exif\0\0" + exif(6), icc_profile=SRGB_PROFILE),
    "progressive": saved(smooth(), "JPEG", progressive=True),
    "cmyk": saved(Image.fromarray(noise(16, 16, 4), "CMYK"), "JPEG"),
    "png": saved(smooth(), "PNG", exif=exif(6), icc_profile=SRGB_PROFILE),
    "palette": saved(Image.fromarray(smooth()).quantize(16), "PNG", transparency=3),
    "deep png": png(noise(9, 9, 4, dtype=np.uint16), 6),
    "webp": saved(smooth(), "WEBP", exif=exif(6), icc_profile=SRGB_PROFILE),
    "lossless webp": saved(np.dstack([smooth(), smooth()[..., 0]]), "WEBP", lossless=True),
    "avif": saved(smooth(), "AVIF", exif=exif(6), icc_profile=SRGB_PROFILE),
    "tiff": saved(smooth(), "TIFF", compression="tiff_lzw", icc_profile=SRGB_PROFILE),
    "deep tiff": tiff(DEEP, photometric="rgb"),
    "ppm": saved(COLOUR, "PPM"),
    "deep ppm": b"P6 7 5 65535\n" + DEEP.tobytes(),
    "text ppm": b"P3 7 5 65535\n" + b" 7" * 105,
    "bmp": saved(COLOUR, "BMP"),
}


@pytest.mark.parametrize("name", FUZZED)
def test_damaged_files_give_a_picture_or_one_line(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """60 truncated and bit-flipped copies each; the first bytes are hit most, where the structure is."""
    data, random = FUZZED[name], np.random.default_rng(2026)
    read_picture(data)
    messages = []
    for trial in range(60):
        damaged = bytearray(data)
        if trial % 3 == 0:
            del damaged[random.integers(len(data)) :]
        for _ in range(1 + trial % 5 if trial % 3 else 0):
            near_the_front = random.integers(min(len(data), 400))
            at = near_the_front if random.random() < 0.6 else random.integers(len(data))
            damaged[at] ^= 1 << random.integers(8)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                read_picture(bytes(damaged), max_pixels=10**7)
            except UnreadablePictureError as error:
                messages.append(str(error))
    assert messages, "the damage was too small to be noticed"
    assert all("\n" not in message and len(message) > 20 for message in messages)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


@pytest.mark.parametrize("content", [b"", b"Dear Sir, please find attached"])
def test_a_bad_file_is_told_as_its_bytes_are(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(UnreadablePictureError) as from_bytes:
        read_picture(content)
    with pytest.raises(UnreadablePictureError) as from_file:
        read_picture(tmp_path / "a.png")
    assert str(from_file.value) == f"{tmp_path / 'a.png'}: {from_bytes.value}"


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "growing.png"
    path.write_bytes(saved(COLOUR, "PNG"))
    status_of = os.fstat
    calls = []

    def grow_between(descriptor: int) -> os.stat_result:
        if calls:
            with path.open("ab") as file:
                file.write(b"more")
        calls.append(descriptor)
        return status_of(descriptor)

    monkeypatch.setattr(os, "fstat", grow_between)
    with pytest.raises(UnreadablePictureError, match="changed while it was read"):
        read_picture(path)


@pytest.mark.parametrize("name", FUZZED)
def test_the_size_is_known_before_anything_is_decoded(name: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(FUZZED[name])
    height, width = read_picture(path).pixels.shape[:2]
    assert declared_pixels(path) == height * width


def test_what_is_no_picture_declares_nothing(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(b"nothing")
    assert declared_pixels(path) is None
    assert declared_pixels(tmp_path / "none") is None
