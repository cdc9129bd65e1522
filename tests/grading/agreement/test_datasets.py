from collections import Counter
from pathlib import Path

import pytest

from grading.agreement.datasets import DatasetError, read_csv, sample
from tests.grading.agreement.answers import HEADER, row


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "small.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_words_that_look_like_missing_values_are_answers(tmp_path: Path) -> None:
    rows = read_csv(written(tmp_path, *(f"1,Q,R,{word},0,,," for word in ("none", "NA", "nan"))))

    assert [one.answer for one in rows] == ["none", "NA", "nan"]


def test_question_ids_are_text(tmp_path: Path) -> None:
    rows = read_csv(written(tmp_path, "11.1,Q,R,A,0,,,", "11.10,Q,R,A,0,,,"))

    assert [one.question_id for one in rows] == ["11.1", "11.10"]


def test_alternatives_graders_and_split_are_read(tmp_path: Path) -> None:
    (found,) = read_csv(written(tmp_path, "1,Q,one ||| two |||  three,A,.5,.4,.6,train"))

    assert found.references == ("one", "two", "three")
    assert (found.score, found.graders, found.split) == (0.5, (0.4, 0.6), "train")


def test_one_grader_alone_is_no_pair(tmp_path: Path) -> None:
    (found,) = read_csv(written(tmp_path, "1,Q,R,A,.5,.4,,train"))

    assert found.graders is None


def test_the_optional_columns_may_be_absent_and_the_question_empty(tmp_path: Path) -> None:
    header = ",".join(HEADER.split(",")[:5])
    (found,) = read_csv(written(tmp_path, "1,,R,,1", header=header))

    assert (found.question, found.answer, found.graders, found.split) == ("", "", None, "")


def test_rows_know_the_line_they_begin_in(tmp_path: Path) -> None:
    rows = read_csv(written(tmp_path, '1,Q,R,"two\nlines",0,,,', "1,Q,R,A,0,,,"))

    assert [one.line for one in rows] == [2, 4]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("1,Q,R,A,2,,,", "line 2, column score: '2' is not a number from 0 to 1."),
        ("1,Q,R,A,,,,", "line 2, column score: '' is not a number from 0 to 1."),
        ("1,Q,R,A,nan,,,", "line 2, column score: 'nan' is not a number from 0 to 1."),
        ("1,Q,R,A,1,x,,", "line 2, column score_grader1: 'x' is not a number from 0 to 1."),
        ("1,Q, ,A,1,,,", "line 2, column reference_answer: empty."),
        (",Q,R,A,1,,,", "line 2, column question_id: empty."),
        ("1,Q,R", "line 2: not as many fields as the header has columns."),
        ("1,Q,R,A,1,,,,,", "line 2: not as many fields as the header has columns."),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(DatasetError) as caught:
        read_csv(written(tmp_path, line))

    assert str(caught.value) == f"small.csv, {told}"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"line 1: no column question, score\."):
        read_csv(written(tmp_path, header="question_id,reference_answer,student_answer"))


def test_an_empty_or_absent_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no rows\."):
        read_csv(written(tmp_path))
    with pytest.raises(DatasetError, match="cannot be read"):
        read_csv(tmp_path / "absent.csv")


def test_a_sample_takes_evenly_from_all_questions_and_the_same_every_time() -> None:
    sizes = {"long": 50, "middle": 5, "short": 1}
    rows = [
        row(0, question=question, line=10 * place + number)
        for place, (question, size) in enumerate(sizes.items())
        for number in range(size)
    ]
    drawn = sample(rows, 9, seed=3)

    assert Counter(one.question_id for one in drawn) == {"long": 4, "middle": 4, "short": 1}
    assert drawn == sample(rows, 9, seed=3)
    assert drawn != sample(rows, 9, seed=4)
    assert drawn == sorted(drawn, key=lambda one: one.line)


def test_a_sample_larger_than_the_set_is_the_set() -> None:
    rows = [row(0, line=2), row(1, line=3)]

    assert sample(rows, 5, seed=0) == rows
