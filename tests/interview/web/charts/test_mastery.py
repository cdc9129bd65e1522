from interview.web.charts import Interval, MasteryRow, mastery_chart


def test_rows_stand_one_under_another_in_the_order_given() -> None:
    chart = mastery_chart(
        [MasteryRow("Retrieval", 81, 75, 87), MasteryRow("Evaluation", 48, 34, 62)]
    )

    assert [bar.label for bar in chart.bars] == ["Retrieval", "Evaluation"]
    assert [bar.text_y for bar in chart.bars] == [14, 60]
    assert [bar.axis_y for bar in chart.bars] == [29, 75]
    assert chart.height == 122
    assert (chart.axis_top, chart.axis_bottom, chart.label_y) == (96, 102, 118)


def test_a_row_keeps_its_link_its_answers_and_its_interval() -> None:
    (bar,) = mastery_chart([MasteryRow("RAG", 55.4, 36, 74, answers=2, url="/x/")]).bars

    assert (bar.url, bar.answers, bar.interval) == ("/x/", 2, Interval(55, 36, 74))
    assert (bar.range_y, bar.tick_top, bar.tick_bottom) == (25, 22, 36)


def test_the_summary_names_the_strongest_and_the_weakest_topic() -> None:
    chart = mastery_chart(
        [MasteryRow("Evaluation", 48, 34, 62), MasteryRow("Retrieval", 81, 75, 87)]
    )

    assert chart.summary == (
        "2 topics from 0 to 100. Retrieval leads: 81 of 100, likely between 75 and 87. "
        "Evaluation is last: 48 of 100, likely between 34 and 62."
    )


def test_the_summary_of_one_topic_is_that_topic() -> None:
    assert mastery_chart([MasteryRow("RAG", 50, 30, 70)]).summary == (
        "RAG: 50 of 100, likely between 30 and 70."
    )


def test_no_topics_make_an_empty_chart_that_says_so() -> None:
    chart = mastery_chart([], goal=70)

    assert (chart.bars, chart.goal, chart.summary) == ((), 70, "No topics yet.")
