"""The pytest plug-in, in runs of pytest of its own."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

import jnd

pytest_plugins = ["pytester"]

TEST = """
import io
import numpy as np
from PIL import Image

PIXELS = np.asarray(Image.open("made.png"))

def test_page(assert_imperceptible):
    assert_imperceptible({actual}, "baselines/page.png")
"""
FORMS = {
    "path": '"made.png"',
    "array": "PIXELS",
    "pil": "Image.fromarray(PIXELS)",
    "bytes": 'open("made.png", "rb").read()',
}
PICTURE = np.ascontiguousarray(data.coffee()[40:140, 100:220])


def spotted():
    pixels = PICTURE.copy()
    pixels[40:50, 60:72] = 255 - pixels[40:50, 60:72]
    return pixels


@pytest.fixture
def project(pytester, monkeypatch):
    (pytester.path / "baselines").mkdir()
    Image.fromarray(PICTURE).save(pytester.path / "made.png")
    Image.fromarray(PICTURE).save(pytester.path / "baselines/page.png")

    def run(*options, actual='"made.png"'):
        pytester.makepyfile(test_pages=TEST.format(actual=actual))
        return pytester.runpytest_inprocess(
            "-p", "jnd.pytest_plugin", "-p", "no:cacheprovider", "-W", "ignore", *options
        )

    run.path = pytester.path
    return run


@pytest.mark.parametrize("form", FORMS)
def test_what_nobody_can_tell_passes_whatever_form_it_has(project, form):
    Image.fromarray(PICTURE ^ 1).save(project.path / "made.png")
    project(actual=FORMS[form]).assert_outcomes(passed=1)
    assert not (project.path / "jnd-differences").exists()


def test_a_failure_says_what_is_seen_and_shows_it(project):
    Image.fromarray(spotted()).save(project.path / "made.png")
    result = project()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*people would see the difference*",
            "*120 pixels changed*",
            "*at 60, 40 (12 × 10)*",
            "*jnd-differences*test_pages.py-test_page.png*",
        ]
    )
    (picture,) = (project.path / "jnd-differences").iterdir()
    shown = np.asarray(Image.open(picture))
    assert shown.shape[1] > 3 * PICTURE.shape[1]
    assert project("--jnd-output", str(project.path / "elsewhere")).ret == 1
    assert list((project.path / "elsewhere").glob("*.png"))


def test_a_missing_baseline_fails_and_is_written_on_request(project):
    (project.path / "baselines/page.png").unlink()
    result = project()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*--jnd-update*"])
    project("--jnd-update").assert_outcomes(passed=1)
    assert np.array_equal(np.asarray(Image.open(project.path / "baselines/page.png")), PICTURE)


def test_update_writes_what_is_visibly_different_and_nothing_else(project):
    baseline = project.path / "baselines/page.png"
    Image.fromarray(PICTURE ^ 1).save(project.path / "made.png")
    before = baseline.read_bytes()
    project("--jnd-update").assert_outcomes(passed=1)
    assert baseline.read_bytes() == before
    Image.fromarray(spotted()).save(project.path / "made.png")
    project("--jnd-update").assert_outcomes(passed=1)
    assert np.array_equal(np.asarray(Image.open(baseline)), spotted())
    project().assert_outcomes(passed=1)


def test_another_size_fails_in_the_words_of_tests(project):
    Image.fromarray(PICTURE[:80]).save(project.path / "made.png")
    result = project()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*expected is 120 × 100, actual 120 × 80*"])
    project("--jnd-update").assert_outcomes(passed=1)


def test_a_baseline_with_loss_is_refused(tmp_path):
    from jnd.difference import assert_imperceptible

    with pytest.raises(ValueError, match=r"must be written without loss: name it page\.png"):
        assert_imperceptible(PICTURE, tmp_path / "page.jpg", update=True)


def test_the_plugin_loads_nothing_heavy(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(jnd.__file__).parents[1]))
    pytester.makepyfile(
        "import sys\ndef test_light(): assert not {'cv2', 'scipy', 'jnd.difference.comparison'} & set(sys.modules)"
    )
    pytester.runpytest_subprocess("-p", "jnd.pytest_plugin", "-W", "ignore").assert_outcomes(passed=1)
