"""Folders of frames and .y4m files."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from jnd.errors import UnreadablePictureError
from jnd.frames import frame_files, read_y4m, write_y4m


def y4m(path, header="YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420jpeg", frames=((0, 128),), sample=np.uint8):
    """A file with one luma and one chroma value per frame."""
    data = header.encode() + b"\n"
    for luma, chroma in frames:
        data += b"FRAME\n" + np.full(8, luma, sample).tobytes() + np.full(4, chroma, sample).tobytes()
    path.write_bytes(data)
    return path


def test_video_range_is_stretched_to_grey_levels(tmp_path):
    frames = list(read_y4m(y4m(tmp_path / "a.y4m", frames=((16, 128), (235, 128), (126, 128), (250, 128)))))
    assert [float(frame.luma[0, 0]) for frame in frames] == pytest.approx([0, 255, 110 * 255 / 219, 255])
    assert frames[0].luma.shape == (2, 4)
    assert frames[0].luma.dtype == np.float32
    assert frames[0].header.frames_per_second == Fraction(25)


def test_full_range_is_taken_as_it_is(tmp_path):
    path = y4m(tmp_path / "a.y4m", "YUV4MPEG2 W4 H2 F25:1 C420 XCOLORRANGE=FULL", ((250, 128),))
    assert float(next(read_y4m(path)).luma[1, 3]) == 250


def test_ten_bits_keep_their_fractions(tmp_path):
    path = y4m(tmp_path / "a.y4m", "YUV4MPEG2 W4 H2 F25:1 C420p10", ((65, 512),), np.dtype("<u2"))
    assert float(next(read_y4m(path)).luma[0, 0]) == pytest.approx(255 / 876)


@pytest.mark.parametrize(
    ("chroma", "samples"), [("420", 4), ("422", 8), ("444", 16), ("mono", 0), ("411", 4), ("420mpeg2", 4)]
)
def test_chroma_formats(tmp_path, chroma, samples):
    path = tmp_path / "a.y4m"
    path.write_bytes(f"YUV4MPEG2 W4 H2 F25:1 C{chroma}\n".encode() + b"FRAME\n" + bytes(8 + samples))
    assert len(next(read_y4m(path)).chroma) == samples


def test_what_is_written_is_what_was_read(tmp_path):
    for frames in (((16, 90), (100, 128)), ((0, 0), (255, 255))):
        path = y4m(tmp_path / "a.y4m", "YUV4MPEG2 W4 H2 F25:1 C420 XCOLORRANGE=FULL", frames)
        assert write_y4m(read_y4m(path), tmp_path / "b.y4m") == 2
        assert (tmp_path / "b.y4m").read_bytes() == path.read_bytes()


def test_changed_luma_is_written_in_the_files_range(tmp_path):
    path = y4m(tmp_path / "a.y4m", frames=((16, 128),))
    frame = next(read_y4m(path))
    write_y4m([replace(frame, luma=np.full((2, 4), 255, np.float32))], tmp_path / "b.y4m")
    assert (tmp_path / "b.y4m").read_bytes()[-12:] == bytes([235] * 8 + [128] * 4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no YUV4MPEG2"),
        (b"RIFF....AVI ", "no YUV4MPEG2"),
        (b"YUV4MPEG2 W4 H2", "no YUV4MPEG2"),
        (b"YUV4MPEG2 W0 H2\n", "W of its header"),
        (b"YUV4MPEG2 W4\n", "H of its header"),
        (b"YUV4MPEG2 W4 H-2\n", "H of its header"),
        (b"YUV4MPEG2 W99999 H2\n", "W of its header"),
        (b"YUV4MPEG2 W4 H2 C444alpha\n", "chroma format"),
        (b"YUV4MPEG2 W4 H2\n", "no frames"),
        (b"YUV4MPEG2 W4 H2\nFRAME\n" + bytes(5), "ends in frame 1"),
        (b"YUV4MPEG2 W4 H2\nFRAME\n" + bytes(12) + b"XRAME\n" + bytes(12), "frame 2 does not begin"),
    ],
)
def test_damaged_files_say_what_is_wrong(tmp_path, content, words):
    path = tmp_path / "a.y4m"
    path.write_bytes(content)
    with pytest.raises(UnreadablePictureError, match=words):
        list(read_y4m(path))


def test_nothing_is_left_of_a_file_that_failed(tmp_path):
    path = y4m(tmp_path / "a.y4m")
    frame = next(read_y4m(path))
    other = replace(frame, header=replace(frame.header, line=b"YUV4MPEG2 W8 H1"))
    with pytest.raises(ValueError, match="another header"):
        write_y4m([frame, other], tmp_path / "b.y4m")
    with pytest.raises(ValueError, match="no frames"):
        write_y4m([], tmp_path / "b.y4m")
    assert [file.name for file in tmp_path.iterdir()] == ["a.y4m"]


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(UnreadablePictureError, match="cannot be opened"):
        list(read_y4m(tmp_path / "no.y4m"))
    with pytest.raises(UnreadablePictureError, match="no folder"):
        frame_files(tmp_path / "no")
    with pytest.raises(UnreadablePictureError, match="no pictures"):
        frame_files(tmp_path)


def test_frames_are_in_the_order_of_their_numbers(tmp_path):
    for name in ("f10.png", "f2.png", "f1.PNG", "f3.jxl", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in frame_files(tmp_path)] == ["f1.PNG", "f2.png", "f3.jxl", "f10.png"]
