"""The laws of every codec in the registry."""

import io
import pickle
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data

from jnd.codecs import CODECS, Codec, codec
from jnd.errors import (
    UnavailableChoiceError,
    UnknownNameError,
    UnreadablePictureError,
    UnsupportedPictureError,
)
from jnd.picture import Picture, seen

PHOTOGRAPH = Picture(np.ascontiguousarray(data.astronaut()[20:117, 130:259]))  # odd sides
SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'
EXIF = b"MM\0*\0\0\0\x08\0\x01\x82\x98\0\x02\0\0\0\x08\0\0\0\x1a\0\0\0\0Anna B.\0"  # a copyright


def error(one: Picture, other: Picture) -> float:
    """Root mean square difference in code values as seen over black."""
    difference = seen(one).astype(float) - seen(other).astype(float)
    return float(np.sqrt(np.mean(difference**2)))


@pytest.fixture(params=CODECS)
def each(request: pytest.FixtureRequest) -> Codec:
    if not CODECS[request.param].installed:
        pytest.skip(f"{request.param} is not installed: {CODECS[request.param].missing}")
    return CODECS[request.param]


def middle(codec: Codec) -> int:
    return codec.levels[len(codec.levels) // 2]


class TestEveryCodec:
    def test_keeps_its_name_in_the_registry(self, each: Codec) -> None:
        assert codec(each.name) is each
        assert each.encoder.strip() and each.extension.startswith(".")

    def test_size_and_type_survive(self, each: Codec) -> None:
        decoded = each.decode(each.encode(PHOTOGRAPH, each.levels[0]))
        assert decoded.pixels.shape == PHOTOGRAPH.pixels.shape
        assert decoded.pixels.dtype == np.uint8
        assert decoded.alpha is None
        assert decoded.file_format == each.file_format

    @pytest.mark.parametrize("size", [(1, 1), (1, 17), (17, 1), (2, 3), (65, 33)])
    def test_any_size_survives_at_both_ends(self, each: Codec, size: tuple[int, int]) -> None:
        picture = Picture(np.full((*size, 3), (200, 120, 40), np.uint8))
        for level in (each.levels[0], each.levels[-1]):
            decoded = each.decode(each.encode(picture, level))
            assert decoded.pixels.shape == picture.pixels.shape
        assert error(picture, each.decode(each.encode(picture, 0))) < 4

    def test_encoding_twice_gives_the_same_bytes(self, each: Codec) -> None:
        for chroma in each.limits.chroma_subsampling:
            one, other = (each.encode(PHOTOGRAPH, middle(each), chroma_subsampling=chroma) for _ in range(2))
            assert one == other

    def test_every_level_is_another_file(self, each: Codec) -> None:
        """No trial may be wasted on a setting that the encoder takes for another. WebP repeats itself rarely."""
        files = [each.encode(PHOTOGRAPH, level) for level in each.levels]
        repeated = sum(one == other for one, other in pairwise(files))
        assert repeated <= 0.05 * len(files)

    def test_larger_levels_are_smaller_and_worse(self, each: Codec) -> None:
        """Exactly so for levels a tenth of the axis apart; neighbours may swap."""
        levels = [each.levels[round(share * (len(each.levels) - 1))] for share in np.linspace(0, 1, 11)]
        for chroma in each.limits.chroma_subsampling:
            files = [each.encode(PHOTOGRAPH, level, chroma_subsampling=chroma) for level in levels]
            sizes = [len(file) for file in files]
            errors = [error(PHOTOGRAPH, each.decode(file)) for file in files]
            assert sizes == sorted(sizes, reverse=True)
            assert errors == sorted(errors)

    def test_the_ends_of_the_axis_are_far_apart(self, each: Codec) -> None:
        best, worst = (each.encode(PHOTOGRAPH, level) for level in (each.levels[0], each.levels[-1]))
        assert len(best) > 8 * len(worst)
        assert error(PHOTOGRAPH, each.decode(best)) < 4
        assert error(PHOTOGRAPH, each.decode(worst)) > 10

    def test_full_chroma_keeps_colour_edges_that_420_blurs(self, each: Codec) -> None:
        if not {"4:2:0", "4:4:4"} <= set(each.limits.chroma_subsampling):
            pytest.skip(f"{each.name} has no choice of the two")
        stripes = np.zeros((32, 32, 3), np.uint8)
        stripes[:, ::2] = (255, 0, 0)
        stripes[:, 1::2] = (0, 0, 255)
        picture = Picture(stripes)
        usual, full = (
            error(picture, each.decode(each.encode(picture, 0, chroma_subsampling=chroma)))
            for chroma in ("4:2:0", "4:4:4")
        )
        assert full < 10 < usual

    def test_setting_and_level_are_inverse(self, each: Codec) -> None:
        assert [each.level(**each.setting(level)) for level in each.levels] == list(each.levels)

    @pytest.mark.parametrize("level", [-1, 1000])
    def test_levels_outside_the_axis_are_refused(self, each: Codec, level: int) -> None:
        with pytest.raises(ValueError, match=f"must be in 0..{each.levels[-1]}.*got {level}"):
            each.setting(level)
        with pytest.raises(ValueError, match=f"got {level}"):
            each.encode(PHOTOGRAPH, level)

    def test_settings_that_it_does_not_have_are_refused(self, each: Codec) -> None:
        right = each.setting(middle(each))
        name = each.axis.parameter
        for setting in ({}, {name: 101}, {"colours": 3}, {**right, "colours": 3}):
            with pytest.raises(ValueError, match=f"a setting is {name}= one of"):
                each.level(**setting)

    def test_unknown_chroma_subsampling_is_refused(self, each: Codec) -> None:
        with pytest.raises(ValueError, match="not 4:1:0; no other codec can"):
            each.encode(PHOTOGRAPH, 0, chroma_subsampling="4:1:0")

    def test_every_effort_gives_a_file_and_its_name_is_one_of_its_values(self, each: Codec) -> None:
        small = Picture(PHOTOGRAPH.pixels[:40, :50])
        if each.efforts is None:
            assert each.encode(small, 10, effort="medium") == each.encode(small, 10)
            for effort in ("low", "high", "3"):
                with pytest.raises(
                    UnavailableChoiceError, match=r"has no choice of effort; (.* can|no other)"
                ):
                    each.encode(small, 10, effort=effort)
            return
        files = {value: each.encode(small, 10, effort=str(value)) for value in each.efforts.values}
        assert len(set(files.values())) > 1
        assert files[each.efforts.medium] == each.encode(small, 10)
        for name in ("low", "medium", "high"):
            own = each.efforts.own(name)
            assert files[own] == each.encode(small, 10, effort=name)
            assert each.effort_setting(name) == {each.efforts.parameter: own}
        with pytest.raises(UnavailableChoiceError, match=r"has effort low, medium, high, or .*, not hurry"):
            each.encode(small, 10, effort="hurry")

    def test_pickles(self, each: Codec) -> None:
        copy = pickle.loads(pickle.dumps(each))
        assert copy == each
        assert copy.encode(PHOTOGRAPH, 20) == each.encode(PHOTOGRAPH, 20)

    def test_grey_stays_grey(self, each: Codec) -> None:
        grey = Picture(np.ascontiguousarray(PHOTOGRAPH.pixels[..., 1]))
        decoded = each.decode(each.encode(grey, 0))
        assert (decoded.pixels.ndim == 2) == each.limits.grey
        assert error(grey, decoded) < 4
        assert np.ptp(seen(decoded), axis=2).max() <= 1  # WebP's YUV to RGB rounds

    def test_16_bits_are_kept_or_rounded(self, each: Codec) -> None:
        if 16 not in each.limits.bit_depths:
            deep = Picture(PHOTOGRAPH.pixels.astype(np.uint16) * 257 + 100)
            assert each.encode(deep, 10) == each.encode(PHOTOGRAPH, 10)
            return
        ramp = np.linspace(20000, 20400, 64).astype(np.uint16)  # two steps of 8 bits
        decoded = each.decode(each.encode(Picture(np.tile(ramp, (64, 1))), 0)).pixels
        assert decoded.dtype == np.uint16
        assert np.abs(decoded.mean(axis=0) - ramp).max() < 50

    def test_opacity_survives_or_is_refused(self, each: Codec) -> None:
        fade = np.linspace(0, 255, PHOTOGRAPH.pixels.shape[1]).astype(np.uint8)
        picture = replace(PHOTOGRAPH, alpha=np.tile(fade, (PHOTOGRAPH.pixels.shape[0], 1)))
        if each.limits.alpha:
            decoded = each.decode(each.encode(picture, 10))
            assert decoded.alpha is not None and picture.alpha is not None
            assert np.abs(decoded.alpha.astype(int) - picture.alpha).max() <= 4
        else:
            assert not each.holds(picture)
            with pytest.raises(UnsupportedPictureError, match=r"cannot hold transparency.*webp, avif.* can"):
                each.check(picture)
            with pytest.raises(UnsupportedPictureError):
                each.encode(picture, 10)

    @pytest.mark.parametrize("size", [(0, 1), (1, 0)])
    def test_limits_are_its_true_limits(self, each: Codec, size: tuple[int, int]) -> None:
        """The longest side goes there and back; one pixel more is refused and the codecs that can are named."""
        longest = each.limits.max_side
        short = 32  # x265 fails on pictures that are long and thinner than that
        held = Picture(np.zeros((*(longest if long else short for long in size), 3), np.uint8))
        assert each.decode(each.encode(held, each.levels[-1])).pixels.shape == held.pixels.shape
        too_long = Picture(np.zeros((*(longest + 1 if long else 1 for long in size), 3), np.uint8))
        with pytest.raises(UnsupportedPictureError, match=f"at most {longest} pixels a side.*{longest + 1}"):
            each.check(too_long)

    def test_too_many_pixels_are_refused(self, each: Codec) -> None:
        most = each.limits.max_pixels
        if most is None:
            pytest.skip(f"{each.name} is limited by its sides only")
        side = min(int(most**0.5), each.limits.max_side)
        pixel = np.zeros((1, 1, 3), np.uint8)
        each.check(Picture(np.broadcast_to(pixel, (side, side, 3))))
        with pytest.raises(UnsupportedPictureError, match=f"at most {most} pixels"):
            each.check(Picture(np.broadcast_to(pixel, (side + 1, side, 3))))

    def test_metadata_are_kept_to_the_byte(self, each: Codec) -> None:
        kept = {"icc": SRGB_PROFILE, "exif": EXIF, "xmp": XMP}
        for pixels in (PHOTOGRAPH.pixels, PHOTOGRAPH.pixels[..., 0]):
            decoded = each.decode(each.encode(Picture(pixels, None, SRGB_PROFILE, EXIF, XMP), 20))
            found = {"icc": decoded.icc_profile, "exif": decoded.exif, "xmp": decoded.xmp}
            assert {name for name, data in found.items() if data} == each.limits.metadata
            assert all(found[name] == kept[name] for name in each.limits.metadata)

    def test_pixels_do_not_depend_on_metadata(self, each: Codec) -> None:
        plain = each.decode(each.encode(PHOTOGRAPH, 20)).pixels
        full = each.decode(each.encode(replace(PHOTOGRAPH, exif=EXIF, xmp=XMP), 20)).pixels
        assert np.array_equal(plain, full)

    @pytest.mark.parametrize("length", [0, 1, 40, 0.5, 0.9])
    def test_truncated_files_are_refused(self, each: Codec, length: float) -> None:
        file = each.encode(PHOTOGRAPH, 5)
        with pytest.raises(UnreadablePictureError):
            each.decode(file[: length if isinstance(length, int) else int(length * len(file))])

    def test_other_formats_are_refused(self, each: Codec) -> None:
        buffer = io.BytesIO()
        Image.new("RGB", (3, 3)).save(buffer, "PNG")
        with pytest.raises(UnreadablePictureError, match=f"png, not {each.file_format}"):
            each.decode(buffer.getvalue())
        with pytest.raises(UnreadablePictureError, match="looks like text"):
            each.decode(b"What light through yonder window breaks?")

    def test_the_picture_is_left_untouched(self, each: Codec) -> None:
        before = PHOTOGRAPH.pixels.copy()
        each.encode(PHOTOGRAPH, middle(each))
        assert np.array_equal(PHOTOGRAPH.pixels, before)


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(UnknownNameError, match='no codec "jpge"; did you mean "jpeg"'):
        codec("jpge")
