import json
import math
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
from optuna.storages.journal import JournalFileBackend, JournalStorage

from grading.errors import Unmet
from grading.lessons.m9_02.study_record import Study, read_study

optuna.logging.set_verbosity(optuna.logging.ERROR)


def _objective(trial: optuna.Trial) -> float:
    alpha = trial.suggest_float("alpha", 0.01, 10, log=True)
    depth = trial.suggest_int("depth", 1, 5)
    weight = trial.suggest_categorical("weight", [None, "balanced"])
    for step in range(3):
        trial.report(alpha + step, step)
        if step == 1 and trial.number % 3 == 2:
            raise optuna.TrialPruned
    return float(alpha + depth + (weight is None))


def _run(storage: Callable[[], object] | str, *, sessions: int = 2) -> optuna.Study:
    for session in range(sessions):
        study = optuna.create_study(
            study_name="s",
            storage=storage if isinstance(storage, str) else storage(),
            load_if_exists=True,
            sampler=optuna.samplers.RandomSampler(seed=session),
        )
        study.optimize(_objective, n_trials=4)
    return study


def _journal(file: Path) -> Callable[[], JournalStorage]:
    return lambda: JournalStorage(JournalFileBackend(str(file)))


def _agrees(record: Study | None, study: optuna.Study) -> bool:
    assert record is not None
    for ours, theirs in zip(record.trials, study.trials, strict=True):
        assert (ours.number, ours.state) == (theirs.number, theirs.state.name)
        assert math.isclose(ours.value, theirs.value or math.nan)
        for name, value in theirs.params.items():
            shown = ours.params[name]
            assert shown == value or (value is None and shown != shown) or math.isclose(shown, value)
    return True


def test_a_journal_says_what_the_study_says(tmp_path: Path) -> None:
    study = _run(_journal(tmp_path / "study.log"))
    record = read_study(tmp_path / "study.log")
    assert _agrees(record, study)
    assert record is not None
    assert [len(trial.steps) for trial in record.trials[:3]] == [3, 3, 2]
    assert record.direction == "MINIMIZE"


@pytest.mark.parametrize("sessions", [1, 2, 3])
def test_a_journal_tells_how_often_it_was_opened(tmp_path: Path, sessions: int) -> None:
    _run(_journal(tmp_path / "study.log"), sessions=sessions)
    record = read_study(tmp_path / "study.log")
    assert record is not None
    assert len(record.sessions) == sessions


def test_a_sqlite_storage_says_what_the_study_says(tmp_path: Path) -> None:
    study = _run(f"sqlite:///{tmp_path / 'study.db'}")
    record = read_study(tmp_path / "study.db")
    assert _agrees(record, study)
    assert record is not None
    assert record.direction == "MINIMIZE"


def test_a_trials_table_says_what_the_study_says(tmp_path: Path) -> None:
    study = _run(_journal(tmp_path / "study.log"))
    study.trials_dataframe().to_csv(tmp_path / "trials.csv", index=False)
    record = read_study(tmp_path / "trials.csv")
    assert _agrees(record, study)
    assert record is not None
    assert record.sessions == []


def test_trials_that_were_added_whole_are_in_the_journal_too(tmp_path: Path) -> None:
    first = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    first.optimize(_objective, n_trials=3)
    study = optuna.create_study(study_name="s", storage=_journal(tmp_path / "study.log")())
    study.add_trials(first.trials)
    assert _agrees(read_study(tmp_path / "study.log"), study)


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", "row,fold\n1,2\n"), ("notes.txt", "hello"), ("a.png", "number")]
)
def test_another_file_is_no_study(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert read_study(tmp_path / name) is None


@pytest.mark.parametrize(
    "line",
    [
        {"op_code": 5, "trial_id": 7, "param_name": "a", "param_value_internal": 1},
        {"op_code": 4, "study_id": "x", "worker_id": 1},
        {"op_code": 6, "trial_id": 0, "state": 99, "values": ["a"]},
        {"op_code": 4},
        "not json",
    ],
)
def test_a_damaged_journal_is_unmet(tmp_path: Path, line: object) -> None:
    text = line if isinstance(line, str) else json.dumps(line)
    (tmp_path / "study.log").write_text(f'{{"op_code": 0}}\n{text}\n')
    with pytest.raises(Unmet):
        read_study(tmp_path / "study.log")


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"\xff" * 200, b"SQLite format 3\0"])
def test_a_damaged_storage_is_unmet(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "study.db").write_bytes(content)
    with pytest.raises(Unmet):
        read_study(tmp_path / "study.db")


def test_a_table_with_words_for_numbers_is_unmet(tmp_path: Path) -> None:
    (tmp_path / "trials.csv").write_text("number,value,state\nfirst,1,COMPLETE\n")
    with pytest.raises(Unmet):
        read_study(tmp_path / "trials.csv")
