"""A Markdown table of thousands of rows is cut."""

from grading.evidence.markdown import table


def test_a_table_of_thousands_is_cut_and_says_so() -> None:
    shown = table(("A", "B"), [("x", "y")] * 1000)
    assert shown.count("\n| x | y |") == 200
    assert "800 more rows" in shown
