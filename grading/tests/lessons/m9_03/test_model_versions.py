"""Versions and their comparison: a number is the run's, rounded as written, or it is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.store import Experiment, LocalArtifacts, ModelVersion, Run
from grading.lessons.m9_03.model_versions import MadeVersion, find_made, judge_comparison, require_described, says

HOME = Experiment("1", "home", {})


def _made(number: int, description: str = "", tags: dict[str, str] | None = None) -> MadeVersion:
    run = Run(
        f"run{number}", f"run {number}", "FINISHED", False, HOME, 0, 1, LocalArtifacts(Path("nowhere")),
        metrics={"test_rmse": 54.5523 + number, "test_r2": 0.4834},
        tags={"data_version": f"v{number}", "dvc_md5": f"md5-{number}"},
    )  # fmt: skip
    text = description or f"The version of number {number} here."
    own = tags if tags is not None else {"data_version": f"v{number}"}
    return MadeVersion(ModelVersion("m", number, run.id, "s", (), own, text), run)


VERSIONS = (_made(1), _made(2))


@pytest.mark.parametrize("text", ["0.483", "0.48", "0.4834", "4.834e-1", ".483"])
def test_a_number_may_be_rounded_as_it_is_written(text: str) -> None:
    assert says(text, 0.4834)


@pytest.mark.parametrize("text", ["0.484", "0.4844", "0", "", "nan", "inf", "0.48.3", "-", "."])
def test_another_number_does_not_say_the_value(text: str) -> None:
    assert not says(text, 0.4834)


@pytest.mark.parametrize("said", [2, "2", "v2", "Version 2", "m/2", "2.0"])
def test_a_version_is_found_by_its_number_however_written(said: object) -> None:
    assert find_made(VERSIONS, said) is VERSIONS[1]


@pytest.mark.parametrize("said", [3, "", "latest", None, "22", "1e0", -1])
def test_another_text_names_no_version(said: object) -> None:
    assert find_made(VERSIONS, said) is None


def _table(folder: Path, text: str) -> Path:
    file = folder / "comparison.csv"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "text",
    [
        "version,run_id,test_rmse\n1,run1,55.55\n2,run2,56.6\n",
        "model_version,run,metrics.rmse,note\nv2,run2,56.5523,x\nv1,run1,55.5523,y\n",
    ],
)
def test_a_true_comparison_is_counted(tmp_path: Path, text: str) -> None:
    assert judge_comparison(_table(tmp_path, text), VERSIONS) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("version,run_id,test_rmse\n1,run1,55.56\n2,run2,56.55\n", "55.56"),
        ("version,run_id,test_rmse\n1,run2,55.55\n2,run2,56.55\n", "run2"),
        ("version,run_id,test_rmse\n1,run1,55.55\n1,run1,55.55\n", "1"),
        ("version,run_id,test_rmse\n1,run1,55.55\n3,run2,56.55\n", "3"),
        ("version,run_id,test_rmse\n1,run1,55.55\n2,run2,\n", "nan"),
        ("version,run_id,note\n1,run1,good\n2,run2,better\n", "note"),
        ("version,test_rmse\n1,55.55\n2,56.55\n", "version"),
        ("", "No columns"),
        ('version,run_id\n1,"run1\n', "EOF"),
    ],
)
def test_a_comparison_that_is_not_the_runs_is_unmet(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(Unmet) as raised:
        judge_comparison(_table(tmp_path, text), VERSIONS)
    assert found in raised.value.found


def test_a_true_row_of_an_earlier_version_may_be_in_the_comparison(tmp_path: Path) -> None:
    text = "version,run_id,test_rmse\n1,run1,55.55\n2,run2,56.55\n3,run3,57.55\n"
    assert judge_comparison(_table(tmp_path, text), VERSIONS, (_made(3),)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "version,run_id,test_rmse\n1,run1,55.55\n2,run2,56.55\n3,run3,50.0\n",
        "version,run_id,test_rmse\n1,run1,55.55\n2,run2,56.55\n3,run1,57.55\n",
        "version,run_id,test_rmse\n1,run1,55.55\n3,run3,57.55\n",
    ],
)
def test_an_earlier_version_must_be_true_and_counts_for_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unmet):
        judge_comparison(_table(tmp_path, text), VERSIONS, (_made(3),))


def test_a_run_that_was_registered_twice_may_be_described_alike() -> None:
    again = MadeVersion(replace(VERSIONS[0].version, version=3), VERSIONS[0].run)
    assert require_described((*VERSIONS, again))


def test_a_description_is_mended_by_registering_the_run_again() -> None:
    short = _made(1, "Too short.")
    again = MadeVersion(replace(VERSIONS[0].version, version=3), VERSIONS[0].run)
    assert len(require_described((short, VERSIONS[1], again))) == 2
    with pytest.raises(Unmet):
        require_described((VERSIONS[0], VERSIONS[1], MadeVersion(replace(short.version, version=3), short.run)))


def test_versions_that_say_what_they_are_are_described() -> None:
    assert len(require_described(VERSIONS)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        _made(2, "Too short."),
        _made(2, "The version of number 1 here."),
        _made(2, tags={}),
        _made(2, tags={"colour": "blue"}),
        _made(2, tags={"data_version": "v1"}),
        _made(2, tags={"md5": "md5-1"}),
    ],
)
def test_a_version_that_does_not_say_what_it_is_is_unmet(wrong: MadeVersion) -> None:
    with pytest.raises(Unmet):
        require_described((VERSIONS[0], wrong))
