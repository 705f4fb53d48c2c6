"""JPEG's traces: tables to quality, pixels to quality and grid, two compressions, chroma."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from jnd.artifacts import ARTIFACTS, subject_of
from jnd.artifacts.jpeg_tables import JpegHeader, read_header, table_quality, zigzag
from jnd.artifacts.subject import Subject
from jnd.vision.ijg_tables import ijg_table

PHOTO = data.astronaut()[:256, :256]
GREY = data.camera()[:256, :256]


def jpeg(pixels, quality, subsampling=2, **options):
    buffer = io.BytesIO()
    mode = {} if pixels.ndim == 2 else {"subsampling": subsampling}
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, **mode, **options)
    return buffer.getvalue()


def decoded(pixels, quality, subsampling=2):
    return np.asarray(Image.open(io.BytesIO(jpeg(pixels, quality, subsampling))))


def history(pixels):
    return ARTIFACTS["jpeg_history"].detect(Subject(np.ascontiguousarray(pixels)))


@pytest.mark.parametrize("quality", range(1, 101))
def test_quality_from_tables_is_exact(quality):
    header = read_header(jpeg(PHOTO[:16, :16], quality))
    assert table_quality(header.tables[0]) == (quality, 0.0)
    assert np.array_equal(header.tables[1], ijg_table(quality, chroma=True))


def test_tables_that_are_none_of_the_scale_have_the_nearest_quality_and_a_distance():
    table = ijg_table(80).copy()
    table[0, 0] += 1
    quality, distance = table_quality(table)
    assert quality == 80
    assert 0 < distance < 0.01


@pytest.mark.parametrize("quality", [0, 101, -3])
def test_there_is_no_quality_beyond_the_scale(quality):
    with pytest.raises(ValueError, match="1 to 100"):
        ijg_table(quality)


def test_zigzag_visits_every_place_once():
    assert sorted(zigzag().tolist()) == list(range(64))
    assert zigzag()[[0, 1, 2, 3, 62, 63]].tolist() == [0, 1, 8, 16, 62, 63]


@pytest.mark.parametrize(("subsampling", "name"), [(0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")])
@pytest.mark.parametrize("progressive", [False, True])
def test_header_says_subsampling_and_progression(subsampling, name, progressive):
    header = read_header(jpeg(PHOTO, 75, subsampling, progressive=progressive))
    assert (header.chroma_subsampling, header.progressive) == (name, progressive)


def test_grey_has_no_subsampling():
    assert read_header(jpeg(GREY, 75)).chroma_subsampling is None


@pytest.mark.parametrize("damage", [b"", b"\xff\xd8", b"\xff\xd8\xff\xdb\x00\x04\x00", b"not a jpeg at all"])
def test_a_damaged_header_gives_none(damage):
    assert read_header(damage) is None


def test_a_header_survives_a_truncated_scan():
    assert read_header(jpeg(PHOTO, 60)[:-200]) is not None


@pytest.mark.parametrize("quality", [30, 40, 55, 70, 80, 90, 95, 98])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_quality_from_pixels(quality, subsampling):
    found = history(decoded(PHOTO, quality, subsampling))
    assert abs(found.details["quality"] - quality) <= 1
    assert found.details["source"] == "histogram"
    assert found.strength == 101 - found.details["quality"]


@pytest.mark.parametrize("quality", [50, 85])
def test_quality_of_a_grey_picture(quality):
    assert history(decoded(GREY, quality)).details["quality"] == quality


@pytest.mark.parametrize("y", range(8))
@pytest.mark.parametrize("x", range(8))
def test_the_grid_is_found_at_every_offset(x, y):
    found = Subject(np.ascontiguousarray(decoded(PHOTO, 80)[y:, x:])).compression
    assert found.offset == (-x % 8, -y % 8)
    assert found.quality == 80


def test_a_picture_turned_by_a_quarter_is_told():
    found = history(np.rot90(decoded(PHOTO, 80)))
    assert found.details["turned"]
    assert found.details["quality"] == 80


@pytest.mark.parametrize(
    "picture",
    [
        PHOTO,
        GREY,
        data.coffee()[:256, :256],
        np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8),
        np.full((128, 128, 3), 77, np.uint8),
        np.repeat(np.arange(256, dtype=np.uint8)[np.newaxis], 128, axis=0),
        np.rint(np.asarray(Image.fromarray(PHOTO).resize((300, 300)))).astype(np.uint8),
    ],
    ids=["astronaut", "camera", "coffee", "noise", "flat", "ramp", "resized"],
)
def test_pictures_that_were_no_jpeg_are_not_accused(picture):
    found = history(picture)
    assert not found.found
    assert found.strength == 0


def test_a_table_of_its_own_is_said_to_be_one():
    buffer = io.BytesIO()
    table = (ijg_table(75) * np.random.default_rng(3).uniform(0.7, 1.3, (8, 8))).round().clip(1, 255)
    tables = [table.astype(int).ravel().tolist(), ijg_table(75, chroma=True).ravel().tolist()]
    Image.fromarray(PHOTO).save(buffer, "JPEG", qtables=tables)
    found = history(np.asarray(Image.open(buffer)))
    assert not found.details["standard_tables"]
    assert abs(found.details["quality"] - 75) <= 6
    of_file = ARTIFACTS["jpeg_history"].detect(subject_of(buffer.getvalue()))
    assert not of_file.details["standard_tables"]


@pytest.mark.parametrize(("first", "last"), [(50, 75), (60, 90), (75, 95)])
def test_an_earlier_compression_is_found_in_pixels_and_in_a_file(first, last):
    file = jpeg(decoded(PHOTO, first), last)
    for found in (
        history(np.asarray(Image.open(io.BytesIO(file)))),
        ARTIFACTS["jpeg_history"].detect(subject_of(file)),
    ):
        assert abs(found.details["first_quality"] - first) <= 2
        assert abs(found.details["quality"] - last) <= 1


@pytest.mark.parametrize("quality", [50, 75, 90, 95])
def test_one_compression_is_not_taken_for_two(quality):
    found = ARTIFACTS["jpeg_history"].detect(subject_of(jpeg(PHOTO, quality)))
    assert found.details["quality"] == quality
    assert found.details["first_quality"] is None


@pytest.mark.parametrize(
    ("sampling", "missing"),
    [
        (((1, 1), (1, 1), (1, 1)), 0.0),
        (((2, 1), (1, 1), (1, 1)), 0.5),
        (((2, 2), (1, 1), (1, 1)), 0.75),
        (((4, 2), (1, 1), (1, 1)), 0.875),
        (((2, 2), (1, 1), (2, 1)), 0.625),  # has no name
        (((1, 1),), 0.0),
    ],
)
def test_the_missing_share_of_chroma_follows_from_the_factors(sampling, missing):
    table = ijg_table(75)
    assert JpegHeader((table,) * len(sampling), sampling, progressive=False).missing_chroma == missing


@pytest.mark.parametrize(("subsampling", "name"), [(0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")])
@pytest.mark.parametrize("cut", [(0, 0), (3, 6)])
def test_chroma_subsampling_is_measured(subsampling, name, cut):
    pixels = np.ascontiguousarray(decoded(PHOTO, 85, subsampling)[cut[1] :, cut[0] :])
    assert ARTIFACTS["chroma_subsampling"].detect(Subject(pixels)).details["measured"] == name


def test_chroma_subsampling_is_measured_without_jpeg():
    ycbcr = np.asarray(Image.fromarray(PHOTO).convert("YCbCr")).copy()
    ycbcr[..., 1:] = ycbcr[::2, ::2, 1:].repeat(2, axis=0).repeat(2, axis=1)
    halved = np.asarray(Image.fromarray(ycbcr, "YCbCr").convert("RGB"))
    detect = ARTIFACTS["chroma_subsampling"].detect
    assert detect(Subject(halved)).details["measured"] == "4:2:0"
    assert detect(Subject(PHOTO)).details["measured"] == "4:4:4"
    assert detect(Subject(GREY)).words == "no colour"
