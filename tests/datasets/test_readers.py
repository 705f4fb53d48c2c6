"""Readers of answer tables, on files that the tests write in each documented layout."""

import json

import numpy as np
import pytest

from jnd.datasets.bapps import read_bapps_folder
from jnd.datasets.reader import read
from jnd.errors import UnknownNameError, UnusableAnswersError
from jnd.psychometrics.answer_tables import (
    DetectionAnswers,
    JndSampleTable,
    PairAnswers,
    RatingTable,
    SameShares,
    TripletAnswers,
)


@pytest.fixture
def write(tmp_path):
    def file(text, name="answers.csv"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return file


class TestLongTables:
    def test_export_with_training_and_catch_trials(self, write):
        table = read([write(
            "session,participant,method,trial,source,level,correct,is_training,is_trap\n"
            "s1,p1,flicker,1,cat,3,1,1,0\ns1,p1,flicker,2,cat,3,1,0,0\ns1,p1,flicker,3,cat,9,1,0,1\ns2,p2,flicker,1,dog,4,0,0,0\n"
        )])  # fmt: skip
        assert isinstance(table, DetectionAnswers)
        assert table.source == ("cat", "dog")
        assert table.guess_rate == 0.5
        assert table.notes == ("1 training trials left out", "1 catch trials left out")

    def test_counts_per_level_with_semicolons(self, write):
        table = read([write("level;seen;trials\n1;2;10\n2;9;10\n")])
        assert table.seen.tolist() == [2, 9]
        assert table.guess_rate == 0.0

    def test_shares_become_counts(self, write):
        assert read([write("level,correct,n\n1,0.5,10\n2,0.9,10\n")]).seen.tolist() == [5, 9]

    def test_response_with_answer_key(self, write):
        table = read([write("source,level,response,answer_key\na,1,left,left\na,2,right,left\n")])
        assert table.seen.tolist() == [1, 0]
        assert table.guess_rate == 0.5

    def test_same_different_words_are_yes_no(self, write):
        table = read([write("level,response\n1,same\n2,different\n3,\n")])
        assert table.seen.tolist() == [0, 1]
        assert table.notes == ("1 trials without an answer left out",)

    def test_quality_falls_with_distortion(self, write):
        table = read([write("source,quality,seen\na,90,0\na,20,1\n")])
        assert table.level.tolist() == [11, 81]
        assert table.axis.setting(81) == 20

    def test_mixed_protocols_are_refused_or_chosen(self, write):
        path = write("method,level,correct\nflicker,1,1\nsame-different,1,0\n")
        with pytest.raises(UnusableAnswersError, match=r"several methods.*--only flicker"):
            read([path])
        assert read([path], method="flicker").seen.tolist() == [1]
        with pytest.raises(UnusableAnswersError, match="there are flicker, same-different"):
            read([path], method="acr")

    def test_duplicate_trials(self, write):
        exact = read([write("participant,trial,level,correct\np,1,3,1\np,1,3,1\np,2,4,0\n")])
        assert exact.seen.tolist() == [1, 0]
        assert "repeat another exactly" in exact.notes[0]
        with pytest.raises(UnusableAnswersError, match=r'line 3: trial "1" of "p".*line 2.*"1" and not "0"'):
            read([write("participant,trial,level,correct\np,1,3,1\np,1,3,0\n")])

    def test_missing_column_is_named_with_the_nearest(self, write):
        with pytest.raises(UnusableAnswersError, match=r'no column "level".*did you mean "levle"'):
            read([write("source,levle,correct\na,1,1\n")])
        with pytest.raises(UnusableAnswersError, match='no column "correct"'):
            read([write("source,level,colour\na,1,red\n")])

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "empty"),
            ("level,correct\n", "no rows"),
            ("level,correct\n1\n", "line 2: 1 cells, but the header has 2"),
            ("level,level\n1,2\n", "there twice"),
            ("level,correct,source\nlow,1,a\n", 'line 2: "low" in column "level" is not a number'),
            ("level,response,source\n1,perhaps,a\n", 'the answer "perhaps"'),
            ("level,response,source\n1,not sure,a\n", "relaxed choice"),
            ("level,correct,is_training\n1,1,maybe\n", "not true or false"),
            ("level,correct,is_training\n1,1,1\n", "no scored answers"),
        ],
    )
    def test_bad_tables(self, write, text, message):
        with pytest.raises(UnusableAnswersError, match=message):
            read([write(text)], layout="answers")

    def test_bad_files(self, tmp_path):
        with pytest.raises(UnusableAnswersError, match="no such file"):
            read([tmp_path / "none.csv"])
        (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00\x01")
        with pytest.raises(UnusableAnswersError, match="UTF-8"):
            read([tmp_path / "b.csv"])
        with pytest.raises(UnknownNameError, match='did you mean "matrix"'):
            read([tmp_path / "b.csv"], layout="matrx")


class TestJsPsych:
    TRIALS = (
        {"trial_type": "html", "trial_index": 0, "rt": 300},
        {"trial_type": "image", "trial_index": 1, "level": 3, "source": "a", "correct": True, "rt": 500},
        {"trial_type": "image", "trial_index": 2, "level": 5, "source": "a", "correct": False, "rt": 500},
    )

    def test_json_of_several_people(self, write):
        table = read([write(json.dumps([list(self.TRIALS)] * 2), "data.json")])
        assert table.seen.tolist() == [1, 0, 1, 0]
        assert sorted(set(table.observer)) == ["0", "1"]

    def test_json_of_one_and_csv_agree(self, write):
        one = read([write(json.dumps(list(self.TRIALS)), "data.json")])
        two = read([write(
            "trial_type,trial_index,level,source,correct,rt\nhtml,0,,,,300\nimage,1,3,a,true,500\nimage,2,5,a,false,500\n"
        )])  # fmt: skip
        assert one.seen.tolist() == two.seen.tolist()
        assert one.level.tolist() == two.level.tolist()

    def test_bad_json(self, write):
        with pytest.raises(UnusableAnswersError, match="line 1: not valid JSON"):
            read([write("[1,", "a.json")])
        with pytest.raises(UnusableAnswersError, match="not a trial"):
            read([write("[1]", "a.json")])
        with pytest.raises(UnusableAnswersError, match='no column "level"'):
            read([write('[{"trial_type": "x", "rt": 1}]', "a.json")])


class TestMatrix:
    def test_without_and_with_header_and_names(self, write):
        bare = read([write("5,4,3\n1,2,nan\n")])
        assert isinstance(bare, RatingTable)
        assert bare.votes.shape == (2, 3, 1)
        assert np.isnan(bare.votes[1, 2, 0])
        headed = read([write("stimulus,ann,bob,cyd\na,5,4,3\nb,1,2,\n")])
        assert headed.observer == ("ann", "bob", "cyd")
        assert headed.stimulus == ("a", "b")
        assert np.array_equal(headed.votes, bare.votes, equal_nan=True)
        only_header = read([write("ann,bob,cyd\n5,4,3\n1,2,\n")])
        assert np.array_equal(only_header.votes, bare.votes, equal_nan=True)

    def test_repetitions(self, write):
        table = read([write("5,4\n1,2\n,\n5,3\n1,1\n")])
        assert table.votes.shape == (2, 2, 2)
        assert table.votes[0, 1].tolist() == [4, 3]
        with pytest.raises(UnusableAnswersError, match="repetition 2 has 1 stimuli"):
            read([write("5,4\n1,2\n,\n5,3\n")])

    def test_rows_of_unequal_length(self, write):
        with pytest.raises(UnusableAnswersError, match="line 2: 1 cells"):
            read([write("5,4\n1\n")], layout="matrix")


def test_long_ratings_make_the_matrix(write):
    text = "participant,method,source,level,rating\n"
    text += "".join(f"p{i},acr,s{j},1,{1 + (i + j) % 5}\n" for i in range(3) for j in range(4))
    table = read([write(text)])
    assert table.votes.shape == (4, 3, 1)
    assert table.votes[2, 1, 0] == 4
    assert table.stimulus[2] == "s2 1"


class TestDataSets:
    def test_mcl_jci(self, write):
        table = read([write("source,subject,jnd1_qf,jnd2_qf,jnd3_qf\nSRC01,1,29,18,13\nSRC01,2,40,20,\n")])
        assert isinstance(table, JndSampleTable)
        assert table.jnd == (1, 1, 2, 2, 3)
        assert table.noticed_at.tolist() == [72, 61, 83, 81, 88]
        with pytest.raises(UnusableAnswersError, match="quality factor 129"):
            read([write("source,subject,jnd1_qf\nSRC01,1,129\n")])

    def test_videoset(self, write):
        text = 'anchor,jnd,samples,sequence_index\n0,25,"[33, 35]",1\n0,29,"[36, 26, 34]",2\n'
        table = read([write(text, "1280x720_2nd.csv")])
        assert table.source == ("1", "1", "2", "2", "2")
        assert table.jnd == (2,) * 5
        with pytest.raises(UnusableAnswersError, match="not a list"):
            read([write("anchor,jnd,samples,sequence_index\n0,25,33 35,1\n")])
        with pytest.raises(UnusableAnswersError, match="QP"):
            read([write('anchor,jnd,samples,sequence_index\n0,25,"[99]",1\n')])

    def test_konjnd1k(self, write):
        slider = read([write("image,worker,slider\nSRC1,w1,70\nSRC1,w2,65\n")])
        assert slider.noticed_at.tolist() == [70, 65]
        quality = read([write("image,worker,qf\nSRC1,w1,31\n")])
        assert quality.noticed_at.tolist() == [70]
        with pytest.raises(UnusableAnswersError, match="slider 170"):
            read([write("image,worker,slider\nSRC1,w1,170\n")])

    def test_aic3_responses_and_counts(self, write):
        head = "img_num,codec_left,dlevel_left,codec_right,dlevel_right,"
        responses = write(
            head
            + "is_bias,is_trap,response\n2,0,0,6,1,0,0,right\n2,0,0,6,1,0,0,notsure\n2,0,0,6,1,0,0,skip\n"
            "2,6,1,6,1,1,0,left\n2,0,0,6,10,0,1,right\n",
            "ptc.csv",
        )
        counts = write(head + "sum,count\n2,0,0,6,1,72.5,119\n", "btc.csv")
        table = read([responses, counts])
        assert isinstance(table, TripletAnswers)
        assert table.boosted.tolist() == [False, True]
        assert table.right_votes.tolist() == [1.5, 72.5]
        assert table.votes.tolist() == [2, 119]
        assert table.left[0] == ("source", 0)
        with pytest.raises(UnusableAnswersError, match=r"btc.*or plain"):
            read([write(head + "sum,count\n2,0,0,6,1,1,2\n", "x.csv")])

    def test_bapps_table_and_folder(self, write, tmp_path):
        table = read([write("pair,same\na,0.3333\nb,1\n")])
        assert isinstance(table, SameShares)
        assert table.same.tolist() == [1, 3]
        folder = tmp_path / "jnd" / "val" / "cnn" / "same"
        folder.mkdir(parents=True)
        np.save(folder / "000000.npy", np.array([2 / 3]))
        assert read_bapps_folder(tmp_path / "jnd").same.tolist() == [2]
        with pytest.raises(UnusableAnswersError, match="no share of 3"):
            read([write("pair,same\na,0.5\n")])
        with pytest.raises(UnusableAnswersError, match="no files same"):
            read_bapps_folder(folder)

    def test_pairs(self, write):
        table = read([write("participant,left,right,response\np,a,b,left\np,a,b,tie\nq,b,c,c\n")])
        assert isinstance(table, PairAnswers)
        assert table.wins.shape == (2, 3, 3)
        assert table.wins[0, 0, 1] == 1.5
        assert table.wins[1, 2, 1] == 1
        with pytest.raises(UnusableAnswersError, match='response "d"'):
            read([write("left,right,response\na,b,d\n")])
