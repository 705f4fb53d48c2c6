"""Quantisation tables for one picture."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from jnd.errors import UnknownNameError
from jnd.redundancy import QuantisationTables, encode_jpeg, quantisation_tables
from jnd.vision.dct8 import block_dct

COLOUR = np.ascontiguousarray(data.astronaut()[40:168, 180:308])
GREY = np.ascontiguousarray(data.camera()[100:228, 200:328])


@pytest.mark.parametrize("error", [1.0, 2.0, 5.0])
@pytest.mark.parametrize("model", ["watson1993", "zhang2005"])
def test_the_error_is_met_from_below(error, model):
    tables = quantisation_tables(GREY, perceptual_error=error, model=model)
    assert 0.6 * error < tables.perceptual_error <= error
    assert tables.luma.min() >= 1


def test_an_error_out_of_reach_gives_the_finest_table_and_says_so():
    tables = quantisation_tables(GREY, perceptual_error=1e-3)
    assert (tables.luma == 1).all()
    assert tables.perceptual_error > 1e-3


def test_more_error_makes_smaller_files_that_differ_more():
    sizes, errors = [], []
    for target in (0.8, 1.6, 3.2, 6.4):
        data_ = encode_jpeg(COLOUR, quantisation_tables(COLOUR, perceptual_error=target))
        sizes.append(len(data_))
        errors.append(np.mean((np.array(Image.open(io.BytesIO(data_))) - COLOUR.astype(float)) ** 2))
    assert sizes == sorted(sizes, reverse=True)
    assert errors == sorted(errors)


def test_steps_are_the_coarsest_that_meet_their_share():
    tables = quantisation_tables(GREY, perceptual_error=2.0, model="ahumada1992")
    from jnd.models.subband.ahumada1992 import ahumada1992_table

    coefficients = block_dct(GREY.astype(np.float32) - 128).reshape(-1, 64)
    thresholds = ahumada1992_table().ravel()

    def share(frequency, step):
        column = coefficients[:, frequency].astype(float)
        change = column - step * np.round(column / step)
        return np.mean((change / thresholds[frequency]) ** 4) ** 0.25

    for frequency, step in enumerate(tables.luma.ravel().astype(int)):
        assert share(frequency, step) <= 2.0 / 64**0.25 * (1 + 1e-5)
    # The error need not grow with every step, but it does around the limit for most.
    coarser = [
        share(k, step + 1) > 2.0 / 64**0.25
        for k, step in enumerate(tables.luma.ravel().astype(int))
        if step < 255
    ]
    assert np.mean(coarser) > 0.95


def test_the_file_carries_the_tables_in_their_places():
    luma = np.arange(1, 65, dtype=np.uint8).reshape(8, 8)  # not symmetric
    chroma = luma[::-1].copy()
    data_ = encode_jpeg(COLOUR, QuantisationTables(luma, chroma, 1.0, "none"))
    stored = Image.open(io.BytesIO(data_)).quantization
    assert list(stored[0]) == luma.ravel().tolist()
    assert list(stored[1]) == chroma.ravel().tolist()


def test_rows_are_vertical_frequencies():
    """Horizontal stripes live in the first column; a huge step at (4, 0) alone must wipe them out."""
    stripes = np.tile(128 + 15 * np.cos((2 * np.arange(8) + 1) * 4 * np.pi / 16)[:, None], (2, 16))
    pixels = np.rint(stripes).astype(np.uint8)
    table = np.ones((8, 8), np.uint8)
    table[4, 0] = 255
    kept = np.array(
        Image.open(io.BytesIO(encode_jpeg(pixels, QuantisationTables(table.T.copy(), table, 1, ""))))
    )
    wiped = np.array(Image.open(io.BytesIO(encode_jpeg(pixels, QuantisationTables(table, table, 1, "")))))
    assert np.ptp(kept) > 20
    assert np.ptp(wiped) < 5


@pytest.mark.parametrize(("sampling", "factors"), [("4:2:0", (2, 2)), ("4:2:2", (2, 1)), ("4:4:4", (1, 1))])
def test_chroma_subsampling_is_the_one_asked_for(sampling, factors):
    data_ = encode_jpeg(COLOUR, quantisation_tables(COLOUR), chroma_subsampling=sampling)
    assert Image.open(io.BytesIO(data_)).layer[0][1:3] == factors


def test_grey_and_odd_sizes():
    odd = GREY[:61, :77]
    decoded = np.array(Image.open(io.BytesIO(encode_jpeg(odd, quantisation_tables(odd)))))
    assert decoded.shape == odd.shape
    assert np.abs(decoded.astype(int) - odd).mean() < 4


def test_bad_input_is_refused():
    for error in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="perceptual error"):
            quantisation_tables(GREY, perceptual_error=error)
    with pytest.raises(UnknownNameError):
        quantisation_tables(GREY, model="watson1997")
    with pytest.raises(TypeError, match="uint8"):
        quantisation_tables(GREY.astype(float))
    tables = quantisation_tables(GREY)
    with pytest.raises(ValueError, match="4:2:0"):
        encode_jpeg(COLOUR, tables, chroma_subsampling="4:1:1")
    with pytest.raises(TypeError, match="8 bits"):
        encode_jpeg(GREY.astype(np.uint16), tables)
    with pytest.raises(ValueError, match="H, W"):
        encode_jpeg(np.zeros((4, 4, 4), np.uint8), tables)
