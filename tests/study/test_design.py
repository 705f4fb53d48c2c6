import subprocess
import sys

import pytest

from jnd.errors import ConfigurationError
from jnd.study.design import PRESETS, USUAL, design_from, read_design
from jnd.study.design.records import METHODS, SECTIONS
from jnd.study.design.template import toml_of
from jnd.study.frames import NOMINAL_RATES, frames_per_phase, nominal_rate, real_phase_ms


def minimal(**tables):
    return {"study": {"name": "a", "method": "flicker"}, **tables}


@pytest.mark.parametrize("method", METHODS)
def test_the_file_that_init_writes_reads_back_to_the_same_design(tmp_path, method):
    design = design_from({"study": {"name": "a", "method": method, "preset": USUAL[method]}})
    (tmp_path / "study.toml").write_text(toml_of(design), "utf-8")
    assert read_design(tmp_path) == design
    assert read_design(tmp_path).sha256 == design.sha256


def test_every_key_of_the_file_is_explained_or_plain():
    text = toml_of(design_from(minimal()))
    assert "One phase of flicker" in text
    assert all(f"[{section}]" in text for section in SECTIONS)


class TestPresets:
    @pytest.mark.parametrize("name", PRESETS)
    def test_each_is_a_design_and_none_is_called_verified(self, name):
        preset = PRESETS[name]
        design = design_from({"study": {"name": "a", "method": preset.method, "preset": name}})
        assert not design.study.verified
        assert "conform" not in preset.follows

    def test_what_the_file_says_wins(self):
        design = design_from(
            minimal(display={"phase_ms": 50.0}) | {"study": {**minimal()["study"], "preset": "hs2014"}}
        )
        assert design.display.phase_ms == 50
        assert design.study.question == "still"

    def test_hoffman_and_stolitzka_ask_for_the_still_side_at_their_display(self):
        design = design_from({"study": {"name": "a", "method": "flicker", "preset": "hs2014"}})
        assert (design.study.question, design.viewing.conditions) == ("still", "hoffman2014")
        assert frames_per_phase(design.display.phase_ms, 60) == 8


BROKEN = [
    ("[study]\nname = 'a'\nmethod = 'flicer'\n", 'line 3: study.method cannot be "flicer"; did you mean "flicker"?'),
    ("[study]\nname = 'a'\nmethod = 'acr'\n\n[trials]\nper_pictur = 3\n", 'line 6: [trials] has no key "per_pictur"; did you mean "per_picture"?'),
    ("[study]\nname = 'A B'\nmethod = 'acr'\n", "line 2: study.name must be small letters"),
    ("[study]\nname = 'a'\nmethod = 'acr'\n[stimuli]\nlevels = [3, 2]\n", "line 5: stimuli.levels must rise"),
    ("[study]\nname = 'a'\nmethod = 'acr'\n[stimuli]\nlevels = [0, 2]\n", "line 5: stimuli.levels must be above 0"),
    ("[study]\nname = 'a'\nmethod = 'acr'\n[display]\nphase_ms = 'fast'\n", "line 5: display.phase_ms must be of type float"),
    ("[study]\nname = 'a'\nmethod = 'acr'\n[trials]\ncatch_share = 2.0\n", "line 5: trials.catch_share must be from 0 to 1"),
    ("[study]\nname = 'a'\nmethod = 'flicker'\n[trials]\nscope = 'collective'\nadaptive = 'staircase'\n", "line 5: trials.scope"),
    ("[study]\nname = 'a'\nmethod = 'acr'\n[displays]\n", 'has no key "displays"; did you mean "display"?'),
    ("[study]\nname = 'a'\n", "line 1: [study] lacks"),
    ("name = 'a'\n", 'the study has no key "name"'),
    ("[study\n", "is not TOML"),
    ("[study]\nname = 'a'\nmethod = 'acr'\npreset = 'iso'\n", "line 4: study.preset"),
    ("[study]\nname = 'a'\nmethod = 'acr'\n[exclusion]\ncatch_minimum = 7.0\n", "line 5: exclusion.catch_minimum"),
]  # fmt: skip


class TestBadInput:
    @pytest.mark.parametrize(("text", "why"), BROKEN)
    def test_what_is_wrong_is_said_with_its_line_and_key(self, tmp_path, text, why):
        (tmp_path / "study.toml").write_text(text, "utf-8")
        with pytest.raises(ConfigurationError) as error:
            read_design(tmp_path)
        assert why in str(error.value)

    def test_no_study(self, tmp_path):
        with pytest.raises(ConfigurationError, match="jnd study init makes a study"):
            read_design(tmp_path)

    def test_a_file_that_is_not_text(self, tmp_path):
        (tmp_path / "study.toml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ConfigurationError, match="UTF-8"):
            read_design(tmp_path)


class TestFrames:
    def test_phases_are_whole_frames_nearest_to_what_was_asked_for(self):
        # The table of the specification: frames per phase for 8 and 10 phases per second.
        eight = dict(zip((60, 75, 90, 120, 144, 240), (8, 9, 11, 15, 18, 30), strict=True))
        ten = dict(zip((60, 75, 90, 120, 144, 240), (6, 8, 9, 12, 14, 24), strict=True))
        assert {rate: frames_per_phase(125, rate) for rate in eight} == eight
        assert {rate: frames_per_phase(100, rate) for rate in ten} == ten

    def test_a_measured_rate_is_taken_as_the_nearest_usual_one(self):
        assert [nominal_rate(hz) for hz in (59.88, 61.2, 74.97, 143.9, 239.7)] == [60, 60, 75, 144, 240]

    @pytest.mark.parametrize("rate", NOMINAL_RATES)
    def test_what_is_shown_is_within_half_a_frame(self, rate):
        for phase in (50.0, 100.0, 125.0, 133.3, 500.0):
            assert abs(real_phase_ms(phase, rate) - phase) <= 500 / rate + 1e-9


def test_check_names_the_file_and_line_and_ends_with_1(tmp_path):
    (tmp_path / "study.toml").write_text("[study]\nname = 'a'\nmethod = 'flicer'\n", "utf-8")
    found = subprocess.run(
        [sys.executable, "-m", "jnd", "study", "check", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "study.toml, line 3" in found.stderr
