"""Each method from consent to completion, by simulated observers in Chromium."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from jnd.study.server import searches
from jnd.study.stimuli.manifest import asset_path

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("flicker", {"trials": {"adaptive": "constant_stimuli"}, "study": {"question": "still"}}),
        ("flicker-slider", {"trials": {"per_picture": 2}}),
        ("side-by-side", {"trials": {"adaptive": "bisection", "per_picture": 5}}),
        ("same-different", {}),
        ("acr", {}),
        ("dcr", {}),
        ("quality-ruler", {"rulers": 6, "levels": 2}),
        ("btc", {"trials": {"per_picture": 3, "not_sure": True}}),
        ("ptc", {"trials": {"per_picture": 2}, "display": {"toggle_hold_ms": 50.0}}),
        ("pan", {"trials": {"adaptive": "constant_stimuli"}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_from_consent_to_completion(seat, method, options):
    person = seat(method, crowd={"completion_code": "JND-DONE-7"}, **options)
    person.reach_trials()
    seen = person.finish()
    main = [trial for trial in person.rows() if trial["stage"] == "main" and trial["state"] == "answered"]
    assert len(main) >= 2
    assert len(person.answers()) == len(seen)
    assert person.page.locator(".code").inner_text() == "JND-DONE-7"
    assert person.session()["state"] == "done"
    assert person.trouble == []
    for answer in person.answers():
        assert answer["timing"]["frames"] > 0
        assert answer["telemetry"]["device_pixels_exact"]
        assert answer["telemetry"]["ppd_image"] > 1


def test_a_search_comes_back_to_the_observers_threshold(seat):
    person = seat(
        levels=12,
        person={"threshold": 5.0},
        trials={"adaptive": "quest_plus", "per_picture": 36, "practice_trials": 1, "easy_every": 10},
    )
    context = person.server.context
    context.new_seed = lambda: 20
    person.reach_trials()
    person.finish()
    assert len(person.answers()) == 37
    with context.store.writing() as connection:
        series = next(iter(context.manifest.series))
        _, search = searches.current(connection, context, person.session()["id"], series)
    low, high = search.state.interval()
    assert low <= 5.0 <= high
    assert high - low < 6.0


def test_a_pixel_of_the_picture_is_whole_pixels_of_the_display(seat):
    """Also where a CSS pixel is not a device pixel."""
    person = seat("acr", person={"size": (1000, 700), "device_scale_factor": 1.5})
    person.reach_trials()
    trial = person.trial()
    url, *around = person.page.evaluate(
        """() => {
            const canvas = document.querySelector("canvas");
            const box = canvas.getBoundingClientRect();
            return [canvas.toDataURL("image/png"), box.left, box.top, box.width * devicePixelRatio, box.height * devicePixelRatio];
        }"""
    )
    drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB"))
    assert around == [0, 0, drawn.shape[1], drawn.shape[0]], "a canvas pixel is a device pixel"
    context = person.server.context
    picture = np.asarray(Image.open(asset_path(context.folder, trial["assets"]["picture"])).convert("RGB"))
    expected = picture.repeat(4, axis=0).repeat(4, axis=1)
    rows, columns = np.nonzero((drawn != 0x77).any(axis=-1))
    shown = drawn[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert np.array_equal(shown, expected)
