"""The experiment log: docs/experiment_log_template.md filled from a run, and read back to see that it is true."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from grading.comparison import equal
from grading.metric_name import parse
from grading.store import Run, Store, find_run, open_store

LOG_NAME = "experiment_log.md"
TEMPLATE = Path(__file__).parents[1] / "docs" / "experiment_log_template.md"
SECTIONS = ("overview", "data", "configuration", "results", "conclusion")
PERSONAL = ("objective", "hypothesis", "success_criterion", "conclusion", "next_steps")  # only a person can say these
MISSING = "_missing_"  # a person has not said it: a gap in the log
NOT_RECORDED = "not recorded"  # the run has not logged it: true, and a matter for the other checks
PLACEHOLDER = re.compile(
    r"_missing_|\[[a-z][a-z0-9_ ]*\](?!\()|\bTODO\b|\bTBD\b|\bFIXME\b|<your [^>]*>|^\W*(?:\.\.\.|…)\W*$", re.M
)
ROW = re.compile(r"^\|\s*`?([^|`]+?)`?\s*\|\s*([^|]*?)\s*\|", re.MULTILINE)
STATED = re.compile(r"`?([A-Za-z][\w./ -]*?)`?\s*(?::|=|\bis\b|\bof\b)\s*\**(-?\d+(?:\.\d+)?)")
SHORTEST_SECTION = 10  # characters


def experiment_log(run_id: str, *, tracking_uri: str | None = None, **personal: str) -> str:
    """The filled experiment log of a run, as Markdown.

    `personal`: objective, hypothesis, success_criterion, conclusion, next_steps: what only a person can say; whatever
    is left out is marked as missing. `tracking_uri`: MLflow's current one unless given.
    Raises TypeError for another keyword and StoreError when there is no such run.
    """
    wrong = [name for name, text in personal.items() if name not in PERSONAL or not isinstance(text, str)]
    if wrong:
        raise TypeError(f"expected texts for some of {', '.join(PERSONAL)}; found {', '.join(wrong)}")
    if tracking_uri is None:
        import mlflow

        tracking_uri = mlflow.get_tracking_uri()
    store = open_store(tracking_uri)
    return fill(TEMPLATE.read_text("utf-8"), values_of(store, find_run(store, run_id)) | personal)


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with each `[name]` replaced by its value, or by a mark that says who left it out."""

    def value(match: re.Match[str]) -> str:
        return values.get(match[1], "").strip() or (MISSING if match[1] in PERSONAL else NOT_RECORDED)

    return re.sub(r"\[([a-z0-9_]+)\](?!\()", value, template)


def values_of(store: Store, run: Run) -> dict[str, str]:
    """What the store knows about a run, by the template's names."""
    tag = {name.lower(): value for name, value in run.tags.items()}
    return {
        "run_id": run.id,
        "run_name": run.name,
        "experiment_name": run.experiment.name,
        "status": run.status,
        "date": _time(run.start_time),
        "duration": f"{(run.end_time - run.start_time) / 1000:.1f} s" if run.end_time else "still running",
        "experimenter": tag.get("mlflow.user", ""),
        "experiment_description": run.experiment.note,
        "datasets": _datasets(run),
        "data_sha256": tag.get("data_sha256", tag.get("dataset_sha256", tag.get("sha256", ""))),
        "model": ", ".join(model.name for model in run.models),
        "parameters": _table("Parameter", dict(sorted(run.params.items()))),
        "metrics": _table("Metric", {name: f"{value:.6g}" for name, value in sorted(run.metrics.items())}),
        "nested_runs": _nested(store, run),
        "artifacts": "\n".join(f"- `{path}`" for path in run.artifacts.paths()[:50]),
        "git_commit": tag.get("mlflow.source.git.commit", tag.get("git_commit", "")),
        "git_dirty": tag.get("git_dirty", ""),
    }


def problems_of(text: str, run: Run) -> Iterator[str]:
    """What is wrong with a log, read back against its run: a gap, a placeholder, a number that is not the run's."""
    bodies = _sections(text)
    for section in SECTIONS:
        body = next((body for title, body in bodies.items() if section in title), None)
        if body is None:
            yield f"no section {section.title()!r}"
        elif len(body.strip()) < SHORTEST_SECTION:
            yield f"the section {section.title()!r} is empty"
    for placeholder in PLACEHOLDER.finditer(text):
        line = text[text.rfind("\n", 0, placeholder.start()) + 1 :].partition("\n")[0]
        yield f"a placeholder left in {line.strip()[:80]!r}"
    compared = 0
    metrics = {parse(name): value for name, value in run.metrics.items()}
    results = "\n".join(body for title, body in bodies.items() if "result" in title)
    for name, shown in (*ROW.findall(text), *STATED.findall(results)):
        value = run.metrics.get(name, metrics.get(parse(name)))
        try:
            number = float(shown)
        except ValueError:
            continue
        if value is None:
            continue
        compared += parse(name).split in ("test", None)
        if not _rounds_to(shown, number, value):
            yield f"{name} is {shown} in the log and {value:.6g} in the run"
    if not compared:
        yield "no test metric of the run among its numbers"


def _rounds_to(shown: str, number: float, value: float) -> bool:
    places = len(shown.partition(".")[2])
    return equal(number, value) or (places >= 2 and abs(number - value) <= 0.5 * 10**-places + 1e-12)


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^#{2,3}\s+(.+)$", text, flags=re.MULTILINE)
    return {title.lower(): body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def _table(heading: str, values: Mapping[str, str]) -> str:
    if not values:
        return ""
    rows = [f"| {name} | {' '.join(value.split()).replace('|', '/')} |" for name, value in values.items()]
    return "\n".join([f"| {heading} | Value |", "| --- | --- |", *rows])


def _datasets(run: Run) -> str:
    return "\n".join(
        f"- {data.name}, digest {data.digest}, {data.context or 'no context'}, from `{Path(data.location).name}`"
        for data in run.datasets
    )


def _nested(store: Store, run: Run) -> str:
    children = [child for child in store.runs if child.parent_id == run.id and not child.deleted]
    return f"{len(children)} nested runs" if children else "none"


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
