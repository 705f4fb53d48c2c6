"""The report: one page that holds everything, lets nothing in, and is whole or not there at all."""

import base64
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from jnd.observer import PROTOCOLS, calibration_notes
from jnd.picture import Picture, read_picture
from jnd.records import Attempt, FileRecord, Found, NotFound
from jnd.report.heat_picture import COLOUR_STOPS, MAX_SIDE, SCALE_TOP_JOD, TOP_CODE, heat_picture
from jnd.report.shown import MEDIA_TYPES, THUMBNAIL_MAX_BYTES, Shown
from jnd.search import SatisfiedUsers, encode
from jnd.search.batch import Request, run
from jnd.search.report import ReportEntry, ReportWriter, report_entry
from jnd.search.report.curve import curves
from jnd.search.sources import plan
from jnd.viewing import viewing_conditions

from .pictures import colour_confetti, photograph, transparent

VIEWING = viewing_conditions()
CRITERION = SatisfiedUsers(0.75, "aic3", VIEWING)
REQUEST = Request("jpeg:turbo", 0.75, "aic3", VIEWING)

HOSTILE = "<script>alert(1)</script>\"'&--><!-- rows -->$title\u202e.png"


class Page(HTMLParser):
    """The elements of a page, with the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self._inside = ""
        self.text = text
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag in ("script", "style"):
            self.raw.append((tag, ""))

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside in ("script", "style"):
            tag, text = self.raw[-1]
            self.raw[-1] = tag, text + data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def bytes_of(self, name):
        (found,) = re.findall(rf'id="{name}">([^<]*)</script>', self.text)
        return base64.b64decode(found)

    @property
    def rows(self):
        return [row for row in self.all("tr") if "data-n" in row]


def record(**changes: object) -> FileRecord:
    base = FileRecord(
        source="in/a.png",
        status="encoded",
        output="out/a.jpg",
        codec="jpeg",
        setting={"quality": 80},
        chroma_subsampling="4:2:0",
        encoder="jpegli",
        bytes=1000,
        source_bytes=5000,
        width=192,
        height=128,
        jod=9.8,
        notice=0.3,
        satisfied=0.78,
        worst_window_jod=9.7,
        worst_window=(10, 20, 60, 60),
        target_satisfied=0.75,
        encodes=4,
    )
    return replace(base, **changes)


def entry(picture: Picture | None = None, file: str = "a.png", **changes: object) -> ReportEntry:
    picture = picture or Picture(photograph())
    *_, answer = encode(picture, format="webp")
    return replace(report_entry(picture, answer, Path(file), VIEWING), **changes)


@pytest.fixture(scope="module")
def shown() -> ReportEntry:
    return entry()


def page(path: Path, *pictures: tuple[FileRecord, ReportEntry | None], **options: int) -> Page:
    writer = ReportWriter(path / "report.html", CRITERION, **options)
    for picture in pictures:
        writer.add(*picture)
    writer.close()
    return Page((path / "report.html").read_text("utf-8"))


class TestThePage:
    def test_nothing_can_be_requested(self, tmp_path, shown):
        text = page(tmp_path, (record(), shown)).text
        assert "http" not in re.sub(r">[A-Za-z0-9+/=]{60,}<|base64,[A-Za-z0-9+/=]+", "", text).replace(
            "http-equiv", ""
        )
        assert "//" not in re.findall(r"<style>(.*?)</style>", text, re.DOTALL)[0]
        parsed = Page(text)
        addresses = [
            value for _, found in parsed.elements for name, value in found.items() if name in ("src", "href")
        ]
        assert addresses and all(address.startswith("data:") for address in addresses)

    def test_the_policy_allows_the_page_itself_and_nothing_else(self, tmp_path, shown):
        parsed = page(tmp_path, (record(), shown))
        (policy,) = [m["content"] for m in parsed.all("meta") if m.get("http-equiv")]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        style = next(text for tag, text in parsed.raw if tag == "style")
        script = next(text for tag, text in parsed.raw if tag == "script" and "class Viewer" in text)
        for text in (style, script):
            assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy

    def test_no_attribute_that_the_policy_would_block(self, tmp_path, shown):
        for _, attributes in page(tmp_path, (record(), shown)).elements:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]

    def test_pictures_are_text_until_they_are_opened(self, tmp_path, shown):
        parsed = page(tmp_path, (record(), shown))
        assert {image.get("src", "")[:16] for image in parsed.all("img")} == {"", "data:image/webp;"}
        kinds = {script["id"]: script["type"] for script in parsed.all("script") if "id" in script}
        assert {name: kinds[name] for name in ("r0", "o0", "h0")} == dict.fromkeys(
            ("r0", "o0", "h0"), "application/octet-stream;base64"
        )
        assert parsed.bytes_of("r0") == shown.result.data
        assert parsed.bytes_of("o0") == shown.original.data

    def test_names_are_shown_and_never_run(self, tmp_path, shown):
        hostile = record(source=f"in/{HOSTILE}", output=f"out/{HOSTILE}", note=HOSTILE, encoder=HOSTILE[:-5])
        failed = record(source=HOSTILE, status="failed", error=HOSTILE, output=None)
        parsed = page(tmp_path, (hostile, shown), (failed, None), (record(), shown))
        clean = page(
            tmp_path, (record(), shown), (record(status="failed", output=None), None), (record(), shown)
        )
        assert len(parsed.all("script")) == len(clean.all("script"))
        assert "<script>alert" not in parsed.text and "\u202e" not in parsed.text
        assert len(parsed.rows) == 3
        assert parsed.rows[1]["data-name"].endswith("\ufffd.png") and "$title" in parsed.rows[1]["data-name"]

    def test_names_that_are_no_text(self, tmp_path, shown):
        parsed = page(tmp_path, (record(source="in/\udcff\n.png"), shown))
        assert parsed.rows[0]["data-name"] == "in/?\ufffd.png"

    def test_the_head_sums_up(self, tmp_path, shown):
        text = page(
            tmp_path,
            (record(), shown),
            (record(source="b.png", codec="avif", bytes=500, satisfied=0.9), shown),
            (record(source="c.jpg", status="kept", bytes=5000, satisfied=1.0), None),
            (record(source="d.png", status="failed", error="torn", output=None), None),
        ).text
        assert "4 pictures, 15.0 kB → 6.5 kB" in text
        assert "2 encoded, 1 kept, 1 failed" in text
        assert "jpeg 2 (67 %)" in text and "avif 1 (33 %)" in text
        assert "78.0 % (a.png)" in text
        assert CRITERION.in_words().split(",")[0] in text

    def test_calibration_is_said_once(self, tmp_path, shown):
        text = page(tmp_path, (record(), shown), (record(source="b.png"), shown)).text
        for note in calibration_notes("aic3", VIEWING, 9.8):
            assert text.count(note) == 1
        assert PROTOCOLS["aic3"].description in text

    def test_an_empty_batch_and_a_stopped_one(self, tmp_path, shown):
        assert "0 pictures" in page(tmp_path).text
        writer = ReportWriter(tmp_path / "stopped.html", CRITERION)
        writer.add(record(), shown)
        writer.close(stopped_of=7)
        assert "1 of 7 pictures" in (tmp_path / "stopped.html").read_text("utf-8")

    def test_every_status_has_its_words(self, tmp_path, shown):
        text = page(
            tmp_path,
            (record(satisfied=0.7899), shown),
            (record(status="not reachable", output=None, note="no luck", satisfied=0.4), shown),
            (record(status="kept", note="source kept as it is"), replace(shown, original=None, chosen=None)),
            (record(status="failed", error="torn"), None),
        ).text
        assert "An estimated 78 in 100 people see no difference." in text
        assert "At the best setting, an estimated 40 in 100" in text and "shows the best attempt" in text
        assert "kept as it is: there is no difference" in text
        assert "Failed: torn" in text

    def test_an_earlier_page_stays_until_this_one_is_whole(self, tmp_path, shown):
        path = tmp_path / "report.html"
        path.write_text("earlier")
        writer = ReportWriter(path, CRITERION)
        writer.add(record(), shown)
        assert path.read_text() == "earlier"
        assert list(tmp_path.iterdir()) == [path], "what waits has no name"
        writer.close()
        assert path.read_text("utf-8").startswith("<!doctype html>")
        assert list(tmp_path.iterdir()) == [path]

    def test_a_full_disk_is_told_at_the_end_and_leaves_the_earlier_page(self, tmp_path, shown, monkeypatch):
        path = tmp_path / "report.html"
        path.write_text("earlier")
        writer = ReportWriter(path, CRITERION)

        def full(text: str) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(type(writer._body._details), "append", lambda self, text: full(text))
        writer.add(record(), shown)
        writer.add(record(), shown)
        with pytest.raises(OSError, match="No space left"):
            writer.close()
        assert path.read_text() == "earlier"


class TestTheSizeLimit:
    def of(self, tmp_path, limit, count=4):
        big = Shown(bytes(100_000), "image/webp", is_copy=True)
        pictures = [
            (record(source=f"{i}.png"), entry_of(original=big, result=replace(big, data=bytes(10_000))))
            for i in range(count)
        ]
        return page(tmp_path, *pictures, size_limit=limit)

    def held(self, parsed, kind):
        return [i for i in range(4) if f'id="{kind}{i}"' in parsed.text]

    def test_originals_go_first_and_the_page_says_so(self, tmp_path):
        parsed = self.of(tmp_path, 400_000)
        assert self.held(parsed, "r") == [0, 1, 2, 3]
        assert self.held(parsed, "o") == [0, 1]
        assert "below 400.0 kB: 2 originals." in parsed.text

    def test_results_go_when_that_is_not_enough_but_the_table_stays(self, tmp_path):
        parsed = self.of(tmp_path, 50_000)
        assert self.held(parsed, "o") == []
        assert self.held(parsed, "r") == [0, 1, 2]
        assert len(parsed.rows) == 4 and "4 originals and 1 result" in parsed.text

    def test_without_need_nothing_is_left_out(self, tmp_path):
        parsed = self.of(tmp_path, 10_000_000)
        assert self.held(parsed, "o") == self.held(parsed, "r") == [0, 1, 2, 3]
        assert "Left out" not in parsed.text


def entry_of(**changes: object) -> ReportEntry:
    base = ReportEntry(
        thumbnail=b"",
        attempts=(),
        chosen=None,
        result=None,
        original=None,
        heat=None,
        transparent=False,
        bit_depth=8,
    )
    return replace(base, **changes)


def decoded(shown: Shown) -> Picture:
    picture = read_picture(shown.data)
    assert shown.media_type == f"image/{picture.file_format}"
    return picture


class TestWhatIsShown:
    def test_the_original_is_shown_without_loss(self, shown):
        assert np.array_equal(decoded(shown.original).pixels, photograph())

    def test_the_result_is_the_file_itself(self):
        *_, answer = encode(Picture(photograph()), format="webp")
        assert isinstance(answer, Found)
        made = report_entry(Picture(photograph()), answer, Path("a.png"), VIEWING)
        assert made.result == Shown(answer.result.data, "image/webp", is_copy=False)
        assert made.chosen == answer.result.attempt and made.attempts == answer.result.attempts

    def test_grey(self):
        grey = photograph()[..., 0]
        shown = decoded(entry(Picture(grey)).original)
        assert np.array_equal(shown.pixels, np.repeat(grey[..., None], 3, axis=2))

    def test_opacity_is_kept_on_both_sides(self):
        picture = transparent()
        made = entry(picture)
        assert made.transparent
        assert np.array_equal(decoded(made.original).alpha, picture.alpha)
        assert decoded(made.result).alpha is not None

    @pytest.mark.parametrize("grey", [False, True])
    def test_sixteen_bits_are_rounded_as_codecs_round_them(self, grey):
        deep = photograph().astype(np.uint16) * 257
        made = entry(Picture(deep[..., 0].copy() if grey else deep))
        assert made.bit_depth == 16
        assert np.array_equal(decoded(made.original).pixels[..., 0], photograph()[..., 0])

    def test_a_profile_goes_along_so_that_browsers_treat_both_alike(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        made = entry(Picture(photograph(), icc_profile=profile))
        assert decoded(made.original).icc_profile == decoded(made.result).icc_profile == profile

    def test_a_plain_jpeg_is_shown_by_its_own_bytes(self, tmp_path):
        Image.fromarray(photograph()).save(tmp_path / "a.jpg", quality=90)
        made = entry(read_picture(tmp_path / "a.jpg"), str(tmp_path / "a.jpg"))
        assert made.original == Shown((tmp_path / "a.jpg").read_bytes(), "image/jpeg", is_copy=False)

    def test_a_jpeg_with_private_data_or_another_orientation_is_not(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        exif[0x010F] = "camera with a serial number"
        Image.fromarray(photograph()).save(tmp_path / "a.jpg", quality=90, exif=exif)
        picture = read_picture(tmp_path / "a.jpg")
        made = entry(picture, str(tmp_path / "a.jpg"))
        assert made.original.is_copy and b"serial number" not in made.original.data
        assert np.array_equal(decoded(made.original).pixels, picture.pixels)

    def test_the_best_attempt_is_shown_where_nothing_reaches_the_target(self):
        picture = Picture(colour_confetti())
        *_, answer = encode(picture, format="jpeg:turbo", chroma_subsampling="4:2:0", satisfied=0.95)
        assert isinstance(answer, NotFound) and answer.best is not None
        made = report_entry(picture, answer, Path("a.png"), VIEWING)
        assert made.chosen == answer.best and len(made.result.data) == answer.best.size_bytes

    def test_what_browsers_cannot_show_is_decoded_and_the_page_says_so(self, tmp_path, monkeypatch):
        monkeypatch.delitem(MEDIA_TYPES, "avif")
        *_, answer = encode(Picture(photograph()), format="avif")
        assert isinstance(answer, Found)
        made = report_entry(Picture(photograph()), answer, Path("a.png"), VIEWING)
        assert made.result.is_copy
        assert np.array_equal(decoded(made.result).pixels, read_picture(answer.result.data).pixels)
        assert "Browsers cannot show this format" in page(tmp_path, (record(), made)).text

    def test_a_codec_that_cannot_hold_the_picture_leaves_a_thumbnail(self):
        answer = NotFound("jpeg", "left out: transparency", None, ())
        made = report_entry(transparent(), answer, Path("a.png"), VIEWING)
        assert made.result is None and made.original is None and made.thumbnail

    @pytest.mark.parametrize("shape", [(1, 1), (1, 900), (700, 3), (300, 300)])
    def test_thumbnails_are_small_whatever_the_picture(self, shape):
        noise = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
        answer = NotFound("jpeg", "", None, ())
        made = report_entry(Picture(noise), answer, Path("a.png"), VIEWING)
        assert len(made.thumbnail) <= THUMBNAIL_MAX_BYTES
        assert max(Image.open(io.BytesIO(made.thumbnail)).size) <= 160


class TestTheHeatPicture:
    def codes(self, picture):
        return np.asarray(Image.open(io.BytesIO(picture.data)).convert("L"))

    def test_values_survive_to_half_a_step(self):
        values = np.linspace(0, SCALE_TOP_JOD, 300, dtype=np.float32).reshape(15, 20)
        back = self.codes(heat_picture(values)) / TOP_CODE * SCALE_TOP_JOD
        assert np.abs(back - values).max() <= SCALE_TOP_JOD / 63 / 2 + 1e-6

    def test_what_is_beyond_the_scale_has_the_last_colour_and_its_number_is_kept(self):
        made = heat_picture(np.full((4, 4), 5.5, np.float32))
        assert (self.codes(made) == TOP_CODE).all() and made.peak_jod == 5.5

    @pytest.mark.parametrize("shape", [(513, 40), (40, 1025), (1100, 1300)])
    def test_a_small_spot_of_a_large_picture_is_not_averaged_away(self, shape):
        values = np.zeros(shape, np.float32)
        values[shape[0] - 1, shape[1] - 1] = 1.0
        made = heat_picture(values)
        codes = self.codes(made)
        assert max(codes.shape) <= MAX_SIDE
        assert codes.shape == tuple(-(-side // made.block) for side in shape)
        assert codes[-1, -1] == 128 or abs(int(codes[-1, -1]) - TOP_CODE // 2) <= 4
        assert (codes > 0).sum() == 1

    def test_colours_get_lighter_all_the_way(self):
        channels = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in COLOUR_STOPS]) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
        assert (np.diff(luminance) > 0).all()


def attempt(quality: int, satisfied: float, codec: str = "jpeg", chroma: str | None = "4:2:0") -> Attempt:
    return Attempt(
        codec=codec,
        distortion_level=100 - quality,
        setting={"quality": quality},
        chroma_subsampling=chroma,
        size_bytes=100 * quality,
        jod=9.5,
        notice=0.5,
        satisfied=satisfied,
        worst_window_jod=9.4,
        worst_window=(0, 0, 10, 10),
        meets_target=satisfied >= 0.75,
        encode_seconds=0.1,
        look_seconds=0.1,
    )


class TestTheCurve:
    def test_one_chart_per_codec_one_point_per_trial(self):
        trials = [attempt(80, 0.7), attempt(85, 0.8), attempt(60, 0.76, codec="avif")]
        svg = curves(trials, trials[1], 0.75)
        assert svg.count("<svg") == 2
        assert svg.count('class="point met') == 2 and svg.count('class="point missed') == 1
        assert svg.count('class="ring"') == 1 and svg.count('class="target"') == 2

    def test_better_quality_is_to_the_right_and_more_people_are_higher(self):
        svg = curves([attempt(90, 0.9), attempt(70, 0.5)], None, 0.75)
        (points,) = re.findall(r'points="([\d., ]+)"', svg)
        (x1, y1), (x2, y2) = [map(float, point.split(",")) for point in points.split()]
        assert x1 < x2 and y1 > y2

    def test_points_lie_inside_the_chart(self):
        svg = curves([attempt(q, q / 100) for q in (0, 50, 100)], None, 0.75)
        for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg):
            assert 0 < float(x) < 320 and 0 < float(y) < 190

    def test_chroma_subsamplings_are_told_apart(self):
        svg = curves([attempt(95, 0.5), attempt(90, 0.8, chroma="4:4:4")], None, 0.75)
        assert svg.count("s1") == 1 and svg.count("<rect") == 1

    def test_one_trial_and_none(self):
        assert curves([], None, 0.75) == ""
        assert "nan" not in curves([attempt(80, 0.7)], None, 0.75)


class TestTheBatch:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "in").mkdir()
        Image.fromarray(photograph()).save(tmp_path / "in/a.png")
        exif = Image.Exif()
        exif[0x010F] = "camera with a serial number"
        Image.fromarray(photograph()).save(tmp_path / "in/small.jpg", quality=15, exif=exif)
        (tmp_path / "in/torn.png").write_bytes(b"no picture")
        return tmp_path

    @pytest.mark.parametrize("workers", [1, 2])
    def test_every_file_is_in_the_report_and_the_outputs_are_the_same(self, folder, workers):
        jobs = plan([folder / "in"], folder / "out").jobs
        list(run(jobs, REQUEST, folder / "out", workers=workers))
        before = {path.name: path.read_bytes() for path in (folder / "out").glob("*.jpg")}
        writer = ReportWriter(folder / "deep/er/report.html", CRITERION)
        records = list(run(jobs, REQUEST, folder / "out", workers=workers, report=writer))
        writer.close()
        assert {path.name: path.read_bytes() for path in (folder / "out").glob("*.jpg")} == before
        parsed = Page((folder / "deep/er/report.html").read_text("utf-8"))
        rows = {Path(row["data-name"]).name: row for row in parsed.rows}
        assert {name: row["data-status"] for name, row in rows.items()} == {
            "a.png": "encoded",
            "small.jpg": "kept",
            "torn.png": "failed",
        }
        a = rows["a.png"]
        assert parsed.bytes_of(f"r{a['data-n']}") == before["a.jpg"]
        assert b"camera with a serial" not in parsed.bytes_of(f"r{rows['small.jpg']['data-n']}")
        assert parsed.bytes_of(f"r{rows['small.jpg']['data-n']}") == before["small.jpg"]
        (record_of_a,) = [r for r in records if r.source.endswith("a.png")]
        assert a["data-window"] == ",".join(map(str, record_of_a.worst_window))
        assert "data-original" not in rows["small.jpg"] and "data-result" not in rows["torn.png"]

    def test_a_report_that_cannot_be_prepared_costs_no_picture(self, folder, monkeypatch):
        from jnd.search import one_file

        def fails(*arguments: object, **options: object) -> None:
            raise MemoryError

        monkeypatch.setattr(one_file, "report_entry", fails)
        (job,) = plan([folder / "in/a.png"], folder / "out").jobs
        writer = ReportWriter(folder / "report.html", CRITERION)
        (made,) = run((job,), REQUEST, job.stem.parent, workers=1, report=writer)
        writer.close()
        assert made.status == "encoded"
        assert "could not be prepared" in (folder / "report.html").read_text("utf-8")
