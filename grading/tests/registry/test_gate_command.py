"""`grading gate …`: what it prints, its exit codes, and a model that runs confined."""

from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest

from grading.registry.gate import hold
from grading.registry.promotion import history, promote
from grading.running.kernels.confinement import strength
from grading.tests.registry.clinic import NAME, Clinic, log_training, new_alias, versions_of

pytestmark = pytest.mark.xdist_group("solved")


def test_the_command_line_promotes_and_rolls_back(
    clinic: Clinic, command: Callable[..., tuple[int, str]], uri: str
) -> None:
    alias = new_alias()
    code, printed = command(f"{NAME}/1", "--promote", alias, "--why", "first", store=uri)
    assert code == 0
    assert printed.splitlines()[-1] == f"{NAME}/1 is {alias} now; before: nobody"
    assert "✓ test metrics that predictions.csv gives found 2 computed again, all equal" in printed
    assert command(f"{NAME}/2", "--promote", alias, store=uri)[0] == 0
    code, printed = command(NAME, "--rollback", alias, store=uri)
    assert code == 0
    assert printed.splitlines()[-1] == f"{NAME}/1 is {alias} again; before: {NAME}/2"
    code, printed = command(NAME, "--rollback", alias, store=uri)
    assert code == 1
    assert "nothing to give" in printed
    assert history(versions_of(uri), NAME, alias)[0].why == "first"


def test_the_command_line_says_what_is_missed_and_what_was_moved_by_hand(
    clinic: Clinic, command: Callable[..., tuple[int, str]]
) -> None:
    alias = new_alias()
    promote(clinic.good(1, clinic.served.sqlite), alias, clinic.served.sqlite)
    clinic.client.set_registered_model_alias(NAME, alias, "2")
    code, printed = command(f"{NAME}/{clinic.versions['no predictions']}")
    assert code == 1
    assert "✗ predictions.csv in the run" in printed
    assert "misses 4 of 12 clauses of clinic" in printed
    assert f"! {alias} is {NAME}/2, the history says {NAME}/1: moved outside the gate" in printed


@pytest.mark.skipif(not strength().enough, reason=f"nothing to confine with: {strength().missing}")
def test_a_model_held_on_the_command_line_runs_confined(
    clinic: Clinic, command: Callable[..., tuple[int, str]], tmp_path: Path, tracking: str
) -> None:
    run_id, _ = log_training("", 1)
    taken, code = tmp_path / "taken", tmp_path / "code.py"
    code.write_text(
        f"import mlflow\nopen({str(taken)!r}, 'w').close()\n"
        "class Model(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input: list[str], params=None) -> list[str]:\n"
        "        return model_input\n"
        "mlflow.models.set_model(Model())\n"
    )
    with mlflow.start_run(run_id=run_id):
        strange = mlflow.pyfunc.log_model(python_model=str(code), name="strange", pip_requirements=["mlflow"])
    mlflow.register_model(strange.model_uri, "strange")
    taken.unlink()
    assert not hold(clinic.contract, "strange/1", tracking).met
    assert taken.exists()  # what an ordinary process lets it do
    taken.unlink()
    exit_code, _ = command("strange/1", store=tracking)
    assert exit_code == 1
    assert not taken.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((f"{NAME}/1", "--promote", "a", "--rollback", "a"), "found both"),
        (("0123abc", "--promote", "champion"), "expected a registered version such as screening/3"),
        ((f"{NAME}/1", "--promote", "latest"), "expected an alias"),
        ((f"{NAME}/1", "--why", "because"), "with --why"),
        ((f"{NAME}/1", "--data", "nowhere"), "expected a folder with data"),
    ],
)
def test_wrong_usage_is_exit_2(command: Callable[..., tuple[int, str]], arguments: tuple[str, ...], said: str) -> None:
    code, printed = command(*arguments)
    assert code == 2
    assert said in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--rollback", "champion"), "expected a registered model"),
        ((NAME, "--rollback", "nobody-had-it"), "nothing to give"),
        (("nobody/1", "--promote", "champion"), "expected a registered version"),
        (("ffff",), "expected one run"),
    ],
)
def test_what_is_not_there_is_exit_1(
    command: Callable[..., tuple[int, str]], arguments: tuple[str, ...], said: str
) -> None:
    code, printed = command(*arguments)
    assert code == 1
    assert said in printed
