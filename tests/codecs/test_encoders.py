"""What is particular to one encoder: the forms it stores, and the oddities of its library that we rely on."""

import io
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data

from jnd.codecs import CODECS
from jnd.errors import CodecError, UnsupportedPictureError
from jnd.picture import Picture, read_picture, seen

PHOTOGRAPH = Picture(np.ascontiguousarray(data.astronaut()[20:116, 130:258]))
SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def sampling(jpeg: bytes) -> list[int]:
    """Sampling factors of the components in the frame header of a JPEG, 0x22 is two by two."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return [jpeg[at + 11 + 3 * component] for component in range(jpeg[at + 9])]


@pytest.mark.parametrize("name", ["jpeg", "jpeg:turbo"])
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


def _avif(quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PHOTOGRAPH.pixels[:64, :64]).save(buffer, "AVIF", quality=quality, max_threads=1)
    return buffer.getvalue()


@pytest.mark.parametrize("name", CODECS)
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
    with pytest.raises(UnsupportedPictureError, match=r"16383 .*20000 x 1; jpeg, jpeg:turbo, avif can"):
        CODECS["webp"].check(wide)
    with pytest.raises(ValueError, match=r"not 4:4:4; jpeg, jpeg:turbo, avif can: use --format jpeg"):
        CODECS["webp"].encode(PHOTOGRAPH, 0, chroma_subsampling="4:4:4")


def test_all_codecs_work_in_other_processes() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for codec in CODECS.values():
            file = pool.submit(codec.encode, PHOTOGRAPH, 30).result()
            assert file == codec.encode(PHOTOGRAPH, 30)
            assert np.array_equal(pool.submit(codec.decode, file).result().pixels, read_picture(file).pixels)
