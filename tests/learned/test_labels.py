"""Observer labels: where they are measured, that they are the observer's own, that nothing is lost when killed."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app
from jnd.codecs import CODECS
from jnd.datasets.crops import crops, write_crops
from jnd.datasets.observer_labels import (
    COLUMNS,
    picture_hash,
    provenance,
    pyarrow,
    read_observer_labels,
)
from jnd.errors import (
    CodecError,
    MissingExtraError,
    UnsupportedPictureError,
    UnusableAnswersError,
    UnusableDatasetError,
)
from jnd.learned.label_parts import parts_folder
from jnd.learned.label_request import COARSE, DENSE_JOD, LOWEST_JOD, LabelRequest
from jnd.learned.label_scan import scan
from jnd.learned.labels import LabelJob, label
from jnd.observer import Observer, jnd_units
from jnd.picture import read_picture, seen
from jnd.viewing import viewing_conditions

run = CliRunner().invoke
REQUEST = LabelRequest(("jpeg:turbo",), viewing_conditions(), step=12)


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, crop in (("face", data.astronaut()[30:126, 180:276]), ("cat", data.cat()[60:156, 150:246])):
        Image.fromarray(crop).save(folder / f"{name}.png")
    return folder


def jobs_of(folder):
    return [LabelJob(path, path.stem, path.stem) for path in sorted(folder.glob("*.png"))]


class TestScan:
    @given(
        st.integers(2, 120),
        st.integers(1, 9),
        st.lists(st.floats(0, 0.3), min_size=120, max_size=120),
    )
    @settings(max_examples=60, deadline=None)
    def test_covers_the_axis_and_is_dense_where_people_begin_to_notice(self, count, step, falls):
        curve = 10 - np.cumsum(falls)
        asked = []

        def measure(level):
            asked.append(level)
            return float(curve[level])

        scan(range(count), step, measure)
        assert len(asked) == len(set(asked))
        levels = sorted(asked)
        assert levels[0] == 0
        ended = curve[levels[-1]] < LOWEST_JOD
        assert ended or levels[-1] == count - 1
        for better, worse in pairwise(levels):
            assert worse - better <= COARSE * step
            inside = curve[better] > DENSE_JOD[0] and curve[worse] < DENSE_JOD[1]
            assert worse - better <= step or not inside

    def test_stops_beyond_the_calibration(self):
        asked = []
        scan(range(100), 1, lambda level: asked.append(level) or 10 - level / 10)
        assert max(asked) <= 21 + COARSE


class TestLabels:
    def test_are_what_the_observer_says(self, pictures, tmp_path):
        output = tmp_path / "labels.parquet"
        records = list(label(jobs_of(pictures), REQUEST, output))
        assert [r.status for r in records] == ["labelled", "labelled"]
        cat, face = read_observer_labels(output)
        assert (cat.name, face.name, cat.kind, cat.codec) == ("cat", "face", "observer", "jpeg:turbo")
        reference = read_picture(pictures / "face.png")
        codec, observer = CODECS["jpeg:turbo"], Observer(seen(reference))
        assert face.picture == picture_hash(seen(reference))
        assert (face.width, face.height) == (96, 96)
        for i in (0, len(face.level) // 2, -1):
            file = codec.encode(reference, int(face.level[i]))
            decoded = seen(codec.decode(file))
            assert face.jod[i] == observer.look(decoded).jod
            assert face.jnd[i] == jnd_units(face.jod[i])
            assert face.size_bytes[i] == len(file)
            error = np.mean((seen(reference) / 255.0 - decoded / 255.0) ** 2)
            assert face.psnr[i] == pytest.approx(-10 * np.log10(error))
            assert codec.setting(int(face.level[i])) == {"quality": face.setting[i]}

    def test_the_file_says_what_made_it(self, pictures, tmp_path):
        output = tmp_path / "labels.parquet"
        list(label(jobs_of(pictures), REQUEST, output, command="jnd datasets label …"))
        made = provenance(output)
        assert "observer labels" in made["labels"]
        assert made["encoders"] == {"jpeg:turbo": CODECS["jpeg:turbo"].encoder}
        assert (made["viewing"], made["protocol"], made["pictures"]) == ("standard_fhd", "aic3", 2)
        assert made["command"] == "jnd datasets label …"
        assert pyarrow().parquet.read_table(output).column_names == list(COLUMNS)

    def test_a_second_run_measures_nothing(self, pictures, tmp_path):
        output = tmp_path / "labels.parquet"
        list(label(jobs_of(pictures), REQUEST, output))
        before = pyarrow().parquet.read_table(output)
        output.unlink()
        assert [r.status for r in label(jobs_of(pictures), REQUEST, output)] == ["known", "known"]
        assert pyarrow().parquet.read_table(output).equals(before)

    def test_another_request_does_not_take_the_parts(self, pictures, tmp_path):
        output = tmp_path / "labels.parquet"
        list(label(jobs_of(pictures), REQUEST, output))
        other = LabelRequest(("jpeg:turbo",), viewing_conditions(pixels_per_degree=60), step=12)
        assert [r.status for r in label(jobs_of(pictures), other, output)] == ["labelled", "labelled"]
        assert provenance(output)["pixels_per_degree"] == 60

    def test_equal_pixels_are_labelled_once(self, pictures, tmp_path):
        Image.open(pictures / "cat.png").save(pictures / "copy_of_cat.png", compress_level=1)
        records = list(label(jobs_of(pictures), REQUEST, tmp_path / "labels.parquet"))
        assert [r.status for r in records] == ["labelled", "duplicate", "labelled"]
        assert records[1].note.endswith("cat.png")
        assert len(read_observer_labels(tmp_path / "labels.parquet")) == 2

    def test_grey_pictures_have_no_chroma(self, tmp_path):
        Image.fromarray(data.camera()[:64, :64]).save(tmp_path / "grey.png")
        list(label(jobs_of(tmp_path), REQUEST, tmp_path / "labels.parquet"))
        (grey,) = read_observer_labels(tmp_path / "labels.parquet")
        assert grey.chroma_subsampling is None

    def test_what_cannot_be_labelled_says_why(self, pictures, tmp_path):
        Image.fromarray(np.full((16, 16, 4), 100, np.uint8)).save(pictures / "glass.png")
        (pictures / "noise.png").write_bytes(b"nothing")
        by_name = {r.name: r for r in label(jobs_of(pictures), REQUEST, tmp_path / "labels.parquet")}
        assert "transparent" in by_name["glass"].error
        assert by_name["noise"].status == "failed"
        assert by_name["cat"].status == "labelled"

    def test_a_damaged_part_is_named(self, pictures, tmp_path):
        output = tmp_path / "labels.parquet"
        list(label(jobs_of(pictures), REQUEST, output))
        part = min(parts_folder(output).iterdir())
        part.write_bytes(part.read_bytes()[:100])
        with pytest.raises(UnusableDatasetError, match=f"{part.name} is damaged; delete it"):
            list(label(jobs_of(pictures), REQUEST, output))

    @pytest.mark.parametrize(
        ("request_", "error", "message"),
        [
            (LabelRequest(("heic",), viewing_conditions(), step=0), ValueError, "step must be at least 1"),
            (
                LabelRequest(("webp",), viewing_conditions(), chroma_subsampling="4:4:4"),
                ValueError,
                "4:2:0, not 4:4:4",
            ),
            (LabelRequest(("webp",), viewing_conditions(), protocol="aic9"), ValueError, "aic3"),
        ],
    )
    def test_a_request_that_cannot_be_met(self, request_, error, message, tmp_path):
        with pytest.raises((error, CodecError), match=message):
            list(label([], request_, tmp_path / "labels.parquet"))

    def test_without_pyarrow_it_says_how_to_get_it(self, monkeypatch, tmp_path):
        monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
        with pytest.raises(MissingExtraError, match=r'pip install "jnd\[train\]"'):
            list(label([], REQUEST, tmp_path / "labels.parquet"))


class TestReading:
    @pytest.fixture
    def labels(self, pictures, tmp_path):
        output = tmp_path / "labels.parquet"
        list(label(jobs_of(pictures), REQUEST, output))
        return output

    def rewritten(self, labels, change):
        arrow = pyarrow()
        table = arrow.parquet.read_table(labels)
        rows = table.to_pylist()
        change(rows)
        arrow.parquet.write_table(arrow.Table.from_pylist(rows, schema=table.schema), labels)

    def test_pictures_that_moved(self, labels, pictures, tmp_path):
        moved = pictures.rename(tmp_path / "elsewhere")
        assert not read_observer_labels(labels)[0].path.exists()
        assert read_observer_labels(labels, pictures=moved)[0].path == moved / "cat.png"

    def test_a_codec_that_is_not_there(self, labels):
        assert len(read_observer_labels(labels, codecs=["jpeg:turbo"])) == 2
        with pytest.raises(UnusableAnswersError, match="no labels of avif; it holds jpeg:turbo"):
            read_observer_labels(labels, codecs=["avif"])

    def test_a_label_that_is_no_quality(self, labels):
        self.rewritten(labels, lambda rows: rows[3].update(jod=11.0))
        with pytest.raises(UnusableAnswersError, match="JOD 11 at level 36 of cat, jpeg:turbo"):
            read_observer_labels(labels)

    def test_a_level_that_is_there_twice(self, labels):
        self.rewritten(labels, lambda rows: rows.append(dict(rows[0])))
        with pytest.raises(UnusableAnswersError, match="level 0 of cat, jpeg:turbo, is there twice"):
            read_observer_labels(labels)

    def test_other_files(self, tmp_path):
        arrow = pyarrow()
        with pytest.raises(UnusableAnswersError, match="no such file; make it with `jnd datasets label"):
            read_observer_labels(tmp_path / "none.parquet")
        (tmp_path / "text.parquet").write_text("no table")
        with pytest.raises(UnusableAnswersError, match="not a readable Parquet file"):
            read_observer_labels(tmp_path / "text.parquet")
        arrow.parquet.write_table(arrow.table({"a": [1]}), tmp_path / "other.parquet")
        with pytest.raises(UnusableAnswersError, match="not one of observer labels"):
            read_observer_labels(tmp_path / "other.parquet")


class TestCrops:
    @given(st.integers(8, 90), st.integers(8, 90), st.integers(4, 40))
    @settings(max_examples=40, deadline=None)
    def test_touch_the_edges_and_lie_inside(self, width, height, size):
        pixels = np.arange(height * width * 3, dtype=np.uint16).reshape(height, width, 3)
        found = list(crops(pixels, size))
        if min(width, height) < size:
            assert found == []
            return
        assert len(found) == max(1, round(width / size)) * max(1, round(height / size))
        for x, y, crop in found:
            assert np.array_equal(crop, pixels[y : y + size, x : x + size])
            assert crop.shape == (size, size, 3)
        if round(width / size) > 1:
            assert {min(x for x, _, _ in found), max(x for x, _, _ in found)} == {0, width - size}

    def test_reduction_keeps_a_constant_and_is_never_an_enlargement(self):
        grey = np.full((40, 40, 3), 77, np.uint8)
        ((_, _, crop),) = crops(grey, 20, 0.5)
        assert np.all(crop == 77)
        with pytest.raises(ValueError, match="at most 1"):
            list(crops(grey, 20, 1.5))

    def test_the_folder_of_a_photograph_is_its_group(self, tmp_path):
        Image.fromarray(data.coffee()).save(tmp_path / "coffee.png")
        paths = write_crops(tmp_path / "coffee.png", tmp_path / "crops", 200, [1.0, 0.5])
        assert {path.parent.name for path in paths} == {"coffee"}
        assert len(paths) == 3 * 2 + 2 * 1
        with pytest.raises(UnsupportedPictureError, match="600 x 400 pixels, too few for a crop of 900"):
            write_crops(tmp_path / "coffee.png", tmp_path / "crops", 900, [1.0])


class TestCommand:
    def arguments(self, pictures, output, *more):
        return [
            "datasets",
            "label",
            str(pictures),
            "-o",
            str(output),
            "--codec",
            "jpeg:turbo",
            "--step",
            "12",
            *more,
        ]

    def test_crop_then_label_by_photograph(self, pictures, tmp_path):
        assert (
            run(
                app, ["datasets", "crop", str(pictures), "-o", str(tmp_path / "crops"), "--size", "48"]
            ).exit_code
            == 0
        )
        output = tmp_path / "labels.parquet"
        result = run(
            app, self.arguments(tmp_path / "crops", output, "--group", "folder", "--workers", "2", "--json")
        )
        assert result.exit_code == 0, result.output
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        assert len(rows) == 8
        assert {row["group"] for row in rows} == {"cat", "face"}
        labels = read_observer_labels(output)
        assert {(picture.group, picture.name.split("/")[0]) for picture in labels} == {
            ("cat", "cat"),
            ("face", "face"),
        }
        assert provenance(output)["groups"] == 2

    def test_killed_at_any_moment_it_goes_on(self, pictures, tmp_path):
        """Kill -9 after the first part; the next run keeps it, and the file is that of a run in one go."""
        whole, broken = tmp_path / "whole.parquet", tmp_path / "broken.parquet"
        assert run(app, self.arguments(pictures, whole, "--workers", "1", "--quiet")).exit_code == 0
        process = subprocess.Popen(
            [sys.executable, "-m", "jnd", *self.arguments(pictures, broken, "--workers", "1")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        deadline = time.monotonic() + 60
        while not list(parts_folder(broken).glob("*.parquet")) and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kept = list(parts_folder(broken).glob("*.parquet"))
        assert kept
        result = run(app, self.arguments(pictures, broken, "--workers", "1", "--json"))
        assert result.exit_code == 0
        statuses = [json.loads(line)["status"] for line in result.stdout.splitlines()]
        assert statuses.count("known") == len(kept)
        read = pyarrow().parquet.read_table
        assert read(broken).equals(read(whole))

    def test_one_bad_picture_does_not_cost_the_others(self, pictures, tmp_path):
        (pictures / "noise.png").write_bytes(b"nothing")
        result = run(app, self.arguments(pictures, tmp_path / "labels.parquet", "--workers", "1"))
        assert result.exit_code == 1
        assert "noise.png  failed" in result.stderr
        assert len(read_observer_labels(tmp_path / "labels.parquet")) == 2

    def test_a_file_that_cannot_be_written(self, pictures, tmp_path):
        (tmp_path / "blocked").write_text("a file where a folder is needed")
        result = run(app, self.arguments(pictures, tmp_path / "blocked" / "labels.parquet", "--workers", "1"))
        assert result.exit_code == 1
        assert "Error: cannot write" in result.stderr

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            (["--group", "photo"], 'must be file or folder, got "photo"'),
            (["--codec", "jpg"], "jpeg"),
            (["--step", "0"], "at least 1"),
            (["--viewing", "cinema"], "standard_fhd"),
            (["--effort", "heroic"], "effort"),
        ],
    )
    def test_bad_input(self, pictures, tmp_path, more, message):
        result = run(app, self.arguments(pictures, tmp_path / "labels.parquet", *more))
        assert result.exit_code == 2
        assert message in " ".join(result.stderr.replace("│", " ").split())
        assert not (tmp_path / "labels.parquet").exists()
