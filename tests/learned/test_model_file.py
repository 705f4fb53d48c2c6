import subprocess
import sys
from importlib.resources import files

import pytest

from jnd.errors import ModelFileError
from jnd.learned.model_file import default_model, read_model, verified, with_checksum


@pytest.fixture
def default_file(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(files("jnd.learned").joinpath("default.onnx").read_bytes())
    return path


def test_the_default_model_is_small_and_says_what_it_is():
    content = files("jnd.learned").joinpath("default.onnx").read_bytes()
    assert len(content) < 8_000_000
    about = default_model().metadata
    assert about["kind"] == "curves"
    assert {"licence", "provenance", "recipe", "bases", "labels"} <= about.keys()
    assert "CID22" not in str(about["labels"])


@pytest.mark.parametrize("place", [100, -100, -10])
def test_a_changed_file_is_refused(default_file, place):
    content = bytearray(default_file.read_bytes())
    content[place] ^= 1
    default_file.write_bytes(content)
    with pytest.raises(ModelFileError, match="checksum"):
        read_model(default_file)


def test_a_file_cut_short_an_empty_one_and_none(default_file, tmp_path):
    default_file.write_bytes(default_file.read_bytes()[:-1])
    with pytest.raises(ModelFileError, match="no checksum"):
        read_model(default_file)
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(ModelFileError, match="no checksum"):
        read_model(tmp_path / "empty")
    with pytest.raises(ModelFileError, match="cannot read"):
        read_model(tmp_path / "none")


def test_what_is_no_onnx_is_refused_though_its_checksum_is_right(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(with_checksum(b"not a model"))
    with pytest.raises(ModelFileError, match="cannot be run"):
        read_model(path)


def test_other_programs_read_the_file_and_see_the_checksum(default_file):
    onnx = pytest.importorskip("onnx")
    model = onnx.load(default_file)
    onnx.checker.check_model(model)
    assert {entry.key for entry in model.metadata_props} == {"jnd", "sha256"}
    assert verified(default_file.read_bytes(), "model")


def test_prediction_never_imports_torch():
    code = (
        "import sys, numpy as np\n"
        "from jnd.learned.predictor import Predictor\n"
        "Predictor().predict(np.zeros((70, 70, 3), np.uint8))\n"
        "assert 'onnxruntime' in sys.modules\n"
        "assert not {'torch', 'onnx', 'pyarrow'} & set(sys.modules), 'a training library was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
