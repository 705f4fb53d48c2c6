"""Written files hold the picture without loss, are whole or not there, and nothing else is touched."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from jnd.errors import UnsupportedPictureError
from jnd.picture import Picture, read_picture, write_bytes_atomically, write_picture

from .files import SRGB_PROFILE, exif, noise

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


BOTH_DEPTHS = [(extension, dtype) for extension in (".png", ".tif") for dtype in (np.uint8, np.uint16)]
WITH_OPACITY = [*BOTH_DEPTHS, (".webp", np.uint8)]
ALL = [*WITH_OPACITY, (".TIFF", np.uint8), (".ppm", np.uint8), (".pgm", np.uint16), (".bmp", np.uint8)]


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (1, 1), (1, 1, 3)])
class TestRoundTrip:
    @pytest.mark.parametrize(("extension", "dtype"), ALL)
    def test_of_pixels(self, tmp_path: Path, dtype: type, shape: tuple[int, ...], extension: str) -> None:
        picture = Picture(noise(*shape, dtype=dtype))
        write_picture(picture, tmp_path / f"a{extension}")
        found = read_picture(tmp_path / f"a{extension}").pixels
        assert found.dtype == dtype
        if extension == ".webp" and len(shape) == 2:  # which knows RGB only
            assert (found == picture.pixels[..., np.newaxis]).all()
        else:
            assert np.array_equal(found, picture.pixels)

    @pytest.mark.parametrize(("extension", "dtype"), WITH_OPACITY)
    def test_of_opacity_and_profile(
        self, tmp_path: Path, dtype: type, shape: tuple[int, ...], extension: str
    ) -> None:
        alpha = noise(*shape[:2], dtype=dtype, seed=1) // 2
        picture = Picture(noise(*shape, dtype=dtype), alpha, SRGB_PROFILE, xmp=XMP)
        write_picture(picture, tmp_path / f"a{extension}")
        found = read_picture(tmp_path / f"a{extension}")
        assert np.array_equal(found.alpha, alpha)
        grey_as_colour = found.pixels.ndim > picture.pixels.ndim
        assert (found.pixels == (picture.pixels[..., np.newaxis] if grey_as_colour else picture.pixels)).all()
        assert found.icc_profile == SRGB_PROFILE
        assert found.xmp == XMP


@pytest.mark.parametrize(
    ("extension", "dtype"), [(".png", np.uint8), (".png", np.uint16), (".webp", np.uint8)]
)
def test_exif_is_written_to_the_byte(tmp_path: Path, extension: str, dtype: type) -> None:
    write_picture(Picture(noise(5, 7, 3, dtype=dtype), exif=exif(1)), tmp_path / f"a{extension}")
    assert read_picture(tmp_path / f"a{extension}").exif == exif(1)


@pytest.mark.parametrize(
    ("extension", "picture", "message"),
    [
        (".webp", Picture(noise(2, 2, 3, dtype=np.uint16)), "WebP cannot hold 16 bits; use PNG or TIFF"),
        (".webp", Picture(np.zeros((1, 16384), np.uint8)), "more than 16383 pixels"),
        (".ppm", Picture(noise(2, 2), noise(2, 2)), "cannot hold opacity"),
        (".pgm", Picture(noise(2, 2), icc_profile=SRGB_PROFILE), "cannot hold a colour profile"),
        (".bmp", Picture(noise(2, 2), noise(2, 2), SRGB_PROFILE), "cannot hold opacity and a colour profile"),
        (".jpg", Picture(noise(2, 2)), r'"\.jpg" is no extension of a lossless format; use one of \.png'),
        ("", Picture(noise(2, 2)), '"" is no extension'),
    ],
)
def test_nothing_is_lost_silently(tmp_path: Path, extension: str, picture: Picture, message: str) -> None:
    with pytest.raises(UnsupportedPictureError, match=message):
        write_picture(picture, tmp_path / f"a{extension}")
    assert list(tmp_path.iterdir()) == []


class TestFilesAreWholeOrNotThere:
    def test_a_picture_is_not_overwritten_unless_asked(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        path.write_bytes(b"mine")
        with pytest.raises(FileExistsError):
            write_picture(Picture(noise(2, 2)), path)
        assert path.read_bytes() == b"mine"
        write_picture(Picture(noise(2, 2)), path, overwrite=True)
        assert read_picture(path).pixels.shape == (2, 2)
        assert list(tmp_path.iterdir()) == [path]

    def test_a_name_taken_in_the_meantime_is_not_overwritten(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "a"
        link = os.link

        def taken_just_before(source: Path, target: Path) -> None:
            path.write_bytes(b"theirs")
            link(source, target)

        monkeypatch.setattr(os, "link", taken_just_before)
        with pytest.raises(FileExistsError):
            write_bytes_atomically(path, b"ours", overwrite=False)
        assert path.read_bytes() == b"theirs"
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("overwrite", [True, False])
    def test_a_full_disk_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool
    ) -> None:
        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            write_bytes_atomically(tmp_path / "a", b"data", overwrite=overwrite)
        assert list(tmp_path.iterdir()) == []

    def test_an_interrupt_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(_: int) -> None:
            raise KeyboardInterrupt

        (tmp_path / "a").write_bytes(b"before")
        monkeypatch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_bytes_atomically(tmp_path / "a", b"data")
        assert (tmp_path / "a").read_bytes() == b"before"
        assert list(tmp_path.iterdir()) == [tmp_path / "a"]

    def test_a_missing_folder(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            write_bytes_atomically(tmp_path / "none" / "a", b"data")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_read_only_folder(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(PermissionError):
            write_bytes_atomically(tmp_path / "a", b"data")
        assert list(tmp_path.iterdir()) == []

    def test_a_name_as_long_as_names_may_be(self, tmp_path: Path) -> None:
        path = tmp_path / ("a" * 255)
        write_bytes_atomically(path, b"data")
        assert path.read_bytes() == b"data"

    def test_permissions_are_those_of_any_new_file(self, tmp_path: Path) -> None:
        write_bytes_atomically(tmp_path / "a", b"data")
        (tmp_path / "b").touch()
        assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode
