import numpy as np
import pytest
from PIL import Image

from jnd.camera.metadata import camera_claim, same_camera
from jnd.datasets.camera_pictures import CAMERA_LAYOUTS, counts, load_camera_pictures, renamed
from jnd.errors import UnknownNameError, UnusableDatasetError


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def shown(pictures):
    return [(p.path.name, p.brand, p.model, p.device, p.scene, p.kind) for p in pictures]


def test_dresden(tmp_path):
    touch(
        tmp_path,
        "natural/Nikon_D70_0_19593.JPG",
        "natural/Sony_DSC-H50_1_47000.JPG",
        "flat/Nikon_D70_0_19929.JPG",
        "readme.jpg",
    )
    (tmp_path / "dresden.csv").write_text("filename,position\nNikon_D70_0_19593.JPG,17\n")
    assert shown(load_camera_pictures(tmp_path, "dresden")) == [
        ("Nikon_D70_0_19929.JPG", "Nikon", "Nikon D70", "Nikon D70 0", None, "flat"),
        ("Nikon_D70_0_19593.JPG", "Nikon", "Nikon D70", "Nikon D70 0", "17", "natural"),
        ("Sony_DSC-H50_1_47000.JPG", "Sony", "Sony DSC-H50", "Sony DSC-H50 1", None, "natural"),
    ]


def test_vision(tmp_path):
    top = "D01_Samsung_GalaxyS3Mini/images"
    touch(
        tmp_path,
        f"{top}/flat/D01_I_flat_0001.jpg",
        f"{top}/nat/D01_I_nat_0001.jpg",
        f"{top}/natWA/D01_I_natWA_0001.jpg",
    )
    found = load_camera_pictures(tmp_path, "vision")
    assert {p.kind for p in found} == {"flat", "natural", "natWA"}
    assert {p.device for p in found} == {"Samsung GalaxyS3Mini D01"}
    scenes = {p.kind: p.scene for p in found}
    assert scenes["natural"] == scenes["natWA"] != scenes["flat"]


def test_miche(tmp_path):
    touch(tmp_path, "002_IP5_IN_F_LI_01_1.jpg", "003_GS4_OU_R_RI_02_3.jpg", "other.jpg")
    found = load_camera_pictures(tmp_path, "miche")
    assert [(p.model, p.scene) for p in found] == [
        ("Apple iPhone 5 front", "002"),
        ("Samsung Galaxy S4 rear", "003"),
    ]


def test_forchheim(tmp_path):
    touch(
        tmp_path, "D01_Motorola_E3/orig/D01_img_orig_0001.jpg", "D01_Motorola_E3/facebook/D01_img_facebook_0001.jpg",
        "D02_LG_Optimus_L50/orig/D02_img_orig_0001.jpg",
    )  # fmt: skip
    found = load_camera_pictures(tmp_path, "forchheim")
    assert {p.scene for p in found} == {"0001"}
    assert sorted((p.model, p.kind) for p in found) == [
        ("LG Optimus_L50", "natural"), ("Motorola E3", "facebook"), ("Motorola E3", "natural"),
    ]  # fmt: skip


def test_sp_cup(tmp_path):
    touch(
        tmp_path, "train/HTC-1-M7/(HTC-1-M7)1.jpg", "train/HTC-1-M7/(HTC-1-M7)2_manip.jpg", "test/img_000.jpg"
    )
    found = load_camera_pictures(tmp_path, "sp-cup")
    assert [(p.brand, p.model, p.kind) for p in found] == [
        ("HTC", "HTC 1-M7", "natural"),
        ("HTC", "HTC 1-M7", "manipulated"),
    ]


class TestFolder:
    def save(self, path, make="", model="", serial=""):
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (16, 16, 3)).astype(np.uint8))
        exif = image.getexif()
        if make:
            exif[0x010F], exif[0x0110] = make, model
        if serial:
            exif.get_ifd(0x8769)[0xA431] = serial
        image.save(path, exif=exif)

    def test_brand_model_device_and_scene_by_folders(self, tmp_path):
        self.save(tmp_path / "Able/One/0/scene-gate/a.jpg")
        (found,) = load_camera_pictures(tmp_path)
        assert (found.brand, found.model, found.device, found.scene) == (
            "Able",
            "Able One",
            "Able One 0",
            "gate",
        )

    def test_exif_where_the_folders_say_nothing(self, tmp_path):
        self.save(tmp_path / "a.jpg", "NIKON CORPORATION", "NIKON D70", "123")
        (found,) = load_camera_pictures(tmp_path)
        assert (found.model, found.device) == ("NIKON D70", "NIKON D70 123")

    def test_neither(self, tmp_path):
        self.save(tmp_path / "a.jpg")
        (found,) = load_camera_pictures(tmp_path)
        assert found.model == "unknown"

    def test_flat_fields(self, tmp_path):
        self.save(tmp_path / "Able/flat/a.jpg")
        assert load_camera_pictures(tmp_path)[0].kind == "flat"


class TestErrors:
    def test_an_unknown_layout(self, tmp_path):
        with pytest.raises(UnknownNameError, match="dresden"):
            load_camera_pictures(tmp_path, "dresdn")

    @pytest.mark.parametrize("layout", CAMERA_LAYOUTS)
    def test_nothing_there(self, tmp_path, layout):
        with pytest.raises(UnusableDatasetError, match="holds no pictures in the layout"):
            load_camera_pictures(tmp_path, layout)
        with pytest.raises(UnusableDatasetError, match="is no folder"):
            load_camera_pictures(tmp_path / "none", layout)


def test_merging_keeps_the_device(tmp_path):
    touch(tmp_path, "Nikon_D70s_0_1.JPG", "Nikon_D70_0_2.JPG")
    found = [renamed(p, {"Nikon D70s": "Nikon D70"}) for p in load_camera_pictures(tmp_path, "dresden")]
    assert {p.model for p in found} == {"Nikon D70"}
    assert counts(found) == {"Nikon D70 0": 1, "Nikon D70s 0": 1}


class TestClaims:
    def test_what_a_file_claims(self, tmp_path):
        TestFolder().save(tmp_path / "a.jpg", "NIKON CORPORATION", "NIKON D70", "77")
        claim = camera_claim(tmp_path / "a.jpg")
        assert (claim.camera, claim.serial, claim.width) == ("NIKON D70", "77", 16)
        assert claim.jpeg["tables"] == 2

    def test_a_file_without_claims(self, tmp_path):
        Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
        claim = camera_claim(tmp_path / "a.png")
        assert (claim.camera, claim.jpeg) == ("", None)

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [("NIKON D70", "Nikon_D70", True), ("NIKON D70s", "Nikon D70", False), ("", "Nikon D70", None), ("Canon Ixus", "Nikon", False)],
    )  # fmt: skip
    def test_names_of_one_camera(self, one, other, same):
        assert same_camera(one, other) is same
