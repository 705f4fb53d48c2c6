"""What is particular to one encoder: the forms it stores, and the oddities of its library that we rely on."""

import io
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data

from jnd.codecs import CODECS, Codec
from jnd.codecs.codec import EncoderSettings
from jnd.codecs.mozjpeg import mozjpeg_version
from jnd.errors import CodecError, UnreadablePictureError, UnsupportedPictureError
from jnd.picture import Picture, read_picture, seen

PHOTOGRAPH = Picture(np.ascontiguousarray(data.astronaut()[20:116, 130:258]))
SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def sampling(jpeg: bytes) -> list[int]:
    """Sampling factors of the components in the frame header of a JPEG, 0x22 is two by two."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return [jpeg[at + 11 + 3 * component] for component in range(jpeg[at + 9])]


@pytest.mark.parametrize(
    "name", [name for name in ("jpeg", "jpeg:turbo", "jpeg:mozjpeg") if CODECS[name].installed]
)
class TestJpeg:
    @pytest.mark.parametrize(
        ("chroma", "factors"), [("4:2:0", [0x22, 0x11, 0x11]), ("4:4:4", [0x11, 0x11, 0x11])]
    )
    def test_chroma_is_what_was_asked_for(self, name: str, chroma: str, factors: list[int]) -> None:
        assert sampling(CODECS[name].encode(PHOTOGRAPH, 30, chroma_subsampling=chroma)) == factors

    def test_grey_has_one_component(self, name: str) -> None:
        assert len(sampling(CODECS[name].encode(Picture(PHOTOGRAPH.pixels[..., 1]), 30))) == 1

    def test_noise_at_the_best_quality_is_no_problem(self, name: str) -> None:
        """libjpeg's buffer has to hold more bytes than the picture has."""
        noise = Picture(np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8))
        for chroma in CODECS[name].limits.chroma_subsampling:
            file = CODECS[name].encode(noise, 0, chroma_subsampling=chroma)
            assert CODECS[name].decode(file).pixels.shape == (300, 300, 3)


def test_jpegli_and_turbo_are_two_encoders() -> None:
    assert CODECS["jpeg"].encode(PHOTOGRAPH, 20) != CODECS["jpeg:turbo"].encode(PHOTOGRAPH, 20)


def test_webp_keeps_opacity_to_the_value() -> None:
    alpha = np.random.default_rng(0).integers(0, 256, PHOTOGRAPH.pixels.shape[:2], dtype=np.uint8)
    for level in (0, 50, 100):
        decoded = CODECS["webp"].decode(CODECS["webp"].encode(Picture(PHOTOGRAPH.pixels, alpha), level))
        assert np.array_equal(decoded.alpha, alpha)


def test_avif_does_not_depend_on_the_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    file = CODECS["avif"].encode(PHOTOGRAPH, 20)
    monkeypatch.setattr("PIL.AvifImagePlugin.DEFAULT_MAX_THREADS", 4)
    assert CODECS["avif"].encode(PHOTOGRAPH, 20) == file


def test_avif_qualities_between_ours_give_no_other_files() -> None:
    """libavif has 64 quantisers for 101 qualities; the axis has one quality for each."""
    ours = {setting: level for level, setting in enumerate(CODECS["avif"].axis.values)}
    files = [_avif(quality) for quality in range(101)]
    assert len(set(files)) == len(ours)
    assert {files[quality] for quality in ours} == set(files)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_jpegxl_keeps_a_wide_profile_and_its_code_values(depth: type) -> None:
    """libjxl stores colours as seen, and brings them back to the profile's own code values."""
    codec = installed("jpegxl")
    pixels = PHOTOGRAPH.pixels.astype(depth) * (257 if depth is np.uint16 else 1)
    profile = wide_profile()
    decoded = codec.decode(codec.encode(Picture(pixels, icc_profile=profile), 0))
    assert decoded.icc_profile == profile
    assert decoded.pixels.dtype == depth
    assert np.abs(decoded.pixels.astype(float) - pixels).mean() < 2 * (257 if depth is np.uint16 else 1)


def test_jpegxl_keeps_the_profile_of_rgb_on_grey() -> None:
    codec = installed("jpegxl")
    decoded = codec.decode(codec.encode(Picture(PHOTOGRAPH.pixels[..., 1], icc_profile=wide_profile()), 0))
    assert decoded.icc_profile == wide_profile()


def test_jpegxl_at_half_resolution_is_not_offered() -> None:
    """From distance 10 on libjxl halves the picture: the file grows, which no level axis may do."""
    codec = installed("jpegxl")
    import pyjpegxl

    whole, half = (pyjpegxl.encode_from_numpy(data.astronaut(), quality=d) for d in (9.75, 10.0))
    assert len(half) > len(whole)
    assert codec.axis.values[-1] == 9.75


def test_heic_qualities_between_ours_give_no_other_files() -> None:
    codec = installed("heic")
    files = [codec.encode_function(PHOTOGRAPH, EncoderSettings(q, "4:2:0", "fast")) for q in range(101)]
    assert len(set(files)) == len(codec.levels)
    assert {files[int(quality)] for quality in codec.axis.values} == set(files)


class TestMozjpegIsFound:
    """By what the program `cjpeg` says of itself; here it is a script."""

    @pytest.mark.parametrize(
        ("script", "version"),
        [
            ("echo 'mozjpeg version 4.1.5 (build 20240101)' >&2", "4.1.5"),
            ("echo 'mozjpeg version 4.0.3 (build 1)'", "4.0.3"),
            ("echo 'libjpeg-turbo version 2.1.5 (build 20230203)' >&2", None),
            ("echo 'mozjpeg version'", None),
            ("exit 1", None),
        ],
    )
    def test_by_its_words(
        self, script: str, version: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = tmp_path / "cjpeg"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert mozjpeg_version() == version

    def test_not_without_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert mozjpeg_version() is None

    def test_what_it_complains_of_is_in_the_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = tmp_path / "cjpeg"
        program.write_text("#!/bin/sh\necho 'out of paper' >&2; exit 3\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        codec = replace(CODECS["jpeg:mozjpeg"], missing=None)
        with pytest.raises(CodecError, match=r"MozJPEG .* failed on 128 x 96 .*out of paper"):
            codec.encode(PHOTOGRAPH, 10)


def installed(name: str) -> Codec:
    if not CODECS[name].installed:
        pytest.skip(f"{name} is not installed: {CODECS[name].missing}")
    return CODECS[name]


def wide_profile() -> bytes:
    """sRGB's profile with Display P3's primaries (SMPTE EG 432-1, adapted to D50)."""
    primaries = {
        b"rXYZ": (0.51512, 0.2412, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.1571, 0.0666, 0.78407),
    }
    profile = bytearray(SRGB_PROFILE)
    for entry in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        at = int.from_bytes(profile[entry + 4 : entry + 8], "big") + 8
        for number, value in enumerate(primaries.get(bytes(profile[entry : entry + 4]), ())):
            profile[at + 4 * number : at + 4 * number + 4] = round(value * 65536).to_bytes(
                4, "big", signed=True
            )
    return bytes(profile)


class TestNotInstalled:
    """As everybody has it who installed plain jnd."""

    @pytest.mark.parametrize(("name", "extra"), [("jpegxl", "jxl"), ("heic", "heic")])
    def test_its_use_says_how_to_get_it(self, name: str, extra: str) -> None:
        code = (
            "import importlib.metadata as m, sys\n"
            "def absent(name): raise m.PackageNotFoundError(name)\n"
            "m.version = absent\n"
            "import numpy as np\n"
            "from jnd.codecs import CODECS\n"
            "from jnd.picture import Picture\n"
            f"codec = CODECS['{name}']\n"
            "print(codec.installed, codec.encoder)\n"
            "try: codec.encode(Picture(np.zeros((2, 2, 3), np.uint8)), 0)\n"
            "except Exception as error: print(type(error).__name__, error)\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        first, second = done.stdout.splitlines()
        assert first.startswith("False") and "not installed" in first
        assert second.startswith(f"CodecError {name} is not installed")
        assert f'pip install "jnd[{extra}]"' in second

    @pytest.mark.parametrize(
        ("package", "extra", "head"),
        [
            ("pyjpegxl", "jxl", b"\xff\x0a\xfa\x00"),
            ("pillow_heif", "heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ],
    )
    def test_reading_says_how_to_get_it(
        self, package: str, extra: str, head: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(UnreadablePictureError, match=rf'pip install "jnd\[{extra}\]"'):
            read_picture(head)

    def test_no_message_sends_to_a_codec_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(CODECS, "avif", replace(CODECS["avif"], missing="pip install it"))
        with pytest.raises(ValueError, match=r"jpeg, jpeg:turbo(, jpeg:mozjpeg)?(, jpegxl)?(, heic)? can"):
            CODECS["webp"].check_choices("4:4:4")


@pytest.mark.parametrize("name", ["jpegxl", "heic"])
class TestReadingExtras:
    def test_size_is_checked_before_anything_is_decoded(self, name: str) -> None:
        file = installed(name).encode(PHOTOGRAPH, 10)
        with pytest.raises(UnreadablePictureError, match="has 128 x 96 pixels, more than 1000"):
            read_picture(file, max_pixels=1000)

    def test_orientation_in_exif_does_not_turn(self, name: str) -> None:
        """Both formats have an orientation of their own, and pixels of a Picture are upright whatever it says."""
        turned = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
        decoded = read_picture(installed(name).encode(replace(PHOTOGRAPH, exif=turned), 10))
        assert decoded.pixels.shape == PHOTOGRAPH.pixels.shape
        assert decoded.exif == turned.replace(b"\0\x06", b"\0\x01")


def _avif(quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PHOTOGRAPH.pixels[:64, :64]).save(buffer, "AVIF", quality=quality, max_threads=1)
    return buffer.getvalue()


@pytest.mark.parametrize("name", [name for name in CODECS if CODECS[name].installed])
def test_a_grey_profile_is_kept_or_applied(name: str) -> None:
    """Where grey must be stored as RGB its profile would mean nothing: the pixels become sRGB then."""
    profile = grey_profile(gamma=1.0)
    picture = Picture(PHOTOGRAPH.pixels[..., 1], icc_profile=profile)
    decoded = CODECS[name].decode(CODECS[name].encode(picture, 0))
    assert decoded.icc_profile == (profile if CODECS[name].limits.grey else None)
    assert np.abs(seen(picture).astype(int) - picture.pixels[..., np.newaxis]).max() > 40
    difference = np.abs(seen(decoded).astype(float) - seen(picture))
    assert difference.mean() < 3


def grey_profile(gamma: float) -> bytes:
    """A grey profile of the smallest kind: white point and a power function (ICC.1:2022, 8.4)."""
    curve = b"curv" + bytes(4) + (1).to_bytes(4, "big") + round(gamma * 256).to_bytes(2, "big") + bytes(2)
    white = b"XYZ " + bytes(4) + b"".join(round(v * 65536).to_bytes(4, "big") for v in (0.9642, 1.0, 0.8249))
    tags, place = b"", 128 + 4 + 2 * 12
    for name, content in ((b"wtpt", white), (b"kTRC", curve)):
        tags += name + place.to_bytes(4, "big") + len(content).to_bytes(4, "big")
        place += len(content)
    header = bytearray(SRGB_PROFILE[:128])
    header[0:4], header[16:20] = place.to_bytes(4, "big"), b"GRAY"
    return bytes(header) + (2).to_bytes(4, "big") + tags + white + curve


def test_an_encoder_that_fails_says_which_and_at_what() -> None:
    too_long = Picture(PHOTOGRAPH.pixels, icc_profile=SRGB_PROFILE.ljust(255 * 65519 + 1, b"\0"))
    with pytest.raises(CodecError, match=r"pyjpegli.* failed on 128 x 96 pixels at .*quality.*does not fit"):
        CODECS["jpeg"].encode(too_long, 30)


def test_errors_name_the_codecs_that_can() -> None:
    wide = Picture(np.zeros((1, 20000, 3), np.uint8))
    with pytest.raises(UnsupportedPictureError, match=r"16383 .*20000 x 1; jpeg, jpeg:turbo, .*avif.* can"):
        CODECS["webp"].check(wide)
    with pytest.raises(ValueError, match=r"not 4:4:4; jpeg, jpeg:turbo, .*avif.* can: use --format jpeg"):
        CODECS["webp"].encode(PHOTOGRAPH, 0, chroma_subsampling="4:4:4")


def test_all_codecs_work_in_other_processes() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for codec in filter(lambda codec: codec.installed, CODECS.values()):
            file = pool.submit(codec.encode, PHOTOGRAPH, 30).result()
            assert file == codec.encode(PHOTOGRAPH, 30)
            assert np.array_equal(pool.submit(codec.decode, file).result().pixels, read_picture(file).pixels)
