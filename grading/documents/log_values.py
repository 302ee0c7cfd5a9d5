"""What the store knows about a run, as Markdown by the names of the templates: data, model, code and surroundings."""

import re
from datetime import UTC, datetime
from pathlib import PurePosixPath

from grading.documents.log_results import results_of, run_label
from grading.documents.log_training import training_of
from grading.evidence.contract import our_contract
from grading.evidence.evidence import TESTED
from grading.evidence.markdown import bullets, code, listed, literal, number, table
from grading.evidence.part_runs import has_model_or_test
from grading.evidence.run_facts import RunFacts, like
from grading.evidence.store import Run

LONGEST_NOTE = 800  # characters of a description
MOST_RELATED, TOP_FEATURES, MOST_FILES, MOST_PACKAGES = 5, 10, 50, 60
SEED = re.compile(r"(^|[^a-z])(random_?state|(random_?|numpy_|np_|torch_|global_|split_|python_|tf_)?seed)$")
OURS_ELSEWHERE = ("mlflow.", "gate.")  # tags that are shown where they belong


def values_of(facts: RunFacts) -> dict[str, str]:
    """The values of a run by the templates' names, results too; empty where the run has not logged them."""
    run = facts.run
    return (
        results_of(facts)
        | training_of(facts)
        | {
            "run_id": literal(run.id),
            "run_name": literal(run.name),
            "experiment_name": literal(run.experiment.name),
            "experiment_id": literal(run.experiment.id),
            "experiment_description": literal(run.experiment.note, LONGEST_NOTE),
            "run_description": literal(run.note, LONGEST_NOTE),
            "status": _status(run),
            "date": moment(run.start_time),
            "completed": moment(run.end_time) if run.end_time else "",
            "experimenter": literal(run.tags.get("mlflow.user", "")),
            "related_runs": _related(facts),
            "nested_runs": _nested(facts),
            "datasets": _datasets(run),
            "data_version": _data_version(facts),
            "splits": _splits(facts),
            "preprocessing": _preprocessing(facts),
            "model": _model(facts),
            "model_inputs": _inputs(facts),
            "artifacts": bullets(
                f"`{path}`" if "`" not in path else literal(path) for path in facts.files[:MOST_FILES]
            ),
            "model_files": bullets(f"{literal(model.name)}: {code(f'models:/{model.id}')}" for model in run.models),
            "code_version": _code_version(facts),
            "environment": _environment(facts),
            "seeds": table(("Parameter", "Seed"), _seeds(run)),
            "feature_importance": _feature_importance(facts),
            "tags": _tags(run),
        }
    )


def moment(milliseconds: int) -> str:
    """A time for a person, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def data_hash(facts: RunFacts) -> str:
    """The sha256 that the run says its data file has."""
    return literal(_by_contract(facts, "data_sha256"))


def code_commit(facts: RunFacts) -> str:
    """The commit that the run says it ran from."""
    return literal(_by_contract(facts, "git_commit"))


def uncommitted(facts: RunFacts) -> str:
    """Whether the run says that anything was uncommitted: then the commit alone does not tell the code."""
    return literal(_by_contract(facts, "git_dirty"))


def _status(run: Run) -> str:
    if run.status == "RUNNING" and run.end_time is not None:
        return "FINISHED before; open again when this log was written"
    reason = next((value for key, value in run.tags.items() if "reason" in key.lower()), "")
    return literal(run.status) + (f": {literal(reason)}" if reason and run.status != "FINISHED" else "")


def _by_contract(facts: RunFacts, tag: str) -> str:
    return facts.said(tag, *our_contract("experiment").tags[tag].names)


def _related(facts: RunFacts) -> str:
    names = facts.main_metrics[:3]
    parent = run_label(facts.parent.run) if facts.parent else "none"
    lines = [f"- Parent: {parent}", f"- Nested runs: {_nested(facts)}"]
    if said := facts.said("related_runs", "related"):
        lines.append(f"- Named by the run: {literal(said)}")
    others = [other for other in facts.neighbours if _is_main(other)][:MOST_RELATED]
    if not others:
        return "\n".join([*lines, "- Other finished runs with a model or a test metric in this experiment: none"])
    rows = []
    for other in others:
        found = [like(name, other) for name in names]
        values = ["" if name is None else number(other.metrics[name]) for name in found]
        rows.append((run_label(other), moment(other.start_time), *values))
    lines.append(f"- The newest other finished runs with a model or a test metric in this experiment, {len(others)}:")
    return "\n".join([*lines, "", table(("Run", "Started", *map(literal, names)), rows)])


def _is_main(run: Run) -> bool:
    return run.status == "FINISHED" and run.parent_id is None and has_model_or_test(run)


def _nested(facts: RunFacts) -> str:
    if not facts.children:
        return "none"
    patterns = list(dict.fromkeys(re.sub(r"\d+", "N", child.name) for child in facts.children))
    more = f" and {len(patterns) - 3} other names" if len(patterns) > 3 else ""
    return f"{len(facts.children)}, named {', '.join(map(literal, patterns[:3]))}{more}"


def _datasets(run: Run) -> str:
    rows = []
    for data in run.datasets:
        file = PurePosixPath(data.location.replace("\\", "/")).name
        shape = (data.name, data.context, file, "" if data.rows is None else f"{data.rows:,}", data.digest)
        rows.append(tuple(literal(text) or "not recorded" for text in shape))
    return table(("Dataset", "Used for", "File", "Rows", "Digest"), rows)


def _data_version(facts: RunFacts) -> str:
    return listed({
        "Version": literal(facts.said("data_version", "dataset_version")),
        "sha256 of the file": data_hash(facts),
        "DVC's md5": literal(facts.said("dvc_md5", "data_md5", "dvc_hash", "md5")),
    })  # fmt: skip


def _splits(facts: RunFacts) -> str:
    predictions = facts.predictions
    tested = facts.said("test_rows", "n_test", "rows_test", "num_test", "test_samples", "n_test_rows")
    if not (tested or isinstance(predictions, str)):
        tested = f"{len(predictions)} (rows of predictions.csv)"
    train = facts.said("train_rows", "n_train", "rows_train", "num_train", "train_samples", "n_train_rows")
    train = train or _rows_of_training(facts.run)
    return listed({
        "Rows to train on": literal(train),
        "Rows to validate on": literal(facts.said("val_rows", "validation_rows", "n_val", "n_validation", "n_valid")),
        "Rows to test on": literal(tested),
        "Share kept for the test": literal(facts.said("test_size", "test_share", "test_fraction")),
        "Split strategy": literal(facts.said("split_strategy", "split", "splitter", "split_method", "cv_strategy")),
        "Random seed": literal(facts.said("split_seed", "seed", "random_seed", "random_state")),
    })  # fmt: skip


def _rows_of_training(run: Run) -> str:
    """How many rows its training dataset has; empty when none is for the test: then it may be the whole file."""
    contexts = {data.context.lower(): data for data in run.datasets}
    training = contexts.get("training") or contexts.get("train")
    if training is None or training.rows is None or not TESTED & contexts.keys():
        return ""
    return f"{training.rows} (rows of the dataset {training.name})"


def _preprocessing(facts: RunFacts) -> str:
    steps = facts.json("preprocessing.json")
    if isinstance(steps, list) and steps:
        return "\n".join(f"{place}. {literal(step)}" for place, step in enumerate(steps[:30], start=1))
    if said := facts.said("preprocessing"):
        return f"1. {literal(said)}"
    return "\n".join(f"{place}. {literal(step)}" for place, step in enumerate(facts.model_steps[:-1], start=1))


def _model(facts: RunFacts) -> str:
    described = facts.model_description
    kinds = [name for name in facts.flavors if name != "python_function"] or list(facts.flavors)
    said = facts.said("model_type", "model_class", "estimator_name", "algorithm", "model_family")
    names = [model.name for model in facts.run.models if model.ready]
    return listed({
        "Type": " → ".join(map(literal, facts.model_steps)) or literal(said),
        "Logged as": ", ".join(map(literal, names)),
        "Kind of model file": ", ".join(map(literal, kinds)),
        "Size": f"{literal(described.get('model_size_bytes'))} bytes" if described.get("model_size_bytes") else "",
    })  # fmt: skip


def _inputs(facts: RunFacts) -> str:
    try:
        return ", ".join(f"{literal(name)}" for name in facts.model.inputs[:MOST_FILES]) if facts.model else ""
    except Exception:  # no signature, or one of another kind
        return ""


def _code_version(facts: RunFacts) -> str:
    tags = facts.run.tags
    return listed({
        "Commit": code_commit(facts),
        "Uncommitted changes": uncommitted(facts),
        "Branch": literal(facts.said("mlflow.source.git.branch", "git_branch", "branch")),
        "Repository": literal(facts.said("mlflow.source.git.repoURL", "git_repository", "repository", "repo")),
        "Started from": literal(PurePosixPath(tags.get("mlflow.source.name", "").replace("\\", "/")).name),
    })  # fmt: skip


def _environment(facts: RunFacts) -> str:
    lines = [line.strip() for line in facts.text("requirements.txt").splitlines() if line.strip()]
    described = facts.model_description
    more = f" … and {len(lines) - MOST_PACKAGES} more" if len(lines) > MOST_PACKAGES else ""
    return listed({
        "Python": literal(facts.python_version),
        "MLflow": literal(facts.said("mlflow_version") or described.get("mlflow_version", "")),
        "Packages (requirements.txt)": ", ".join(map(literal, lines[:MOST_PACKAGES])) + more,
    })  # fmt: skip


def _seeds(run: Run) -> list[tuple[str, str]]:
    found = sorted((name, value) for name, value in run.params.items() if SEED.search(name.lower()))
    return [(literal(name), literal(value)) for name, value in found]


def _feature_importance(facts: RunFacts) -> str:
    found = facts.table("feature_importance.csv")
    if found.shape[1] < 2:
        drawn = [path for path in facts.files if "importance" in path.lower() and path.lower().endswith(".png")]
        return f"drawn in `{drawn[0]}`" if drawn and "`" not in drawn[0] else ""
    feature, importance = found.columns[:2]
    try:
        weights = found.assign(weight=found[importance].astype(float)).dropna(subset="weight")
    except (ValueError, TypeError):
        return ""
    top = weights.reindex(weights["weight"].abs().sort_values(ascending=False, kind="stable").index)[:TOP_FEATURES]
    rows = zip(top[feature].tolist(), top["weight"].tolist(), strict=True)
    return table(("Feature", literal(importance)), [(literal(name), number(weight, 4)) for name, weight in rows])


def _tags(run: Run) -> str:
    own = {name: value for name, value in sorted(run.tags.items()) if not name.startswith(OURS_ELSEWHERE)}
    return table(("Tag", "Value"), [(literal(name), literal(value) or "(empty)") for name, value in own.items()])
