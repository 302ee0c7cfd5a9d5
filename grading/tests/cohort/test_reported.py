"""What was reported and is not found any more: by place, unless the same hand-in is there under another name."""

from dataclasses import replace
from pathlib import Path

from grading.cohort.reported import no_longer_there
from grading.cohort.results_folder import ResultsFolder
from grading.cohort.submissions import Found, Submission
from grading.marking.verdict import Verdict
from grading.tests.classroom import graded, scorecard, submission

ADA, BO = submission("Ada", sid="11"), submission("Bo", sid="12")


def kept(folder: Path, *works: Submission) -> ResultsFolder:
    results = ResultsFolder(folder)
    for work in works:
        results.update(graded(work, scorecard(work.lesson, [Verdict.PASSED])))
    return results


def missing(folder: ResultsFolder, *works: Submission) -> list[str]:
    return [one.student for one in no_longer_there(Found("flat", works, (), ()), folder)]


def test_a_hand_in_that_is_not_found_is_missing_and_a_changed_one_is_not(tmp_path: Path) -> None:
    folder = kept(tmp_path, ADA, BO)
    assert missing(folder, ADA, BO) == []
    assert missing(folder, replace(ADA, notebook=b"new", sid="")) == ["Bo"]
    assert missing(ResultsFolder(tmp_path / "new"), ADA) == []


def test_another_lesson_of_a_student_is_no_substitute(tmp_path: Path) -> None:
    assert missing(kept(tmp_path, ADA), submission("Ada", "M9_02", sid="11")) == ["Ada"]


def test_a_renamed_hand_in_is_known_by_its_content_or_its_id_and_stands_for_one(tmp_path: Path) -> None:
    ada, bo = replace(ADA, notebook=b"same"), replace(BO, notebook=b"same")
    folder = kept(tmp_path, ada, bo)
    assert missing(folder, replace(ada, student="Ada (1)", notebook=b"new"), bo) == []
    assert missing(folder, replace(ada, student="Ada Lovelace", sid=""), bo) == []
    assert missing(folder, replace(ada, student="Somebody", sid="")) == ["Bo"]
    assert missing(folder, bo) == ["Ada"]


def test_files_of_others_and_damaged_results_are_no_hand_ins(tmp_path: Path) -> None:
    folder = kept(tmp_path, ADA)
    place = tmp_path / "results" / ADA.slug
    for name in ("M9_02.json", "M9_01.results.json"):
        (place / name).write_text("{}")
    assert missing(folder) == ["Ada"]
