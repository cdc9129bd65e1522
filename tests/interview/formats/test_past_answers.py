import pytest

from interview.formats import FormatError
from interview.formats.document import Unplaced
from interview.formats.past_answers import PastAnswer, read_past_answers


def read(text: str) -> object:
    return read_past_answers(text, name="old.csv")


def test_rows_are_read_with_labels_and_scores() -> None:
    found = read_past_answers(
        "Question,answer,candidate,score,second_score,interviewer\n"
        'rope,"Two lines,\nand a comma.",A-17,0.75,80%,Bo\n'
        "rope,,,,,\n",
        name="old.csv",
    )
    assert found.rows == (
        PastAnswer(2, "rope", "Two lines,\nand a comma.", "A-17", (0.75, 0.8)),
        PastAnswer(4, "rope", "", "", ()),
    )
    assert found.unplaced == ()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_semicolons_and_tabs_will_do(separator: str) -> None:
    text = f"question{separator}answer{separator}score\nrope{separator}Yes, it is.{separator}0,5\n"
    found = read_past_answers(text, name="old.csv")
    assert found.rows == (PastAnswer(2, "rope", "Yes, it is.", "", (0.5,)),)


def test_rows_that_cannot_be_read_are_told_by_line_and_cost_no_other() -> None:
    found = read_past_answers(
        "question,answer,candidate,score\n"
        "rope,fine,A,1\n"
        ",nameless,A,1\n"
        "rope,too much,A,7\n"
        "rope,short\n"
        f"rope,long,{'x' * 81},1\n",
        name="old.csv",
    )
    assert [row.answer for row in found.rows] == ["fine"]
    assert found.unplaced == (
        Unplaced(3, "It names no question."),
        Unplaced(4, "The score “7” is not from 0 to 1, nor a percentage."),
        Unplaced(5, "It has not as many fields as the first line has columns."),
        Unplaced(6, "The candidate's label has more than 80 characters."),
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "The first line has no column “question” and “answer”."),
        ("question,text\nrope,x\n", 1, "The first line has no column “answer”."),
        ("question,answer\n", 1, "There are no answers below the first line."),
        ('question,answer\nrope,"open\n', 2, "This is not CSV"),
    ],
)
def test_what_is_no_such_table_is_told(text: str, line: int, message: str) -> None:
    with pytest.raises(FormatError) as error:
        read(text)
    assert error.value.line == line
    assert message in error.value.message
