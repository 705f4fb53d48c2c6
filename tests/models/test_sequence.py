"""Maps of frame sequences."""

import numpy as np
import pytest
from skimage import data

from jnd.errors import UnknownNameError
from jnd.models import JND_MODELS, jnd_map
from jnd.models.sequence import INTERFRAME_MODELS, MOTION_MODELS, jnd_maps

FRAMES = [np.ascontiguousarray(data.camera()[100:180, start : start + 96]) for start in (100, 103, 106)]


@pytest.mark.parametrize(
    "model", [name for name in JND_MODELS if name not in MOTION_MODELS | INTERFRAME_MODELS]
)
def test_models_of_pictures_take_each_frame_by_itself(model):
    maps = list(jnd_maps(FRAMES[:2], model=model))
    assert np.array_equal(maps[1], jnd_map(FRAMES[1], model=model))


@pytest.mark.parametrize("model", sorted(MOTION_MODELS))
def test_models_of_motion_use_the_frame_before(model):
    maps = list(jnd_maps(FRAMES, model=model, frames_per_second=60))
    assert np.array_equal(maps[0], jnd_map(FRAMES[0], model=model))
    expected = jnd_map(FRAMES[2], model=model, previous=FRAMES[1], frames_per_second=60)
    assert np.array_equal(maps[2], expected)


@pytest.mark.skipif("yang2005" not in JND_MODELS, reason="yang2005 is not there")
def test_yang2005_is_scaled_by_the_change_of_luminance():
    first, second = np.full((32, 32), 200, np.uint8), np.full((32, 32), 20, np.uint8)
    maps = list(jnd_maps([first, second, second], model="yang2005"))
    spatial = jnd_map(second, model="yang2005")
    assert np.allclose(maps[1] / spatial, 0.8 + 4 * np.exp(-0.15 / (2 * np.pi) * (255 - 180)))
    assert np.allclose(maps[2] / spatial, 0.8 + 4 * np.exp(-0.15 / (2 * np.pi) * 255))


def test_frames_are_read_one_at_a_time():
    taken = []

    def frames():
        for frame in FRAMES:
            taken.append(1)
            yield frame

    maps = jnd_maps(frames(), model="chou1995")
    next(maps)
    assert len(taken) == 1


def test_another_size_and_another_name_are_refused():
    with pytest.raises(ValueError, match="frame 2"):
        list(jnd_maps([FRAMES[0], FRAMES[0][:-1]], model="chou1995"))
    with pytest.raises(UnknownNameError):
        next(jnd_maps(FRAMES, model="chou1996"))
