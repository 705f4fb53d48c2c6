"""Fingerprints: what they find, what they refuse, and the files that hold them."""

import hashlib
import json

import numpy as np
import pytest
from PIL import Image

from jnd.camera.prnu.fingerprint import estimate_fingerprint
from jnd.camera.prnu.fingerprint_file import FORMAT, load_fingerprint, save_fingerprint
from jnd.camera.sensor_picture import ORIENTATION_RULE, sensor_picture
from jnd.errors import (
    DifferentSizesError,
    FingerprintFileError,
    UnreadablePictureError,
    UnusablePictureError,
)

from .synthetic_sensors import SIZE, flat, jpeg, scene, sensor, taken


class TestEstimate:
    def test_it_is_the_sensor(self, fingerprints):
        ours = fingerprints["ours"].prnu
        assert ours.shape == SIZE
        assert np.corrcoef(ours.ravel(), sensor(1).ravel())[0, 1] > 0.6
        assert abs(np.corrcoef(ours.ravel(), sensor(2).ravel())[0, 1]) < 0.02

    def test_the_record_says_what_it_was_made_of(self, fingerprints, flats):
        made = fingerprints["ours"]
        assert (made.label, made.pictures, made.height, made.width) == ("ours", 8, *SIZE)
        assert made.source_sha256 == tuple(
            hashlib.sha256(path.read_bytes()).hexdigest() for path in flats["ours"]
        )
        assert made.orientation_rule == ORIENTATION_RULE
        assert made.notes == (
            "made of 8 pictures, so their scenes and noise are still in it; 10 or more of a bright smooth surface are better",
        )

    def test_more_pictures_are_better(self, flats):
        agreement = [
            np.corrcoef(
                estimate_fingerprint(flats["ours"][:count], label="x").prnu.ravel(), sensor(1).ravel()
            )[0, 1]
            for count in (1, 3, 8)
        ]
        assert agreement == sorted(agreement)

    def test_progress_counts_pictures(self, flats):
        seen = []
        estimate_fingerprint(flats["ours"][:3], label="x", progress=seen.append)
        assert seen == [1, 2, 3]

    def test_one_picture_is_warned_of(self, flats):
        (note,) = estimate_fingerprint(flats["ours"][:1], label="x").notes
        assert note.startswith("made of 1 picture, so its scene")

    def test_the_same_file_twice_counts_once(self, flats):
        made = estimate_fingerprint([*flats["ours"][:2], flats["ours"][0]], label="x")
        assert made.pictures == 2
        assert "is the same file as" in made.notes[0]


class TestOrientation:
    def test_pixels_are_those_that_are_stored(self, tmp_path):
        pixels = taken(scene(1), sensor(1))
        for orientation in range(1, 9):
            path = tmp_path / f"{orientation}.jpg"
            path.write_bytes(jpeg(pixels, orientation=orientation))
            picture = sensor_picture(path)
            assert picture.orientation == orientation
            np.testing.assert_array_equal(picture.pixels, np.asarray(Image.open(path)))

    def test_exif_orientation_does_not_matter(self, tmp_path):
        paths = []
        for number, orientation in enumerate((1, 6, 8, 3)):
            paths.append(tmp_path / f"{number}.jpg")
            paths[-1].write_bytes(jpeg(taken(flat(number), sensor(1), number), orientation=orientation))
        prnu = estimate_fingerprint(paths, label="x").prnu
        assert np.corrcoef(prnu.ravel(), sensor(1).ravel())[0, 1] > 0.5

    def test_pixels_that_were_turned_are_refused(self, tmp_path, flats):
        turned = tmp_path / "turned.jpg"
        turned.write_bytes(jpeg(np.rot90(taken(flat(0), sensor(1)))))
        with pytest.raises(
            DifferentSizesError, match=r"turned\.jpg: has 384 x 512 pixels, .* turned by software"
        ):
            estimate_fingerprint([flats["ours"][0], turned], label="x")


class TestBadInput:
    def test_another_size_is_refused(self, tmp_path, flats):
        small = tmp_path / "small.jpg"
        small.write_bytes(jpeg(taken(flat(0), sensor(1))[:300]))
        with pytest.raises(DifferentSizesError, match="neither cropped nor scaled"):
            estimate_fingerprint([flats["ours"][0], small], label="x")

    @pytest.mark.parametrize(
        ("value", "why"),
        [(255, "neither saturated nor black"), (0, "neither saturated nor black"), (128, "no noise left")],
    )
    def test_pictures_that_say_nothing_are_left_out(self, tmp_path, flats, value, why):
        path = tmp_path / "nothing.png"
        Image.fromarray(np.full((*SIZE, 3), value, np.uint8)).save(path)
        made = estimate_fingerprint([flats["ours"][0], path, flats["ours"][1]], label="x")
        assert made.pictures == 2
        assert "nothing.png was left out" in made.notes[0]
        assert why in made.notes[0]
        with pytest.raises(UnusablePictureError, match=why):
            estimate_fingerprint([path], label="x")

    def test_no_pictures(self):
        with pytest.raises(UnusablePictureError, match="no pictures were given"):
            estimate_fingerprint([], label="x")

    def test_a_tiny_picture(self, tmp_path):
        path = tmp_path / "tiny.png"
        Image.fromarray(np.zeros((40, 200, 3), np.uint8)).save(path)
        with pytest.raises(UnusablePictureError, match=r"tiny\.png: has 200 x 40 pixels"):
            estimate_fingerprint([path], label="x")

    def test_no_picture_at_all(self, tmp_path):
        (tmp_path / "text.jpg").write_text("not a picture, but long enough to look at")
        with pytest.raises(UnreadablePictureError, match=r"text\.jpg"):
            estimate_fingerprint([tmp_path / "text.jpg"], label="x")


class TestFile:
    @pytest.fixture
    def path(self, tmp_path, fingerprints):
        save_fingerprint(fingerprints["ours"], tmp_path / "ours.npz")
        return tmp_path / "ours.npz"

    def test_what_is_written_is_read(self, path, fingerprints):
        made, read = fingerprints["ours"], load_fingerprint(path)
        np.testing.assert_array_equal(read.prnu, made.prnu)
        for name in (
            "label",
            "pictures",
            "source_sha256",
            "sigma",
            "orientation_rule",
            "jnd_version",
            "notes",
        ):
            assert getattr(read, name) == getattr(made, name)

    def test_nothing_is_left_beside_it(self, path):
        assert [entry.name for entry in path.parent.iterdir()] == ["ours.npz"]

    def test_there_may_be_one_already(self, path, fingerprints):
        with pytest.raises(FileExistsError):
            save_fingerprint(fingerprints["ours"], path, overwrite=False)

    def _rewritten(self, path, **changes):
        with np.load(path) as archive:
            record = json.loads(bytes(archive["record"]))
            prnu = changes.pop("prnu", archive["prnu"])
        record |= changes
        np.savez(path, prnu=prnu, record=np.frombuffer(json.dumps(record).encode(), np.uint8))

    def test_of_a_later_version(self, path):
        self._rewritten(path, format="jnd camera fingerprint 2")
        with pytest.raises(FingerprintFileError, match=f'2", this jnd reads "{FORMAT}"'):
            load_fingerprint(path)

    def test_with_other_numbers(self, path, fingerprints):
        self._rewritten(path, prnu=fingerprints["other"].prnu)
        with pytest.raises(FingerprintFileError, match="checksum"):
            load_fingerprint(path)

    @pytest.mark.parametrize(
        "prnu",
        [
            np.full(SIZE, np.nan, np.float32),
            np.zeros(SIZE),
            np.zeros(9, np.float32),
            np.zeros((9, 9), np.float32),
        ],
    )
    def test_with_something_else(self, path, prnu):
        self._rewritten(path, prnu=prnu)
        with pytest.raises(FingerprintFileError, match="not a plane of finite float32"):
            load_fingerprint(path)

    def test_that_executes_something(self, tmp_path):
        np.savez(tmp_path / "bad.npz", prnu=np.array([{}], dtype=object), record=np.zeros(3, np.uint8))
        with pytest.raises(FingerprintFileError, match="no fingerprint, or a damaged one"):
            load_fingerprint(tmp_path / "bad.npz")

    @pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 not a zip at all", b"\x93NUMPY\x01\x00"])
    def test_that_is_none(self, tmp_path, content):
        (tmp_path / "bad.npz").write_bytes(content)
        with pytest.raises(FingerprintFileError, match=r"bad\.npz"):
            load_fingerprint(tmp_path / "bad.npz")

    def test_that_is_an_array(self, tmp_path):
        np.save(tmp_path / "array.npy", np.zeros((80, 80), np.float32))
        with pytest.raises(FingerprintFileError, match="no fingerprint"):
            load_fingerprint(tmp_path / "array.npy")

    def test_of_another_program(self, tmp_path):
        np.savez(tmp_path / "other.npz", weights=np.zeros(3))
        with pytest.raises(FingerprintFileError, match="archive of something else"):
            load_fingerprint(tmp_path / "other.npz")

    def test_that_was_cut(self, path):
        path.write_bytes(path.read_bytes()[:-500])
        with pytest.raises(FingerprintFileError, match="damaged"):
            load_fingerprint(path)

    def test_that_is_missing_or_a_folder(self, tmp_path):
        with pytest.raises(FingerprintFileError, match="does not exist"):
            load_fingerprint(tmp_path / "missing.npz")
        with pytest.raises(FingerprintFileError, match="cannot be read"):
            load_fingerprint(tmp_path)
