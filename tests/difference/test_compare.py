"""Two pictures, one verdict: what counts, what does not, and what is said about the rest."""

import io
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from skimage import data

from jnd.difference import CompareRequest, compare
from jnd.difference.regions import changed_regions, code_difference
from jnd.difference.words import in_words
from jnd.distortions import distort
from jnd.errors import DifferentSizesError, UnknownNameError, UnreadablePictureError
from jnd.observer import Observer, jod_of_notice
from jnd.picture import Picture


def photograph(height=160, width=200):
    return np.ascontiguousarray(data.coffee()[40 : 40 + height, 100 : 100 + width])


def screen():
    """Flat paper with lines of dark marks, as a page of text is."""
    page = np.full((400, 640, 3), 255, np.uint8)
    random = np.random.default_rng(2)
    for top in range(20, 380, 24):
        for left in range(20, 600, 9):
            height, width = random.integers(4, 11), random.integers(1, 6)
            page[top : top + height, left : left + width] = 30
    return page


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def stepped(step, box=(300, 200, 60, 40), base=None):
    pixels = screen() if base is None else base.copy()
    x, y, width, height = box
    block = pixels[y : y + height, x : x + width].astype(int) + step
    pixels[y : y + height, x : x + width] = np.clip(block, 0, 255)
    return pixels


class TestVerdict:
    def test_same_pixels_are_identical_at_ten(self):
        found = compare(photograph(), photograph())
        assert (found.verdict, found.jod, found.jnd, found.changed_pixels, found.regions) == (
            "identical",
            10.0,
            0.0,
            0,
            (),
        )

    @pytest.mark.parametrize("step", [8, -8])
    @pytest.mark.parametrize("grey", [0, 24, 128, 240, 255])
    def test_eight_code_values_on_a_block_are_visible(self, step, grey):
        base = np.full((200, 300, 3), grey, np.uint8)
        changed = stepped(step, (100, 80, 40, 40), base)
        if np.array_equal(base, changed):
            changed = stepped(-step, (100, 80, 40, 40), base)
        assert compare(base, changed).verdict == "visible"

    @pytest.mark.parametrize("grey", [0, 1, 2, 5, 18, 60, 128, 200, 254])
    @pytest.mark.parametrize("side", [20, 60, 150])
    def test_one_code_value_on_a_flat_area_is_invisible(self, grey, side):
        base = np.full((300, 300, 3), grey, np.uint8)
        found = compare(base, stepped(1, (60, 60, side, side), base))
        assert found.verdict == "invisible"
        assert found.notice_criterion == 0.75
        assert found.changed_pixels == side * side

    def test_noise_of_one_code_value_on_edges_is_invisible(self):
        page = screen()
        noise = np.random.default_rng(1).integers(-1, 2, page.shape)
        noisy = np.clip(page + noise, 0, 255).astype(np.uint8)
        assert compare(page, noisy).verdict == "invisible"

    def test_one_mark_is_not_averaged_away_by_a_large_page(self):
        page = np.tile(screen(), (2, 2, 1))
        changed = page.copy()
        changed[43:55, 20:28] = 255
        by_window, by_picture = compare(page, changed), compare(page, changed, pool="picture")
        assert by_window.verdict == "visible"
        assert by_picture.jod == by_window.jod > by_window.worst_window_jod
        x, y, width, height = by_window.worst_window
        assert x <= 20 < x + width and y <= 46 < y + height

    def test_a_block_moved_by_one_pixel_is_visible(self):
        page = screen()
        page_moved = page.copy()
        page_moved[100:160, 101:301] = page[100:160, 100:300]
        assert compare(page, page_moved).verdict == "visible"

    @given(st.floats(0.02, 0.98), st.floats(2, 60))
    @settings(max_examples=40)
    def test_the_verdict_turns_at_the_criterion(self, notice, largest):
        request = CompareRequest(notice=notice)
        threshold = float(jod_of_notice(notice))
        assert request.verdict(threshold - 1e-6, largest) == "visible"
        assert request.verdict(threshold + 1e-6, largest) == "invisible"

    def test_numbers_are_the_observers(self):
        before, after = photograph(), stepped(30, (50, 50, 20, 20), photograph())
        found, sight = compare(before, after), Observer(before).look(after)
        assert (found.jod, found.jnd, found.notice) == (sight.jod, sight.jnd, sight.notice)
        assert (found.worst_window_jod, found.worst_window) == (sight.worst_window_jod, sight.worst_window)
        assert found.notice_by_protocol["aic3"] == sight.notice
        assert set(found.notice_by_protocol) == {"aic3", "konjnd-flicker"}

    def test_inputs_are_not_modified(self):
        before, after = photograph(), stepped(30, (50, 50, 20, 20), photograph())
        kept = before.copy(), after.copy()
        compare(before, after, ignore=((0, 0, 60, 60),), align=True)
        assert np.array_equal(before, kept[0]) and np.array_equal(after, kept[1])

    def test_the_record_becomes_json(self):
        assert asdict(compare(photograph(), stepped(30, (5, 5, 9, 9), photograph())))["regions"][0]["box"]


class TestRegions:
    def test_two_places_are_two_regions_the_stronger_first(self):
        page = np.full((400, 640, 3), 200, np.uint8)
        changed = page.copy()
        changed[50:60, 100:130] -= 12
        changed[300:320, 500:520] -= 90
        weak, strong = (100, 50, 30, 10), (500, 300, 20, 20)
        found = compare(page, changed)
        assert [region.box for region in found.regions] == [strong, weak]
        assert [region.changed_pixels for region in found.regions] == [400, 300]
        assert [region.largest_difference for region in found.regions] == [90, 12]
        assert found.changed_pixels == 700
        assert found.largest_difference == 90
        assert 0 < found.share_above_threshold < 0.2

    def test_every_changed_pixel_is_in_a_region(self):
        random = np.random.default_rng(4)
        difference = np.where(random.random((200, 240)) < 0.0005, 5, 0).astype(np.float32)
        regions, left_out = changed_regions(difference, difference, 0.3, 37.8)
        assert left_out == 0
        assert sum(region.changed_pixels for region in regions) == np.count_nonzero(difference)

    def test_depths_may_be_mixed(self):
        eight = photograph(20, 20)
        assert code_difference(eight, eight.astype(np.uint16) * 257).max() == 0
        deep = eight.astype(np.uint16) * 257
        deep[3, 4, 1] ^= 1
        assert 0 < code_difference(deep, eight).max() < 0.01


class TestIgnore:
    def test_what_lies_in_a_rectangle_does_not_count(self):
        found = compare(screen(), stepped(-90), ignore=((290, 190, 80, 60),))
        assert (found.verdict, found.changed_pixels, found.ignored_pixels) == ("identical", 0, 4800)

    def test_what_lies_beside_it_counts(self):
        assert compare(screen(), stepped(-90), ignore=((0, 0, 310, 400),)).verdict == "visible"

    def test_a_mask_may_have_any_depth_and_colour(self):
        mask = np.zeros((400, 640, 3), np.uint16)
        mask[195:245, 295:365, 1] = 1
        assert compare(screen(), stepped(-90), ignore_mask=mask).verdict == "identical"

    def test_bad_rectangles_and_masks_say_what_is_wrong(self):
        with pytest.raises(ValueError, match="at least 1, got 1,2,0,4"):
            compare(screen(), stepped(8), ignore=((1, 2, 0, 4),))
        with pytest.raises(ValueError, match="lies outside the picture of 640 × 400"):
            compare(screen(), stepped(8), ignore=((640, 0, 5, 5),))
        with pytest.raises(DifferentSizesError, match="the mask is 10 × 20"):
            compare(screen(), stepped(8), ignore_mask=np.ones((20, 10), np.uint8))


class TestFiles:
    def test_two_depths_of_one_picture_are_identical_and_noted(self):
        eight = photograph()
        found = compare(eight, eight.astype(np.uint16) * 257)
        assert found.verdict == "identical"
        assert found.notes == ("bit depth: REFERENCE 8, CHANGED 16; compared as they are",)

    def test_an_opacity_that_shows_is_visible_over_the_worse_background(self):
        alpha = np.full((160, 200), 255, np.uint8)
        alpha[60:100, 60:100] = 0
        dark = np.zeros((160, 200, 3), np.uint8)
        found = compare(Picture(dark), Picture(dark, alpha))
        assert found.verdict == "visible"
        assert "only CHANGED is transparent" in found.notes[0]
        assert compare(Picture(dark, alpha), Picture(dark, alpha)).verdict == "identical"

    def test_arrays_with_opacity_and_grey_arrays(self):
        grey = photograph()[..., 0]
        rgba = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
        found = compare(grey, rgba)
        assert found.verdict == "identical"
        assert found.notes == ("only REFERENCE is stored as grey",)

    def test_profiles_are_brought_to_one_space(self):
        image = Image.fromarray(photograph())
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        found = compare(encoded(image, "PNG"), encoded(image, "PNG", icc_profile=profile))
        assert found.verdict in ("identical", "invisible")
        assert found.notes[0].startswith("colour profile: REFERENCE no profile")

    def test_orientation_is_applied_and_noted(self):
        image = Image.fromarray(photograph())
        exif = Image.Exif()
        exif[0x0112] = 6
        turned = encoded(image.rotate(90, expand=True), "PNG", exif=exif)
        found = compare(encoded(image, "PNG"), turned)
        assert found.verdict == "identical"
        assert found.notes == ("only CHANGED is turned by its orientation tag; compared upright",)

    def test_an_orientation_of_0_turns_nothing(self):
        image = Image.fromarray(photograph())
        exif = Image.Exif()
        exif[0x0112] = 0
        assert compare(encoded(image, "PNG"), encoded(image, "PNG", exif=exif)).notes == ()

    def test_pil_pictures_and_paths(self, tmp_path):
        image = Image.fromarray(photograph())
        image.save(tmp_path / "one.png")
        assert compare(tmp_path / "one.png", image.quantize(256).convert("RGB")).reference.endswith("one.png")
        assert compare(image, image.convert("RGBA")).verdict == "identical"

    @pytest.mark.parametrize(
        ("changed", "error", "words"),
        [
            (b"", UnreadablePictureError, "empty"),
            (b"hello", UnreadablePictureError, "readable are"),
            ("nowhere.png", UnreadablePictureError, "does not exist"),
            (np.zeros((4, 4, 3)), ValueError, "uint8 or uint16"),
            (np.zeros((4, 4, 2), np.uint8), ValueError, "shape|must be"),
            (7, TypeError, "a picture is a path"),
        ],
    )
    def test_bad_input_says_what_it_is(self, changed, error, words):
        with pytest.raises(error, match=words):
            compare(photograph(), changed)

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"notice": 0.0}, "above 0 and below 1"),
            ({"notice": float("nan")}, "above 0 and below 1"),
            ({"pool": "median"}, "window or picture"),
        ],
    )
    def test_bad_options_say_what_is_wrong(self, options, words):
        with pytest.raises(ValueError, match=words):
            compare(photograph(), photograph(), **options)

    def test_unknown_names_say_what_there_is(self):
        with pytest.raises(UnknownNameError, match="aic3"):
            compare(photograph(), photograph(), protocol="aic9")
        with pytest.raises(UnknownNameError, match="standard_fhd"):
            compare(photograph(), photograph(), viewing="standard_fdh")


class TestWhatWasDone:
    @pytest.fixture
    def pair(self):
        reference = np.ascontiguousarray(data.astronaut()[:384])
        return reference, distort(reference, "gaussian_blur", 0.4, seed=0)

    def test_the_kind_is_named_with_its_own_severity(self, pair):
        record = compare(*pair)
        assert "blur" in record.kinds[0].name and record.kinds[0].probability > 0.5
        assert record.kinds[0].severity_jnd == pytest.approx(record.jnd, rel=0.5)
        assert "What was done: " in in_words(record)

    def test_a_large_picture_is_told_from_around_its_worst_window(self, pair):
        reference, changed = (np.tile(side, (3, 3, 1)) for side in pair)
        begin = compare(reference, changed)
        assert "blur" in begin.kinds[0].name

    def test_nothing_is_named_where_nothing_or_only_rounding_changed(self, pair):
        reference, _ = pair
        assert compare(reference, reference).kinds == ()
        assert compare(reference, np.where(reference < 255, reference + 1, 255).astype(np.uint8)).kinds == ()
        assert compare(*pair, kinds=False).kinds == ()

    def test_the_direction_is_told_on_request_and_turns_with_the_order(self, pair):
        assert compare(*pair).artifact_changes == () and compare(*pair).overall_change is None
        there, back = compare(*pair, direction=True), compare(*pair[::-1], direction=True)
        turned = {"weaker": "stronger", "stronger": "weaker", "same": "same"}
        assert [turned[c.direction] for c in there.artifact_changes] == [
            c.direction for c in back.artifact_changes
        ]
        assert {c.artifact: c.direction for c in there.artifact_changes}["blur"] == "stronger"
        assert "Against REFERENCE: " in in_words(there) and "As a whole: " in in_words(there)
