"""Which version of the data a run says it used, held against file, DVC pointer and commit."""

import itertools

import numpy as np

from grading.errors import Outcome, Unmet
from grading.evidence.claims import score_column
from grading.evidence.comparison import same_value
from grading.evidence.contract import Named, value_of
from grading.evidence.data_repository import FULL, DataRepository
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import parse
from grading.evidence.store import Run
from grading.marking.demands import said_of

MD5 = Named(names=("data_md5", "md5", "dvc.md5", "dvc_hash", "data.md5", "dvc_data_md5"))
COMMIT = Named(names=("dvc_commit", "data_git_commit", "data_revision", "data_rev", "dvc_rev", "data_commit_sha"))
SEEDS = ("seed", "random_state")  # the lesson's own `track` logs one that no settings file is asked for
# What DVC and Git keep for themselves: a commit with no more holds neither code nor settings.
HOUSEKEEPING = (".dvc", ".gitignore", ".dvcignore", ".gitattributes")


def recorded(run: Run, key: str, rule: Named) -> str:
    """What a tag, a dataset's tag or a param of this meaning says; raises Unmet when none does."""
    for place in (run.tags, *(data.tags for data in run.datasets), run.params):
        if found := (value_of(key, rule, place) or "").strip():
            return found
    own = [tag for tag in run.tags if not tag.startswith("mlflow.")]
    raise Unmet(f"a tag {key} in the run {run.name!r}", own or "no tags", f'mlflow.set_tag("{key}", ...)')


def asked_runs(evidence: Evidence) -> tuple[Run, ...]:
    """The main runs that made a version, and of each content of the data the newest.

    An older try on the same data was done again; one that names no data counts when it is the last, or when the others
    do not have two contents.
    """
    runs = evidence.main_runs or (evidence.main_run,)
    contents = [_content(evidence, run) for run in runs]
    if len(set(contents) - {None}) < 2:
        return runs
    newest = {content: run.id for content, run in zip(contents, runs, strict=True)}
    if newest.get(None) != runs[-1].id:
        newest.pop(None, None)
    kept = {version.run_id for version in evidence.store.versions} | set(newest.values())
    return tuple(run for run in runs if run.id in kept)


def _content(evidence: Evidence, run: Run) -> str | None:
    try:
        return evidence.data.sha256(evidence.data_file(run))
    except Outcome:
        return None


def _md5(evidence: Evidence, run: Run) -> str | None:
    try:
        return evidence.data.md5(evidence.data_file(run))
    except Outcome:
        return None


def require_md5(evidence: Evidence, run: Run) -> str:
    """The MD5 of the run's data file; raises Unmet unless the run recorded it."""
    file, logged = evidence.data_file(run), recorded(run, "dvc_md5", MD5)
    actual = evidence.data.md5(file)
    if logged.lower() != actual:
        whose = [
            other.name for other in evidence.runs if other.id != run.id and _md5(evidence, other) == logged.lower()
        ]
        told = f"{logged[:12]}…" + (f", which is that of the data of {whose[0]!r}" if whose else "")
        raise Unmet(f"dvc_md5 {actual[:12]}… of {file.name} in the run {run.name!r}", told,
                    "read it from the .dvc file after `dvc add`, before the next version is copied there")  # fmt: skip
    return actual


def require_commit(evidence: Evidence, run: Run) -> tuple[DataRepository, str, str]:
    """Repository, commit and path; raises Unmet unless the run's commit holds a .dvc file that names its data file, and
    is older than the run's test metrics."""
    commit = recorded(run, "data_commit", COMMIT)
    md5 = evidence.data.md5(evidence.data_file(run))
    repository, path = pointed_at(evidence, commit, md5, f"in the run {run.name!r}")
    measured = _measured(evidence, run)
    # Git cuts its times to whole seconds: what was committed first is never later.
    if measured is not None and (late := repository.time(commit) - measured) > 0:
        raise Unmet(f"a data_commit made before the run {run.name!r}", f"{commit[:8]}, {late:.1f} s after its metrics",
                    "dvc add, commit, then run: run it again, now that the commit exists")  # fmt: skip
    return repository, commit, path


def _measured(evidence: Evidence, run: Run) -> float | None:
    """When the run's first test metric was logged, in seconds since 1970; None without one."""
    names = [name for name in run.metrics if parse(name).split == "test"]
    times = [point.timestamp for name in names for point in evidence.store.history(run.id, name)]
    return min(times) / 1000 if times else None


def pointed_at(evidence: Evidence, commit: str, md5: str, where: str) -> tuple[DataRepository, str]:
    """The repository that has the commit, and the path whose .dvc file there names the md5; raises Unmet otherwise."""
    repository = next((each for each in evidence.repositories if each.has(commit)), None)
    if repository is None:
        known = ", ".join(each.root.name for each in evidence.repositories) or "no repository"
        found, hint = f"{commit!r}, which is not in {known}", "git rev-parse HEAD, in that repository"
        if commit == evidence.code.commit:
            hint = "this is the commit of the notebook itself: ask for it in the folder of the data's repository"
        elif FULL.fullmatch(commit):
            hint = "a repository made anew has lost the commits of the one before: commit, then run again"
        raise Unmet(f"a data_commit, all 40 digits, of a repository beside the notebook {where}", found, hint)
    tracked = repository.tracked(commit)
    path = next((path for path, named in tracked.items() if named == md5), None)
    if path is None:
        found = ", ".join(f"{path}.dvc names {named[:8]}…" for path, named in tracked.items()) or "no .dvc file"
        raise Unmet(f"a .dvc file that names the md5 {md5[:8]}… in the commit {commit[:8]} {where}", found,
                    "dvc add, commit, then run: a run can only note a commit that exists")  # fmt: skip
    return repository, path


def require_two_contents(evidence: Evidence) -> tuple[Run, Run]:
    """The first two runs asked about on different contents; raises Unmet when all saw the same bytes."""
    first, *others = runs = asked_runs(evidence)
    seen = evidence.data.sha256(evidence.data_file(first))
    for other in others:
        if evidence.data.sha256(evidence.data_file(other)) != seen:
            return first, other
    for run in runs:
        if evidence.recorded_sha256(run) is None:  # without it, both seem to have read what lies there now
            raise Unmet(f"a tag data_sha256 in the run {run.name!r}", [tag for tag in run.tags if "mlflow." not in tag],
                        "it tells which version of the file the run learned from")  # fmt: skip
    expected = "two finished runs on two versions of the data"
    for run in evidence.replaced_runs:
        if _content(evidence, run) not in (seen, None):
            count = 1 + sum(other.name == run.name for other in evidence.replaced_runs)
            raise Unmet(expected, f"{count} runs named {run.name!r}, of which only the newest counts",
                        "give each version's run a name of its own")  # fmt: skip
    found = f"{len(runs)} on {evidence.data_file(first).name}"
    raise Unmet(expected, found, "copy the second version over the same path, dvc add, commit, and run again")


def require_own_datasets(evidence: Evidence) -> list[str]:
    """The digests of the runs' datasets; raises Unmet when runs on different bytes share one, or one is larger
    than its file."""
    bytes_of: dict[str, tuple[str, Run]] = {}
    for run in asked_runs(evidence):
        with said_of(evidence, run):
            dataset, file = evidence.dataset(run), evidence.data_file(run)
        rows, sha256 = len(evidence.data.frame(file)), evidence.data.sha256(file)
        if dataset.rows is not None and dataset.rows > rows:
            raise Unmet(f"a dataset of at most {rows} rows in the run {run.name!r}, as {file.name} has",
                        f"{dataset.rows} rows", "make the dataset from the file that the run learned from")  # fmt: skip
        other, where = bytes_of.setdefault(dataset.digest, (sha256, run))
        if other != sha256:
            with said_of(evidence, where):
                raise Unmet("another dataset digest for other data",
                            f"{dataset.digest} in {where.name!r} and {run.name!r}",
                            "read the file again for each run: mlflow.data.from_pandas(...)")  # fmt: skip
    return list(bytes_of)


def require_learned_apart(evidence: Evidence, one: Run, other: Run) -> None:
    """Raise Unmet when two runs on different data give the very same predictions: then one learned from neither."""
    try:
        mine, theirs = (_answers(evidence, run) for run in (one, other))
    except Outcome:
        return  # no predictions, or a model that cannot be asked: other checks say so
    if len(mine) and np.array_equal(mine, theirs):
        expected = f"{other.name!r} to have learned from another version than {one.name!r}"
        found = f"the same {len(mine)} predictions to the last digit"
        raise Unmet(expected, found, "read the file again after it changed")


def _answers(evidence: Evidence, run: Run) -> np.ndarray:
    """Predictions in the order of rows: numbers, or of classes the scores; empty when there are classes only."""
    predictions = evidence.predictions(run)
    order = predictions["row"].astype(str).argsort().to_numpy()
    predictions = predictions.iloc[order]
    if not evidence.is_classification(run):
        return np.asarray(predictions["y_pred"], float)
    if score := score_column(predictions):
        return np.asarray(predictions[score], float)
    scores = np.asarray(evidence.reproduction(run).scores)
    return scores[order] if len(scores) == len(order) else np.array([])


def require_one_history(evidence: Evidence) -> tuple[str, list[str]]:
    """The path that all runs' commits hold, and the commits; raises Unmet when it is not one path, or the commits
    do not follow each other, or hold data alone."""
    found = [require_commit(evidence, run) for run in asked_runs(evidence)]
    first, _, path = found[0]
    # A clone of the repository, beside it, has the same commits.
    shared = (each for each in evidence.repositories if all(each.has(commit) for _, commit, _ in found))
    repository = next(shared, first)
    commits = list(dict.fromkeys(commit for _, commit, _ in found))
    for _, commit, where in found:
        if not repository.has(commit) or where != path:
            raise Unmet(f"{path} in every commit, with different contents", f"{where} in {commit[:8]}",
                        "copy each version over the same path of one repository")  # fmt: skip
        beside = [file for file in repository.files(commit) if not _housekeeping(file)]
        if not beside:
            raise Unmet(f"settings or code beside {path}.dvc in the commit {commit[:8]}", "the data's pointer alone",
                        "commit params.yaml, or the training script, with it")  # fmt: skip
    for older, newer in itertools.pairwise(commits):
        if not (repository.descends(older, newer) or repository.descends(newer, older)):
            raise Unmet(f"{older[:8]} and {newer[:8]} one after the other in one history", "neither follows the other",
                        "commit both versions to one branch")  # fmt: skip
    return path, commits


def require_committed_settings(evidence: Evidence) -> None:
    """Raise Unmet when the settings file of a run's commit says another value than the run's parameter.

    Of several runs on one content of the data, one must agree: a later try may have other settings.
    """
    problems: dict[str | None, list[Unmet | None]] = {}
    for run in asked_runs(evidence):
        problems.setdefault(_content(evidence, run), []).append(_other_settings(evidence, run))
    for found in problems.values():
        if None not in found:
            raise next(problem for problem in found if problem)


def _other_settings(evidence: Evidence, run: Run) -> Unmet | None:
    repository, commit, _ = require_commit(evidence, run)
    logged: dict[str, list[str]] = {}
    for name, value in run.params.items():
        logged.setdefault(name.rpartition("__")[2].lower(), []).append(value)
    for file, settings in repository.settings(commit).items():
        for name, values in settings.items():
            said = logged.get(name.lower(), []) if name.lower() not in SEEDS else []
            if said and not any(same_value(text, value) for text in said for value in values):
                return Unmet(f"{name} = {values[0]} in the run {run.name!r}, as {file} in its commit {commit[:8]} says",
                             said[0], "read the settings from the file, and commit it before the run")  # fmt: skip
    return None


def _housekeeping(file: str) -> bool:
    return file.startswith(".dvc/") or file.rpartition("/")[2].endswith(HOUSEKEEPING)
