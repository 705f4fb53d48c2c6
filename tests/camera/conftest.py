import pytest

from jnd.camera.prnu.fingerprint import estimate_fingerprint

from .synthetic_sensors import write_flats


@pytest.fixture(scope="session")
def flats(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flats")
    return {name: write_flats(folder, name, seed) for name, seed in (("ours", 1), ("other", 2))}


@pytest.fixture(scope="session")
def fingerprints(flats):
    return {name: estimate_fingerprint(paths, label=name) for name, paths in flats.items()}
