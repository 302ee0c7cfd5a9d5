"""Lesson M9_03: versions of data, settings and models that lead back to their bytes, and a champion that earned it."""

from grading.errors import NotAttempted, Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.figures import IMAGES, read_picture
from grading.lessons.m9_03.alias_history import (
    champion_of,
    events_of,
    reason_of,
    require_history_is_true,
    require_rollback,
    says_why,
    was_held,
)
from grading.lessons.m9_03.data_versions import (
    asked_runs,
    require_committed_settings,
    require_learned_apart,
    require_md5,
    require_one_history,
    require_own_datasets,
    require_two_contents,
)
from grading.lessons.m9_03.data_versions import require_commit as require_data_commit
from grading.lessons.m9_03.features import require_features
from grading.lessons.m9_03.lineage import read_lineage, require_chain, require_predicted_again
from grading.lessons.m9_03.logged_contract import logged_contract, missed
from grading.lessons.m9_03.model_versions import (
    earlier_versions,
    judge_comparison,
    require_described,
    require_same_rows,
    versions_of,
)
from grading.marking.demands import compare_test_metrics, require_own_picture, said_of
from grading.marking.lesson import Lesson, Task
from grading.registry.gate import with_its_model

lesson = Lesson(
    id="M9_03",
    description="model_versioning",
    title="Version data, code and models",
    worked_experiment="breast-cancer-screening",
    worked_data="breast_cancer",
    tasks=(
        Task(1, "Version data, code and model together", "code_snippets.md#Version data with DVC"),
        Task(2, "Compare model versions", "code_snippets.md#The registry"),
        Task(3, "Trace lineage", "model_documentation_guidelines.md#9. Reproduce it"),
        Task(4, "Manage the registry", "from_stages_to_aliases.md#An alias that must be earned"),
    ),
)

TABLES = (".csv", ".json")
COMPARISON, LINEAGE, REPRODUCED = ("compar",), ("lineage",), ("reproduc",)  # in the names of artifacts


@lesson.check(task=1, points=4)
def runs_used_two_data_versions(evidence: Evidence) -> str:
    """Two runs learned from two versions of the data, and their dataset digests tell them apart."""
    one, other = require_two_contents(evidence)
    digests = require_own_datasets(evidence)
    require_learned_apart(evidence, one, other)
    return f"{one.name!r} and {other.name!r}, digests {', '.join(digests)}"


@lesson.check(task=1, points=4)
def md5_is_the_files(evidence: Evidence) -> str:
    """Each run's dvc_md5 is that of the data file it used."""
    require_two_contents(evidence)
    found = []
    for run in asked_runs(evidence):
        with said_of(evidence, run):
            found.append(f"{run.name!r}: {require_md5(evidence, run)[:8]}…")
    return ", ".join(found)


@lesson.check(task=1, points=4)
def commit_holds_the_data(evidence: Evidence) -> str:
    """Each run's data_commit holds a .dvc file that names the md5 of its data, and was made before the run."""
    require_two_contents(evidence)
    found = []
    for run in asked_runs(evidence):
        with said_of(evidence, run):
            _, commit, path = require_data_commit(evidence, run)
            found.append(f"{path}.dvc in {commit[:8]}")
    return ", ".join(found)


@lesson.check(task=1, points=4, needs=(commit_holds_the_data,))
def history_is_one(evidence: Evidence) -> str:
    """The commits hold one path with two contents, follow each other, and hold the settings or the code of the run."""
    require_two_contents(evidence)
    path, commits = require_one_history(evidence)
    require_committed_settings(evidence)
    return f"{path} in {len(commits)} commits"


@lesson.check(task=2, points=4)
def versions_come_from_their_runs(evidence: Evidence) -> str:
    """Two versions or more of one registered model, each made from a model that its run logged."""
    versions = versions_of(evidence)
    for made in versions:
        with_its_model(evidence.store, made.run, made.version)
    return ", ".join(made.label for made in versions)


@lesson.check(task=2, points=4)
def versions_say_what_they_are(evidence: Evidence) -> str:
    """Each version has a description of its own, and tags that say which data it is from, as its run does."""
    return "; ".join(require_described(versions_of(evidence)))


@lesson.check(task=2, points=4)
def versions_face_the_same_patients(evidence: Evidence) -> str:
    """All versions were tested on the same rows, with metrics that follow from their predictions."""
    versions = versions_of(evidence)
    rows = require_same_rows(evidence, versions)
    compared = sum(compare_test_metrics(evidence, made.run) for made in versions)
    return f"{rows} rows, {compared} metrics recomputed"


@lesson.check(task=2, points=4)
def comparison_agrees(evidence: Evidence) -> str:
    """A comparison table with the versions, run ids and metrics that registry and runs have."""
    versions = versions_of(evidence)
    found = evidence.newest_artifact(COMPARISON, TABLES)
    if found is None:
        hint = "columns version, run_id, test_rmse, ..."
        raise evidence.no_artifact("comparison.csv", COMPARISON, TABLES, hint)
    run, path = found
    compared = judge_comparison(run.artifacts.local(path), versions, earlier_versions(evidence, versions))
    return f"{compared} test metrics in {path}"


@lesson.check(task=3, points=4)
def lineage_resolves(evidence: Evidence) -> str:
    """The lineage of two versions or more: every link is what registry, run, file and repository have."""
    versions = versions_of(evidence)
    found = evidence.newest_artifact(LINEAGE, (".json",))
    if found is None:
        raise evidence.no_artifact("lineage.json", LINEAGE, (".json",), "a list with an entry for each version")
    run, path = found
    entries = read_lineage(run.artifacts.local(path))
    traced = [require_chain(evidence, entry, versions) for entry in entries]
    if len({made.run.id for made in traced}) < 2:
        raise Unmet("the lineage of two versions or more", [made.label for made in traced], "one entry for each")
    return ", ".join(made.label for made in traced)


@lesson.check(task=3, points=4)
def features_are_the_models(evidence: Evidence) -> str:
    """The runs of two versions list the features they use, with importance: the model's inputs, each once."""
    versions = versions_of(evidence)
    of_runs = {made.run.id: made for made in versions}  # a run may have been registered twice
    counts = [require_features(evidence, made) for made in list(of_runs.values())[:2]]
    return f"{', '.join(map(str, counts))} features"


@lesson.check(task=3, points=4)
def lineage_is_drawn(evidence: Evidence) -> str:
    """The lineage as a picture, not blank."""
    versions_of(evidence)
    found = evidence.newest_artifact(LINEAGE, IMAGES)
    if found is None:
        raise evidence.no_artifact("lineage.png", LINEAGE, IMAGES, 'mlflow.log_figure(figure, "lineage.png")')
    run, path = found
    if read_picture(run.artifacts.local(path)).blank:
        raise Unmet(f"{path} to show something", "a blank picture", "log the figure itself")
    require_own_picture(evidence, run, path)
    return path


@lesson.check(task=3, points=4)
def predictions_are_reproduced(evidence: Evidence) -> str:
    """A version's predictions made again: equal to its predictions.csv, and to what its model gives today."""
    versions = versions_of(evidence)
    found = evidence.newest_artifact(REPRODUCED, (".csv",))
    if found is None:
        raise evidence.no_artifact("reproduced.csv", REPRODUCED, (".csv",), "columns version, row, y_pred")
    run, path = found
    return f"{require_predicted_again(evidence, run.artifacts.local(path), run.id, versions)} in {path}"


@lesson.check(task=4, points=4)
def champion_meets_the_contract(evidence: Evidence) -> str:
    """The champion meets the contract you logged, and its evidence bears it out."""
    versions = versions_of(evidence)
    rules, _ = logged_contract(evidence)
    events_of(evidence, versions)  # an alias set by hand alone has earned nothing
    champion = champion_of(evidence, versions)
    if unmet := missed(evidence, rules, champion):
        raise Unmet(f"{unmet[0].expected} of {champion.label}, which is champion", unmet[0].found,
                    "only a version that meets the contract may be champion: promote it through the gate")  # fmt: skip
    return f"{champion.label} meets {rules.name}"


@lesson.check(task=4, points=4)
def refused_version_says_why(evidence: Evidence) -> str:
    """A version that misses the contract was refused, was never champion, and its tag says why."""
    versions = versions_of(evidence)
    rules, _ = logged_contract(evidence)
    refused = [made for made in versions if reason_of(made)]
    if not refused:
        promoted = sorted({event.version for event in events_of(evidence, versions)})
        raise NotAttempted("a version that misses the contract, with a tag `refused` that says why",
                           f"none; promoted: {', '.join(map(str, promoted))}", "a third model that is clearly worse; "
                           'client.set_model_version_tag(name, number, "refused", str(error))')  # fmt: skip
    champions = {event.version for event in events_of(evidence, versions)}
    for made in refused:
        reason, unmet = reason_of(made) or "", missed(evidence, rules, made)
        if not unmet:
            raise Unmet(f"{made.label} to miss the contract that refused it", "it meets all of it",
                        "log the contract as it was when the gate refused")  # fmt: skip
        if made.version.version in champions or "champion" in made.version.aliases:
            raise Unmet(f"{made.label}, refused, never to be champion", "it was", "promote through the gate only")
        if not was_held(made):
            raise Unmet(f"{made.label} to be refused by the gate", "a tag, but the gate was never asked about it",
                        "hold(contract, name/number, TRACKING_URI), then promote: it says what is missed")  # fmt: skip
        if says_why(reason, made, unmet) is None:
            raise Unmet(f"the reason of {made.label} to name {unmet[0].key} and its value {unmet[0].found}", reason,
                        "the gate's own sentence says it: str(error)")  # fmt: skip
    return f"{refused[-1].label}: {reason_of(refused[-1])}"


@lesson.check(task=4, points=4)
def rollback_is_recorded(evidence: Evidence) -> str:
    """Two promotions and a rollback on record: who, when, why, and under the contract you logged."""
    versions = versions_of(evidence)
    _, edition = logged_contract(evidence)
    event = require_rollback(events_of(evidence, versions), versions, edition)
    return f"{event}: {event.why}"


@lesson.check(task=4, points=4)
def history_agrees_with_the_alias(evidence: Evidence) -> str:
    """The alias's history is one chain of moves, and ends with the version that has the alias."""
    return require_history_is_true(evidence, versions_of(evidence))
