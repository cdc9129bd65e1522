from grading.grader.outline import Group, Item, outline


def test_a_bold_line_leads_the_list_below_it() -> None:
    assert outline("**Benefits**:\n\n- fast\n- **cheap** to run\n  for all\n") == [
        Group("Benefits", (Item("fast", False), Item("cheap to run for all", True)), is_list=True)
    ]


def test_a_sentence_that_ends_in_a_colon_leads_the_list_below_it() -> None:
    groups = outline(
        "Models read tokens. When a prompt arrives:\n\n1. It is split\n2. It is embedded"
    )

    assert [(group.lead, [item.text for item in group.items]) for group in groups] == [
        ("", ["Models read tokens."]),
        ("When a prompt arrives", ["It is split", "It is embedded"]),
    ]


def test_bold_lines_above_code_are_items_of_the_label_before_them() -> None:
    groups = outline(
        "**Types**:\n\n**Word-level**:\n```\nx\n```\n**BPE** — most common:\n```\ny\n```\n"
    )

    assert groups == [
        Group("Types", (Item("Word-level", True), Item("BPE — most common", True)), is_list=True)
    ]


def test_a_label_that_only_announces_code_is_left_out() -> None:
    assert outline("**Example with a client**:\n\n```python\nimport x\n```\n") == []


def test_speaker_marks_and_rules_are_left_out() -> None:
    groups = outline("A: Retrieval finds the documents first.\n\n---\n")

    assert groups == [
        Group("", (Item("Retrieval finds the documents first.", False),), is_list=False)
    ]


def test_table_rows_are_items() -> None:
    groups = outline("| PTQ | after training |\n|---|---|\n| QAT | during training |\n")

    assert [[item.text for item in group.items] for group in groups] == [
        ["PTQ — after training", "QAT — during training"]
    ]
