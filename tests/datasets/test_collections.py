"""Loaders of data sets with pictures, on miniature copies in each documented layout."""

import json

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat
from typer.testing import CliRunner

from jnd.cli import app
from jnd.codecs import codec
from jnd.datasets.camera_pictures import CAMERA_LAYOUTS
from jnd.datasets.catalogue import DATASETS, ROOT_VARIABLE, find_dataset, load_dataset
from jnd.datasets.splits import folds_of, split
from jnd.errors import UnknownNameError, UnusableDatasetError

run = CliRunner().invoke


def picture(path, size=(16, 16), seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture(scope="session")
def a_jpeg(tmp_path_factory):
    """Bytes of one small picture, to copy where a hundred are needed."""
    return picture(tmp_path_factory.mktemp("jpeg") / "a.jpg").read_bytes()


@pytest.fixture
def mcl_jci(tmp_path, a_jpeg):
    root = tmp_path / "MCL-JCI"
    for source in (1, 2, 3):
        picture(root / "source_images" / "[BMP]" / f"ImageJND_SRC{source:02d}.bmp", seed=source)
        folder = root / "distorted_image" / f"ImageJND_SRC{source:02d}"
        folder.mkdir(parents=True)
        for quality in range(1, 101):
            (folder / f"ImageJND_SRC{source:02d}_{quality:03d}.jpg").write_bytes(a_jpeg)
    (root / "answers.csv").write_text(
        "source,subject,jnd1_qf,jnd2_qf,jnd3_qf\n"
        "SRC01,1,29,18,13\nSRC01,2,61,30,\nSRC02,1,40,20,10\nSRC02,2,44,22,9\nSRC03,1,50,25,12\nSRC03,2,50,24,11\n"
    )
    (root / "folds.csv").write_text(
        "ref_img,ref_patch,set\nSRC01,SRC01_1,10\nSRC01,SRC01_2,10\nSRC02,x,1\nSRC03,y,2\n"
    )
    return root


@pytest.fixture
def konjnd(tmp_path, a_jpeg):
    root = tmp_path / "KonJND-1k"
    for source in ("SRC0001", "SRC0505"):
        picture(root / "source_image" / f"{source}.png")
    (root / "jpeg").mkdir()
    for quality in range(1, 101):
        (root / "jpeg" / f"SRC0001_JPEG_{quality:03d}.jpg").write_bytes(a_jpeg)
    for qp in range(1, 52):
        picture(root / "bpg" / f"SRC0505_BPG_{qp:03d}.png", size=(8, 8))
    (root / "subjective_ratings.csv").write_text(
        "image_id,Compression type,No. of ratings,mean,std,ratings\n"
        'SRC0001,JPEG,3,60.0,5.0,"[55, 60, 65]"\nSRC0505,BPG,2,31,1,"30, 32"\n'
    )
    return root


@pytest.fixture
def videoset(tmp_path):
    root = tmp_path / "VideoSet"
    for clip in (1, 2):
        picture(root / "frames" / f"videoSRC{clip:03d}_1280x720_30.png", seed=clip)
    for number, qps in (("1st", "[25, 27, 30]"), ("2nd", "[30, 31, 33]")):
        (root / f"1280x720_{number}.csv").write_text(
            f'anchor,jnd,samples,sequence_index\n0,25,"{qps}",1\n0,29,"{qps}",2\n'
        )
    return root


@pytest.fixture
def shen(tmp_path):
    root = tmp_path / "Shen-VVC"
    picture(root / "reference" / "house.png", size=(128, 128))
    for qp in range(13, 52):
        picture(root / "vvc" / f"house_{qp}.png", size=(128, 128))
    (root / "labels.csv").write_text(
        "image,x,y,qp,subject\nhouse,0,0,27,a\nhouse,0,0,29,b\nhouse,64,0,33,a\n"
    )
    return root


@pytest.fixture
def jnd_pano(tmp_path):
    root = tmp_path / "JND-Pano"
    picture(root / "SRC01.png", size=(64, 32))
    (root / "answers.csv").write_text("source,subject,jnd1_qf\nSRC01,1,35\nSRC01,2,41\n")
    return root


@pytest.fixture
def bapps(tmp_path):
    root = tmp_path / "BAPPS"
    for kind in ("traditional", "cnn"):
        for n, share in enumerate((0.0, 2 / 3)):
            for side in ("p0", "p1"):
                picture(root / "jnd" / "val" / kind / side / f"{n:06d}.png", size=(64, 64), seed=n)
            same = root / "jnd" / "val" / kind / "same"
            same.mkdir(exist_ok=True)
            np.save(same / f"{n:06d}.npy", np.array([share]))
    return root


@pytest.fixture
def cid22(tmp_path):
    root = tmp_path / "CID22_validation_set"
    picture(root / "original" / "cat.png")
    picture(root / "compressed" / "cat" / "jpeg" / "q75.png")
    (root / "CID22_validation_set.csv").write_text(
        "reference_img,distorted_img,encoder,setting,bpp,MCOS,RMOS\n"
        "original/cat.png,original/cat.png,Reference,,24,90,90\n"
        "original/cat.png,compressed/cat/jpeg/q75.png,JPEG,q75,1.2,71.5,70\n"
    )
    return root


@pytest.fixture
def aic3(tmp_path):
    root = tmp_path / "AIC-3"
    picture(root / "original" / "00001_16x16.png")
    rows = []
    for quality, jnd in ((1, -2.0), (5, -1.1), (10, -0.2)):
        picture(root / "decoded" / "00001_16x16" / f"AVIF_00001_16x16_{quality}.png")
        rows.append(f"{jnd},AVIF,1,00001_16x16,{quality},{quality},measured")
    rows.append("-1.6,AVIF,1,00001_16x16,3,3,estimated")
    (root / "decoded" / "info.csv").write_text(
        "score.jnd,codec,img.number,img.name,quality,quality.selected,method\n" + "\n".join(rows) + "\n"
    )
    return root


ALL = ("mcl_jci", "konjnd", "videoset", "shen", "jnd_pano", "bapps", "cid22", "aic3")


class TestEveryDataSet:
    @pytest.mark.parametrize("fixture", ALL)
    def test_is_read_without_a_problem_and_every_picture_opens(self, fixture, request):
        root = request.getfixturevalue(fixture)
        name = {"mcl_jci": "mcl-jci", "konjnd": "konjnd-1k", "shen": "shen2021", "jnd_pano": "jnd-pano"}.get(
            fixture, fixture
        )
        collection = load_dataset(name, root.parent, decode=True)
        assert collection.root == root
        assert collection.problems == ()
        assert collection.records
        for labelled in collection.pictures:
            assert labelled.kind == "people"
            assert np.all(np.diff(labelled.level) > 0)
            assert len(labelled.distorted) in (0, len(labelled.level))
            assert labelled.setting.shape == labelled.level.shape
            assert labelled.samples or labelled.jnd is not None

    def test_all_are_covered(self):
        assert len(ALL) == len(DATASETS)

    @pytest.mark.parametrize("fixture", ["mcl_jci", "konjnd", "videoset", "shen"])
    def test_the_share_of_satisfied_people_falls_from_one(self, fixture, request):
        name = {"mcl_jci": "mcl-jci", "konjnd": "konjnd-1k", "shen": "shen2021"}.get(fixture, fixture)
        for labelled in load_dataset(name, request.getfixturevalue(fixture)).pictures:
            share = labelled.satisfied_users()
            assert share[0] == 1.0
            assert share[-1] == 0.0
            assert np.all(np.diff(share) <= 0)

    def test_a_folder_of_its_own_name_or_the_root_itself(self, konjnd):
        assert find_dataset("konjnd-1k", konjnd.parent) == konjnd
        assert find_dataset("konjnd-1k", konjnd) == konjnd
        assert find_dataset("mcl-jci", konjnd) is None

    def test_the_environment_variable_names_the_root(self, konjnd, monkeypatch):
        monkeypatch.setenv(ROOT_VARIABLE, str(konjnd.parent))
        assert load_dataset("konjnd-1k").records == 2
        monkeypatch.setenv(ROOT_VARIABLE, str(konjnd / "nowhere"))
        with pytest.raises(UnusableDatasetError, match=f"nowhere.*{ROOT_VARIABLE}.*not a folder"):
            load_dataset("konjnd-1k")

    def test_what_is_missing_altogether(self, tmp_path, monkeypatch):
        monkeypatch.delenv(ROOT_VARIABLE, raising=False)
        with pytest.raises(UnusableDatasetError, match=r"MCL-JCI is not anywhere: say --root"):
            load_dataset("mcl-jci")
        with pytest.raises(
            UnusableDatasetError, match=r"is not in .*called MCL-JCI.*comes from mcl\.usc\.edu"
        ):
            load_dataset("mcl-jci", tmp_path)
        with pytest.raises(UnknownNameError, match="mcl-jci"):
            load_dataset("mcl_jcj", tmp_path)


class TestMclJci:
    def test_levels_are_those_of_our_codec(self, mcl_jci):
        (first, *_) = load_dataset("mcl-jci", mcl_jci).pictures
        assert first.codec == "jpeg:turbo"
        for level in (0, 50, 99):
            assert codec(first.codec).setting(level) == {first.parameter: first.setting[level]}
            assert first.distorted[level].name == f"ImageJND_SRC01_{int(first.setting[level]):03d}.jpg"
        assert first.samples[1].tolist() == [100 - 29, 100 - 61]
        assert first.samples[3].tolist() == [100 - 13]  # the other found no third JND

    def test_somebody_notices_the_level_of_the_sample_itself(self, mcl_jci):
        first = load_dataset("mcl-jci", mcl_jci).pictures[0]
        share = first.satisfied_users()
        assert (share[38], share[39], share[70], share[71]) == (1.0, 0.5, 0.5, 0.0)

    def test_published_folds(self, mcl_jci):
        pictures = load_dataset("mcl-jci", mcl_jci).pictures
        assert folds_of(pictures) == {"SRC01": 10, "SRC02": 1, "SRC03": 2}
        training, test = split(pictures, 10)
        assert [p.group for p in training] == ["SRC02", "SRC03"]
        assert [p.group for p in test] == ["SRC01"]

    def test_published_ratios(self, mcl_jci):
        rows = [f"SRC01,SRC01_{q:03d}_1,{q / 200},{q / 100},0.5,10" for q in range(1, 101)]
        rows += ["SRC02,SRC02_050_1,0.5,0.5,0.5,1", "SRC03,SRC03_050_1,0.5,0.5,0.5,2"]
        header = "ref_img,dist_patch,first_SUR,second_SUR,third_SUR,set\n"
        (mcl_jci / "folds.csv").write_text(header + "\n".join(rows) + "\n")
        first, second, _ = load_dataset("mcl-jci", mcl_jci).pictures
        assert np.array_equal(first.satisfied[1], first.setting / 200)
        assert np.array_equal(first.satisfied[2], first.setting / 100)
        assert second.satisfied == {}  # one quality is no curve
        (mcl_jci / "folds.csv").write_text(header + "SRC01,SRC01-050,0.5,0.5,0.5,10\n")
        with pytest.raises(
            UnusableDatasetError, match=r'folds\.csv, line 2: dist_patch "SRC01-050" is not like'
        ):
            load_dataset("mcl-jci", mcl_jci)

    def test_without_the_table_folds_come_from_names(self, mcl_jci):
        (mcl_jci / "folds.csv").unlink()
        collection = load_dataset("mcl-jci", mcl_jci)
        assert any("no table of folds" in note for note in collection.notes)
        assert sorted(folds_of(collection.pictures, 3).values()) == [1, 2, 3]
        with pytest.raises(ValueError, match="from 2 to the number of sources, which is 3; got 10"):
            folds_of(collection.pictures, 10)

    def test_matlab_answers_are_the_same_answers(self, mcl_jci):
        table = load_dataset("mcl-jci", mcl_jci)
        (mcl_jci / "answers.csv").unlink()
        matrices = {
            "JND_first": [[29, 61], [40, 44], [50, 50]],
            "JND_second": [[18, 30], [20, 22], [25, 24]],
            "JND_third": [[13, 0], [10, 9], [12, 11]],
        }
        for name, values in matrices.items():
            savemat(mcl_jci / f"{name}.mat", {name: np.array(values, np.uint8)})
        for a, b in zip(table.pictures, load_dataset("mcl-jci", mcl_jci).pictures, strict=True):
            assert {n: s.tolist() for n, s in a.samples.items()} == {
                n: s.tolist() for n, s in b.samples.items()
            }

    def test_zero_in_the_table_is_no_answer_as_in_the_matrices(self, mcl_jci):
        answers = mcl_jci / "answers.csv"
        before = load_dataset("mcl-jci", mcl_jci)
        rows = [
            ",".join(cell or "0" for cell in line.split(",")) for line in answers.read_text().splitlines()
        ]
        assert any(row.endswith(",0") for row in rows)
        answers.write_text("\n".join(rows) + "\n")
        after = load_dataset("mcl-jci", mcl_jci)
        for a, b in zip(before.pictures, after.pictures, strict=True):
            assert {n: s.tolist() for n, s in a.samples.items()} == {
                n: s.tolist() for n, s in b.samples.items()
            }

    def test_missing_files_are_named(self, mcl_jci):
        (mcl_jci / "source_images" / "[BMP]" / "ImageJND_SRC02.bmp").unlink()
        (mcl_jci / "distorted_image" / "ImageJND_SRC03" / "ImageJND_SRC03_007.jpg").unlink()
        with pytest.raises(UnusableDatasetError) as error:
            load_dataset("mcl-jci", mcl_jci)
        assert "2 problems" in str(error.value)
        assert "no reference picture (ImageJND_SRC02.bmp" in str(error.value)
        assert "1 of 100 missing: ImageJND_SRC03_007" in str(error.value)
        assert [p.name for p in load_dataset("mcl-jci", mcl_jci, on_problem="skip").pictures] == ["SRC01"]

    def test_a_wrong_label_is_one_problem(self, mcl_jci):
        path = mcl_jci / "answers.csv"
        path.write_text(path.read_text().replace("SRC02,2,44", "SRC02,2,144"))
        with pytest.raises(UnusableDatasetError, match=r"answers\.csv, line 5: quality factor 144"):
            load_dataset("mcl-jci", mcl_jci)
        second = load_dataset("mcl-jci", mcl_jci, on_problem="skip").pictures[1]
        assert second.samples[1].tolist() == [60]

    def test_two_tables_of_answers(self, mcl_jci):
        (mcl_jci / "more.csv").write_text((mcl_jci / "answers.csv").read_text())
        with pytest.raises(UnusableDatasetError, match=r"found answers\.csv, more\.csv"):
            load_dataset("mcl-jci", mcl_jci)

    def test_a_corrupt_picture_is_found_by_opening(self, mcl_jci):
        broken = mcl_jci / "distorted_image" / "ImageJND_SRC01" / "ImageJND_SRC01_050.jpg"
        broken.write_bytes(b"not a picture")
        assert load_dataset("mcl-jci", mcl_jci).problems == ()
        with pytest.raises(UnusableDatasetError, match=r"ImageJND_SRC01_050\.jpg: not a readable picture"):
            load_dataset("mcl-jci", mcl_jci, decode=True)
        collection = load_dataset("mcl-jci", mcl_jci, decode=True, on_problem="skip")
        assert [p.name for p in collection.pictures] == ["SRC02", "SRC03"]


class TestKonJnd1k:
    def test_quality_falls_and_qp_rises_with_the_level(self, konjnd):
        jpeg, bpg = load_dataset("konjnd-1k", konjnd).pictures
        assert (jpeg.codec, jpeg.parameter, jpeg.samples[1].tolist()) == (
            "jpeg:turbo",
            "quality",
            [45, 40, 35],
        )
        assert (bpg.codec, bpg.parameter, bpg.samples[1].tolist()) == ("bpg", "QP", [30, 32])
        assert jpeg.distorted[0].name == "SRC0001_JPEG_100.jpg"
        assert bpg.distorted[0].name == "SRC0505_BPG_001.png"

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ('SRC0001,JPEG2000,3,60,5,"[55, 60]"', 'compression type "JPEG2000" is not JPEG or BPG'),
            ('SRC0001,JPEG,3,60,5,"many"', 'ratings "many" are not a list'),
            ('SRC0001,JPEG,1,60,0,"[60]"', "1 ratings; at least 2"),
            ('SRC0001,BPG,2,60,0,"[60, 61]"', "rating 60 is not from 1 to 51"),
            ('SRC0777,JPEG,2,60,0,"[60, 61]"', "no source picture SRC0777.png"),
        ],
    )
    def test_a_row_that_cannot_be_used_is_named(self, konjnd, row, message):
        with (konjnd / "subjective_ratings.csv").open("a") as file:
            file.write(row + "\n")
        with pytest.raises(UnusableDatasetError) as error:
            load_dataset("konjnd-1k", konjnd)
        assert f"subjective_ratings.csv, line 4: {message}" in str(error.value)
        assert load_dataset("konjnd-1k", konjnd, on_problem="skip").records == 2


class TestVideoSet:
    def test_a_record_per_frame_with_the_clips_samples(self, videoset):
        picture(videoset / "frames" / "videoSRC001_1280x720_30_frame_050.png")
        collection = load_dataset("videoset", videoset)
        assert [p.group for p in collection.pictures] == ["videoSRC001", "videoSRC001", "videoSRC002"]
        assert collection.pictures[0].samples[1].tolist() == [25, 27, 30]
        assert collection.pictures[0].samples[2].tolist() == [30, 31, 33]
        assert collection.pictures[0].parameter == "QP"

    def test_a_clip_without_a_frame(self, videoset):
        (videoset / "frames" / "videoSRC002_1280x720_30.png").unlink()
        with pytest.raises(UnusableDatasetError, match=r"no frame of this clip: videoSRC002_1280x720\.png"):
            load_dataset("videoset", videoset)

    def test_a_qp_that_does_not_exist(self, videoset):
        path = videoset / "1280x720_1st.csv"
        path.write_text(path.read_text().replace('27, 30]",2', '77, 30]",2'))
        with pytest.raises(
            UnusableDatasetError, match=r"1280x720_1st\.csv, line 3: a QP is not from 1 to 51"
        ):
            load_dataset("videoset", videoset)
        first, second = load_dataset("videoset", videoset, on_problem="skip").pictures
        assert sorted(first.samples) == [1, 2]
        assert sorted(second.samples) == [2]


class TestOthers:
    def test_patches_of_vvc_pictures(self, shen):
        first, second = load_dataset("shen2021", shen).pictures
        assert first.window == (0, 0, 64, 64)
        assert second.window == (64, 0, 64, 64)
        assert first.group == second.group == "house"
        assert first.samples[1].tolist() == [27, 29]

    def test_pairs_of_bapps(self, bapps):
        collection = load_dataset("bapps", bapps)
        assert [(p.kind, round(p.same, 2)) for p in collection.pairs] == [
            ("cnn", 0.0), ("cnn", 0.67), ("traditional", 0.0), ("traditional", 0.67),
        ]  # fmt: skip
        np.save(bapps / "jnd/val/cnn/same/000001.npy", np.array([0.4]))
        (bapps / "jnd/val/cnn/p1/000000.png").unlink()
        collection = load_dataset("bapps", bapps, on_problem="skip")
        assert len(collection.pairs) == 2
        assert "no share of 3 judgements" in collection.problems[1].what
        assert "no patch jnd/val/cnn/p1/000000.png" in collection.problems[0].what

    def test_scores_of_cid22(self, cid22):
        (scored,) = load_dataset("cid22", cid22).scored
        assert (scored.score, scored.codec, scored.setting, scored.group) == (71.5, "JPEG", "q75", "cat")

    def test_scale_of_aic3_rises_with_the_level(self, aic3):
        (curve,) = load_dataset("aic3", aic3).pictures
        assert curve.jnd.tolist() == [0.2, 1.1, 2.0]
        assert curve.setting.tolist() == [10, 5, 1]
        assert curve.distorted[0].name == "AVIF_00001_16x16_10.png"

    def test_scale_of_the_aic4_example(self, tmp_path):
        for name in ("0ref_00", "AVIF_01", "AVIF_02"):
            picture(tmp_path / "PTC_images" / f"PTC_00002_{name}.png")
        (tmp_path / "JPEG_AIC_reconstructed_jnd_scores.csv").write_text(
            "img_num,codec,dlevel,img_source,img_distorted,distortion,CI_min,CI_max\n"
            "2,1,1,PTC_00002_0ref_00.png,PTC_00002_AVIF_01.png,0.12,0.1,0.15\n"
            "2,1,2,PTC_00002_0ref_00.png,PTC_00002_AVIF_02.png,0.74,0.6,0.8\n"
        )
        (curve,) = load_dataset("aic3", tmp_path).pictures
        assert curve.jnd.tolist() == [0.12, 0.74]

    def test_panoramas_without_their_jpegs(self, jnd_pano):
        collection = load_dataset("jnd-pano", jnd_pano)
        assert collection.pictures[0].distorted == ()
        assert any("made by jpeg:turbo" in note for note in collection.notes)


class TestCommand:
    def test_lists_all_and_where_they_are(self, konjnd):
        result = run(app, ["datasets", "--root", str(konjnd.parent), "--json"])
        assert result.exit_code == 0, result.output
        rows = {row["dataset"]: row for row in map(json.loads, result.stdout.splitlines())}
        assert set(rows) == set(DATASETS)
        assert rows["konjnd-1k"]["folder"] == str(konjnd)
        assert (rows["konjnd-1k"]["records"], rows["konjnd-1k"]["sources"]) == (2, 2)
        assert rows["mcl-jci"]["folder"] is None

    def test_without_a_root_it_says_how_to_name_one(self, monkeypatch):
        monkeypatch.delenv(ROOT_VARIABLE, raising=False)
        result = run(app, ["datasets"])
        assert result.exit_code == 0
        assert "--root" in result.stderr and ROOT_VARIABLE in result.stderr
        assert all(name in result.stdout for name in (*DATASETS, *CAMERA_LAYOUTS))

    def test_a_data_set_that_cannot_be_read(self, mcl_jci):
        (mcl_jci / "answers.csv").unlink()
        result = run(app, ["datasets", "--root", str(mcl_jci.parent)])
        assert result.exit_code == 1
        assert "cannot be read" in result.stdout

    def test_check_lists_every_problem(self, mcl_jci):
        for quality in (3, 4):
            (mcl_jci / f"distorted_image/ImageJND_SRC01/ImageJND_SRC01_{quality:03d}.jpg").unlink()
        arguments = ["datasets", "check", "mcl-jci", "--root", str(mcl_jci.parent)]
        assert run(app, arguments).exit_code == 1
        assert "2 of 100 missing" in run(app, arguments).stderr
        assert run(app, [*arguments, "--skip-problems"]).exit_code == 0
        result = run(app, [*arguments, "--decode", "--json"])
        assert json.loads(result.stdout)["problems"][0]["where"] == "ImageJND_SRC01"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["check", "mcl-jcj"], "mcl-jci"),
            (["--root", "no/such/folder"], "is not a folder"),
        ],
    )
    def test_bad_input(self, arguments, message):
        result = run(app, ["datasets", *arguments])
        assert result.exit_code == 2
        assert message in result.stderr
