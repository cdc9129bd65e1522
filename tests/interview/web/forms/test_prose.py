from interview.web.forms.prose import ProseField


def test_line_ends_are_plain_and_indentation_stays() -> None:
    field = ProseField(required=False)
    assert field.clean("\r\n \r\n    code\r\nend \r\n\r\n") == "    code\nend"
    assert field.clean(None) == ""
