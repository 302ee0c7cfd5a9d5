"""What a main run must show, one demand a function: it raises Unmet, or says how much it compared."""

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator

import pandas as pd

from grading.errors import Outcome, Unmet
from grading.evidence import claims
from grading.evidence.comparison import equal, same_value
from grading.evidence.contract import clauses, matching_files, our_contract
from grading.evidence.data_files import label_columns
from grading.evidence.evidence import Evidence
from grading.evidence.figures import IMAGES, MOST_FIGURES, read_picture
from grading.evidence.metric_name import of_test_rows, parse
from grading.evidence.store import Run
from grading.marking.quoted_numbers import NUMBER, quotes

ERRORS = ("rmse", "mae", "mse")  # in the label's own unit, or its square
TOO_SMALL = 10  # times smaller than the errors of training and test, a cross-validated error is none
LEAST_WORDS = 8  # of a conclusion
LEAST_ROWS = 30  # of a test set, or a tenth of the file: fewer can be chosen to look well


@contextlib.contextmanager
def said_of(evidence: Evidence, run: Run) -> Iterator[None]:
    """Adds the way out to what is unmet by one of several runs: it may be a try that was given up."""
    try:
        yield
    except Unmet as unmet:
        if len(evidence.main_runs) < 2:
            raise
        again = f'run it again under the same name, or mlflow.delete_run("{run.id}")'
        way = again if evidence.since else "end its cell with mlflow.delete_run(run.info.run_id), and its code may stay"
        hint = f"{unmet.hint or 'mend this run'}; if {run.name!r} is a try that you gave up, it still counts: {way}"
        raise Unmet(unmet.expected, unmet.found, hint) from None


def require_clauses(evidence: Evidence, run: Run, kind: str, keys: tuple[str, ...] = ()) -> None:
    """Raise Unmet for the first clause of the contract of this kind that the run misses."""
    for clause in clauses(evidence.contract(run), run, binary=evidence.is_binary(run)):
        if clause.kind == kind and not clause.met and (not keys or clause.key in keys):
            raise Unmet(f"{clause.expected} in the run {run.name!r}", clause.found, clause.hint)


def require_seed(run: Run) -> None:
    """Raise Unmet unless the run has its random seed, a whole number, among its params."""
    rule = our_contract("experiment").parameters["random_state"]
    accepted = ("random_state", *rule.names)
    seeds = [value for name, value in run.params.items() if name.rpartition("__")[2].lower() in accepted]
    if not any(re.fullmatch(r"\d+", seed.strip()) for seed in seeds):
        raise Unmet(f"a whole number as `random_state` or `seed` in the run {run.name!r}", sorted(run.params), rule.why)


def compare_parameters(evidence: Evidence, run: Run) -> int:
    """How many of the model's hyperparameters are among the run's params, equal; raises Unmet for the first not."""
    actual = evidence.hyperparameters(run)
    for name, value in actual.items():
        last = name.rpartition("__")[2]
        keys = (name, last, f"best_{name}", f"best_{last}")  # the last two are autolog's, of a search
        logged = [text for key in keys if (text := _param(run, key)) is not None]
        if not logged:
            raise Unmet(f"a parameter `{name}` ({value!r} in the model)", sorted(run.params) or "no params",
                        "log every name of model.get_params() that holds a plain value")  # fmt: skip
        if not same_value(logged[0], value):
            raise Unmet(f"`{name}` = {value!r}, as in the logged model", logged[0], "log what the model was built with")
    return len(actual)


def _param(run: Run, name: str) -> str | None:
    """A param of the run, by its name or, when none has that, by its name in other capitals."""
    found = (value for key, value in run.params.items() if key.lower() == name.lower())
    return run.params[name] if name in run.params else next(found, None)


def compare_test_metrics(evidence: Evidence, run: Run) -> int:
    """How many test metrics follow from the predictions; raises Unmet for the first that does not."""
    predictions, compared = evidence.predictions(run), set()
    for name, key, threshold in claimed(evidence, run):
        if compare_metric(name, key, threshold, run, predictions):
            compared.add((key, threshold))
    binary = evidence.is_binary(run)
    for key, rule in evidence.contract(run).metrics.items():
        if rule.required and (binary or not rule.binary_only) and (key, None) not in compared:
            raise Unmet(f"test_{key}, one value, in the run {run.name!r}", sorted(run.metrics), f"log it as test_{key}")
    return len(compared)


def require_errors_positive(evidence: Evidence, run: Run) -> None:
    """Raise Unmet for a negative error: scikit-learn's neg_… scores are minus the error."""
    contract = evidence.contract(run)
    for name, value in run.metrics.items():
        key = contract.metric(name)
        if key and contract.metrics[key].better == "lower" and value < 0:
            hint = "scikit-learn's neg_… scores are minus the error: change the sign"
            raise Unmet(f"{name} of 0 or more, as an error is", f"{value:.4f}", hint)


def require_errors_of_one_size(run: Run) -> None:
    """Raise Unmet for a cross-validated error far below those of training and test: it is another kind of score.

    `cross_val_score` without `scoring` gives R² of a regression, about 0.5 where the error is about 55.
    """
    meanings = {name: parse(name) for name in run.metrics}
    for key in ERRORS:
        named = {name: meaning for name, meaning in meanings.items() if meaning.base == key}
        others = {name: run.metrics[name] for name, meaning in named.items() if meaning.split in ("train", "test")}
        means = [name for name, meaning in named.items() if meaning.split == "cv" and meaning.statistic == "mean"]
        for name in means if others else ():
            if 0 < TOO_SMALL * run.metrics[name] < min(others.values()):
                errors = ", ".join(f"{other} {value:.4g}" for other, value in others.items())
                raise Unmet(f"{name} of the size of {errors} in the run {run.name!r}", f"{run.metrics[name]:.4g}",
                            "without scoring=, cross_val_score gives R²: "
                            'scoring="neg_root_mean_squared_error", and change the sign')  # fmt: skip


def claimed(evidence: Evidence, run: Run) -> Iterator[tuple[str, str, float | None]]:
    """The metrics that the run claims of the test rows and that have a definition: name, definition, threshold."""
    contract = evidence.contract(run)
    names = of_test_rows(run.metrics, lambda name: len(evidence.curve(run, name)) > 1)
    for name, meaning in names.items():
        key = contract.metric(name) or meaning.base
        if key in claims.DEFINITIONS:
            yield name, key, meaning.threshold


def compare_metric(name: str, key: str, threshold: float | None, run: Run, predictions: pd.DataFrame) -> int:
    """1 when the logged metric follows from the predictions, 0 when it cannot be derived; raises Unmet otherwise."""
    derived = claims.derive(key, predictions, threshold=threshold, params=run.params)
    if not derived:
        return 0
    if not any(equal(run.metrics[name], value) for value in derived):
        hint = "one of the two is wrong: log metric and predictions of the same model, on the same test rows"
        if equal(run.metrics[name], derived[0] ** 2):
            hint = "this is the square: take the root"
        raise Unmet(f"{name} = {derived[0]:.4f}, from predictions.csv", f"{run.metrics[name]:.4f}", hint)
    return 1


def require_model_complete(evidence: Evidence, run: Run) -> None:
    """Raise Unmet unless the run's model has a signature, an input example and exactly pinned requirements."""
    model = evidence.model(run)
    model.inputs  # noqa: B018  raises without a signature
    if not model.has_example:
        raise Unmet("an input example with the model", "none", "log_model(..., input_example=X_train.head(3))")
    if loose := model.unpinned():
        raise Unmet("requirements with exact versions", loose, f'pip_requirements=["{loose[0].split(">")[0]}==..."]')


def require_figures(evidence: Evidence, run: Run) -> int:
    """How many figures the run has; raises Unmet for one that is missing, unreadable or blank."""
    files, count = run.artifacts.paths(), 0
    for key, rule in evidence.contract(run).artifacts.items():
        if not rule.figure or not rule.required or (rule.binary_only and not evidence.is_binary(run)):
            continue
        found = matching_files(key, rule, files)
        if not found:
            raise Unmet(f"a figure named like {key}.png in the run {run.name!r}", files[:8] or "no artifacts", rule.why)
        if all(read_picture(run.artifacts.local(file)).blank for file in found[:MOST_FIGURES]):
            raise Unmet(
                f"{found[0]} to show something",
                "a blank picture",
                "log the figure itself, and before plt.show(): plt.gcf() may be another, empty one",
            )
        for file in found[:MOST_FIGURES]:
            require_own_picture(evidence, run, file)
        count += 1
    return count


def require_own_picture(evidence: Evidence, run: Run, path: str) -> None:
    """Raise Unmet for a picture that a Learn cell logged, byte for byte."""
    known = "lesson_pictures", ""
    if known not in evidence.derived:
        files = [(r, p) for r in evidence.lesson_runs for p in r.artifacts.paths() if p.lower().endswith(IMAGES)]
        evidence.derived[known] = {}
        first: dict[str, Run] = {}  # the Learn cell's own comes before a student's that went to its experiment
        for each, name in files:
            if first.setdefault(name, each) is not each and each.name != first[name].name:
                continue
            with contextlib.suppress(Outcome):  # what cannot be read is no fault of the student's
                evidence.derived[known][_digest(each, name)] = f"{name} of {each.name!r}"
    if whose := evidence.derived[known].get(_digest(run, path)):
        raise Unmet(f"{path} to be a picture of your own runs", f"the lesson's own picture, {whose}",
                    "the name of a Learn cell's figure still holds the lesson's: draw yours, and log it")  # fmt: skip


def _digest(run: Run, path: str) -> str:
    return hashlib.sha256(run.artifacts.local(path).read_bytes()).hexdigest()


def require_reproduced(evidence: Evidence, run: Run) -> None:
    """Raise Unmet unless the model, loaded elsewhere, predicts what predictions.csv says."""
    predictions = evidence.predictions(run)
    again = evidence.reproduction(run)
    if len(again.predictions) != len(predictions):
        raise Unmet(f"{len(predictions)} predictions from the logged model", f"{len(again.predictions)}")
    repeated = pd.Series(again.predictions, index=predictions.index)
    wrong = claims.differences(predictions["y_pred"], repeated, exact=False)
    if wrong:
        raise Unmet("the logged model to give the y_pred of predictions.csv", f"{wrong} of {len(predictions)} differ",
                    "log the model that made these predictions, on the rows the file names")  # fmt: skip
    score = claims.score_column(predictions)
    if score:
        if len(again.scores) != len(predictions):
            raise Unmet(f"a model that gives the {score} of predictions.csv", "a model without scores")
        wrong = claims.differences(predictions[score], pd.Series(again.scores, index=predictions.index), exact=False)
        if wrong:
            raise Unmet(f"the logged model to give the {score} of predictions.csv", f"{wrong} differ")


def require_data_version(evidence: Evidence, run: Run) -> str:
    """The data file's name; raises Unmet unless dataset input, sha256 and labels are the file's."""
    dataset = evidence.dataset(run)
    if not (dataset.digest and dataset.name):
        raise Unmet("a dataset with a name and a digest", f"name {dataset.name!r}, digest {dataset.digest!r}")
    file = evidence.data_file(run)
    rule, logged = our_contract("experiment").tags["data_sha256"], evidence.recorded_sha256(run)
    if logged is None:
        raise Unmet(f"a tag data_sha256 in the run {run.name!r}", list(run.tags)[:12], rule.why)
    if logged != evidence.data.sha256(file):
        raise Unmet(f"sha256 {evidence.data.sha256(file)[:16]}… of {file.name}", f"{logged[:16]}…", rule.why)
    require_labels(evidence, run)
    return file.name


def require_labels(evidence: Evidence, run: Run) -> str:
    """How many rows of which file; raises Unmet unless y_true is what the recorded data file says of its rows."""
    file = evidence.data_file(run)
    predictions, frame = evidence.predictions(run), evidence.data.frame(file)
    least = min(LEAST_ROWS, len(frame) // 10)
    if len(predictions) < least:
        found = f"{len(predictions)} of {len(frame)}"
        raise Unmet(f"at least {least} rows of {file.name} in predictions.csv", found, "keep every test row")
    wrong = claims.label_mismatches(predictions, frame, label_columns(file, frame))
    if wrong:
        raise Unmet(f"y_true to be the labels of {file.name} at those rows", f"{wrong} of {len(predictions)} differ",
                    claims.WRONG_FILE)  # fmt: skip
    return f"{len(predictions)} rows of {file.name}"


def require_conclusion(run: Run, others: Iterable[Run] = ()) -> None:
    """Raise Unmet unless the run's description has a few words and a number that the run logged, or its distance from
    that of another of `others`."""
    words = run.note.split()
    if len(words) < LEAST_WORDS:
        expected = f"a description of the run {run.name!r}: what we learn from it, in {LEAST_WORDS} words or more"
        hint = "a sentence with the number that you conclude from, as mlflow.note.content"
        raise Unmet(expected, f"{len(words)} words: {run.note}" if words else "none", hint)
    if not quotes(run.note, run, others):
        raise Unmet("a conclusion that quotes a metric of the run", NUMBER.findall(run.note) or "no number",
                    "name the number that you conclude from, as it was logged, or how far it lies from another "
                    "run's")  # fmt: skip
