import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grading.class_reports import page as class_page
from grading.class_reports import plots
from grading.class_reports import reports as class_reports
from grading.class_reports.attention import attention_of, counted
from grading.class_reports.costs import Cost, CostRow, class_costs
from grading.class_reports.roster import roster_of
from grading.class_reports.statistics import lesson_statistics, missed_checks
from grading.cohort.look_alikes import LookAlike
from grading.cohort.submissions import Found
from grading.errors import InputError
from grading.marking.verdict import Verdict
from grading.running.execution_report import CellFailure, State
from grading.tests.classroom import HOSTILE, classroom, graded, scorecard, submission


class _Page(HTMLParser):
    """Every tag and link of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.tags.append(tag)
        self.links += [str(named[name]) for name in ("href", "src") if name in named]
        self.ids += [str(named["id"])] if "id" in named else []

    def handle_data(self, data: str) -> None:
        self.text += data


def _alike(*names: str) -> LookAlike:
    return LookAlike("M9_01", names, tuple(submission(name).slug for name in names), "solved cells", 0.75, "task2-work")


@pytest.fixture(scope="module")
def page() -> _Page:
    found, results = classroom()
    return _Page(class_page.render(roster_of(found, results), [_alike(*HOSTILE[:2])], ["gradebook.csv"]))


def test_what_a_student_wrote_is_inert(page: _Page) -> None:
    assert page.tags.count("script") == 1
    assert "<script>alert(1)</script>" in page.text
    assert not any(ord(char) < 32 and char != "\n" for char in page.text)


def test_the_page_needs_no_network_and_every_link_stays_in_the_folder(page: _Page) -> None:
    for link in page.links:
        assert re.fullmatch(r"(gradebook\.csv|#\w+|results/[a-z0-9-]+/M9_0\d\.html(#[\w.]+)?)", link), link
    assert not {"link", "img", "iframe", "object"} & set(page.tags)
    assert "ungraded" in page.ids


def test_everybody_is_on_the_page_with_the_mark_and_ungraded_work_is_no_zero(page: _Page) -> None:
    found, results = classroom()
    assert page.text.count("the worker was killed twice") == sum(not each.graded for each in results) > 0
    for name in ("O'Brien, Seán", "李小龍", "../../etc/passwd", found.students[-1]):
        assert name in page.text


def test_look_alikes_are_for_a_person_and_never_a_mark(page: _Page) -> None:
    assert "Never a mark" in page.text
    assert "75 % of the solved cells" in page.text


def test_an_empty_class_has_a_page() -> None:
    text = class_page.render(roster_of(Found("flat", (), (), ("Ada",)), []), [])
    assert "there are no marks yet" in text


def _class_of(*verdicts: Verdict) -> Found:
    works = tuple(submission(f"s{number}") for number, _ in enumerate(verdicts))
    return Found("flat", works, (), tuple(work.student for work in works))


def test_the_check_that_most_missed_comes_first_and_who_waits_is_counted_apart() -> None:
    found = _class_of(*[Verdict.PASSED] * 4)
    cards = [scorecard("M9_01", [Verdict.PASSED]) for _ in range(4)]
    changes = {2: {1: Verdict.FAILED}, 1: {1: Verdict.NOT_ATTEMPTED, 3: Verdict.FAILED}, 0: {2: Verdict.BLOCKED}}
    for number, verdicts in changes.items():
        rows = [
            result.model_copy(update={"verdict": verdicts.get(position, result.verdict), "found": "none"})
            for position, result in enumerate(cards[number].results)
        ]
        cards[number] = cards[number].model_copy(update={"results": tuple(rows)})
    results = [graded(work, card) for work, card in zip(found.submissions, cards, strict=True)]
    first, second = missed_checks(roster_of(found, results))
    assert (first.check.id, first.count, first.failed, first.to_do, first.of) == (cards[0].results[1].id, 2, 1, 1, 4)
    assert first.most_found == (("none", 2),)
    assert [name for _, name in first.examples] == ["s1", "s2"]
    assert second.check.id == cards[0].results[3].id


def test_marks_are_counted_in_tenths_and_ungraded_ones_are_not_among_them() -> None:
    found = _class_of(*[Verdict.PASSED] * 3)
    cards = [scorecard("M9_01", [verdict]) for verdict in (Verdict.PASSED, Verdict.FAILED, Verdict.ERROR)]
    roster = roster_of(found, [graded(work, card) for work, card in zip(found.submissions, cards, strict=True)])
    (statistics,) = lesson_statistics(roster)
    assert statistics.bins == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert (statistics.mean, statistics.median) == (50, 50)
    assert 'aria-label="marks: 0 to 10 %: 1, 90 to 100 %: 1"' in plots.histogram(statistics)


def test_a_person_is_told_of_ungraded_stopped_and_noted_work_and_of_no_other() -> None:
    found = _class_of(*[Verdict.PASSED] * 6)
    failure = (CellFailure(cell="task2-work", error="not finished after 300 seconds in all"),)
    usual = scorecard("M9_01", [Verdict.PASSED])
    cards = [
        usual,
        scorecard("M9_01", [Verdict.ERROR]),
        scorecard("M9_01", [Verdict.FAILED], state=State.TIMED_OUT, failures=failure),
        usual.model_copy(update={"notes": ("the notebook made its own data file",)}),
        scorecard("M9_01", [Verdict.FAILED], state=State.RAISED, failures=failure),
        scorecard("M9_01", [Verdict.FAILED], state=State.NOT_RUN).model_copy(update={"notes": ("an empty file",)}),
    ]
    results = [graded(work, card) for work, card in zip(found.submissions, cards, strict=True)]
    results[0] = results[0].model_copy(update={"attempts": 2})
    attention = attention_of(roster_of(found, results))
    assert [(each.student, each.page) for each in attention.ungraded] == [("s1", True)]
    assert [(each.student, each.why) for each in attention.stopped] == [
        ("s2", "time limit in `task2-work`: not finished after 300 seconds in all"),
        ("s5", "not run: an empty file"),
    ]
    assert [each.student for each in attention.noted] == ["s0", "s3"]
    assert counted(attention, 1, 0)[:2] == [(1, "ungraded through our fault"), (2, "stopped early")]


def test_what_takes_more_than_three_times_the_median_stands_out() -> None:
    found = _class_of(*[Verdict.PASSED] * 5)
    card = scorecard("M9_01", [Verdict.PASSED])
    seconds = (4.0, 5.0, 6.0, 15.0, 15.1)
    results = [
        graded(work, card, seconds=took, cpu_seconds=0) for work, took in zip(found.submissions, seconds, strict=True)
    ]
    time, memory = class_costs(roster_of(found, results))
    assert (time.name, memory.name) == ("Time", "Memory")  # nothing measured the processor time
    (row,) = time.rows
    assert (row.median, row.most) == (6, 15.1)
    assert row.far == ()  # 15.1 is not three times 6
    results[1] = results[1].model_copy(update={"seconds": 50.0})
    row = class_costs(roster_of(found, results))[0].rows[0]
    assert (row.median, [each[1:] for each in row.far]) == (15, [("s1", 50.0)])


@pytest.mark.parametrize("values", [(1.0,), (2.0, 2.0), (0.0001, 9e9), (1e-9,), (3.0, 10.0, 30.0)])
def test_any_costs_can_be_drawn_and_lie_on_the_axis(values: tuple[float, ...]) -> None:
    drawing = plots.dots(Cost("Time", "seconds", (CostRow("M9_01", values, ()),)))
    places = [
        float(x)
        for data in re.findall(r'class="dots[^"]*" d="([^"]*)"', drawing)
        for x in re.findall(r"M([\d.-]+)", data)
    ]
    assert len(places) == len(values)
    assert all(plots.LEFT - 3 <= place <= plots.RIGHT + 3 for place in places)
    assert "median" in drawing


@pytest.fixture
def without_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """The MLflow store has tests of its own."""
    from grading.class_reports import mlflow_store as class_run

    monkeypatch.setattr(class_run, "log_class", lambda _graded, out: out / "mlflow.db")


@pytest.mark.usefixtures("without_store")
def test_all_reports_are_written_and_the_same_class_gives_the_same_bytes(tmp_path: Path) -> None:
    found, results = classroom()
    for folder, order in ((tmp_path / "a", results), (tmp_path / "b", results[::-1])):
        class_reports.write_all(found, order, folder)
    names = {path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert {path.name for path in names if len(path.parts) == 1} == {
        "class.html", "gradebook.csv", "gradebook-canvas.csv", "gradebook-moodle.csv", "gradebook-nbgrader.csv",
        "junit.xml", "look_alikes.csv",
    }  # fmt: skip
    assert sum(path.name.endswith(".results.json") for path in names) == len(results)
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


@pytest.mark.usefixtures("without_store")
def test_gradescopes_file_lies_beside_the_result(tmp_path: Path) -> None:
    work = submission("Ada")
    class_reports.write_all(
        Found("flat", (work,), (), ("Ada",)), [graded(work, scorecard("M9_01", [Verdict.PASSED]))], tmp_path
    )
    assert json.loads((tmp_path / "results" / work.slug / "M9_01.results.json").read_text())["score"] == 100


@pytest.mark.usefixtures("without_store")
@pytest.mark.parametrize("slug", ["../x", "..", "/etc", ""])
def test_a_name_that_leads_out_of_the_folder_is_refused(slug: str, tmp_path: Path) -> None:
    work = submission("Ada")
    with pytest.raises(InputError, match="plain names"):
        class_reports.write_all(Found("flat", (work,), (), ("Ada",)), [graded(work, None, slug=slug)], tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
