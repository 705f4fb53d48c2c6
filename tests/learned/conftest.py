from pathlib import Path

import pytest
import torch

from .labelled_pictures import write_labels, write_pictures

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def labels(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("labels")
    return write_labels(folder / "labels.parquet", write_pictures(folder / "pictures"))
