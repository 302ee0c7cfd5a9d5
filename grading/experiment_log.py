"""The experiment log: docs/experiment_log_template.md filled from a run, and read back to see that it is true."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from grading.comparison import equal
from grading.metric_name import parse
from grading.store import Run, Store, find_run, open_store

LOG_NAME = "experiment_log.md"
TEMPLATE = Path(__file__).parents[1] / "docs" / "experiment_log_template.md"
SECTIONS = ("overview", "data", "configuration", "results", "conclusion")
# What only a person can say; the experimenter is MLflow's user unless said.
PERSONAL = ("objective", "hypothesis", "success_criterion", "conclusion", "next_steps")
MAY_SAY = (*PERSONAL, "experimenter")
MISSING = "_missing_"  # a person has not said it: a gap in the log
NOT_RECORDED = "not recorded"  # the run has not logged it: true, and a matter for the other checks
PLACEHOLDER = re.compile(r"_missing_|\bTODO\b|\bTBD\b|\bFIXME\b|<your [^>]{0,80}>|^\W{0,20}(?:\.\.\.|…)\W{0,20}$")
NUMBER = re.compile(r"(?<![\w.])-?\d{1,15}(?:\.\d{1,15})?(?![\w])")
SAYS = re.compile(r"(?:[:=]|\b(?:is|was|of|at))\s*$")  # what stands between a name and its number
LONGEST_LOG, LONGEST_LINE = 200_000, 2_000  # characters
SHORTEST_SECTION = 10  # characters


def experiment_log(run_id: str, *, tracking_uri: str | None = None, **personal: str) -> str:
    """The filled experiment log of a run, as Markdown.

    `personal`: objective, hypothesis, success_criterion, conclusion, next_steps: what only a person can say; whatever
    is left out is marked as missing; and experimenter, instead of the user's name. `tracking_uri`: MLflow's current one
    unless given.
    Raises TypeError for another keyword and StoreError when there is no such run.
    """
    wrong = [name for name, text in personal.items() if name not in MAY_SAY or not isinstance(text, str)]
    if wrong:
        raise TypeError(f"expected texts for some of {', '.join(MAY_SAY)}; found {', '.join(wrong)}")
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
    if len(text) > LONGEST_LOG or max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
        yield f"a log of {len(text):,} characters, or a line of over {LONGEST_LINE:,}: it cannot be read back"
        return
    bodies = _sections(text)
    for section in SECTIONS:
        body = next((body for title, body in bodies.items() if section in title), None)
        if body is None:
            yield f"no section {section.title()!r}"
        elif len(body.strip()) < SHORTEST_SECTION:
            yield f"the section {section.title()!r} is empty"
    fields = set(re.findall(r"\[([a-z0-9_]+)\](?!\()", TEMPLATE.read_text("utf-8")))
    for line in text.splitlines():
        if PLACEHOLDER.search(line) or fields & set(re.findall(r"\[([a-z0-9_]+)\](?!\()", line)):
            yield f"a placeholder left in {line.strip()[:80]!r}"
    told = {line for title, body in bodies.items() if "result" in title for line in body.splitlines()}
    compared = 0
    for line in text.splitlines():
        for name, shown in _stated(line, run, free=line in told):
            value = run.metrics[name]
            compared += parse(name).split in ("test", None)
            if not _rounds_to(shown, float(shown), value):
                yield f"{name} is {shown} in the log and {value:.6g} in the run"
    if not compared:
        yield "no test metric of the run among its numbers"


def _stated(line: str, run: Run, *, free: bool) -> Iterator[tuple[str, str]]:
    """The metrics of the run that a line gives a number for: a table's neighbouring cells, or `name = number`.

    `free`: also names in other words, such as *the test RMSE*; elsewhere a goal may be spoken of in such words.
    """
    plain = line.replace("*", "").replace("`", "")
    if plain.lstrip().startswith("|"):
        cells = [cell.strip() for cell in plain.strip().strip("|").split("|")]
        pairs = [(cells[0], cell) for cell in cells[1:2]] + list(pairwise(cells[1:]))
    else:
        pairs = []
        for number in NUMBER.finditer(plain):
            before = plain[max(0, number.start() - 80) : number.start()]
            if said := SAYS.search(before):
                pairs.append((before[: said.start()], number[0]))
    for words, shown in pairs:
        name = _metric_named(words, run, free=free)
        if name and NUMBER.fullmatch(shown):
            yield name, shown


def _metric_named(words: str, run: Run, *, free: bool) -> str | None:
    """The run's metric that the last words name: under its own name or, when `free`, by its meaning."""
    tokens = re.findall(r"[\w./-]+", words)[-5:]
    for start in range(len(tokens)):
        candidate = " ".join(tokens[start:])
        if candidate in run.metrics:
            return candidate
        if free:
            meaning = parse(candidate)
            found = next((name for name in run.metrics if parse(name) == meaning and meaning.base), None)
            if found:
                return found
    return None


def _rounds_to(shown: str, number: float, value: float) -> bool:
    places = len(shown.partition(".")[2])
    return equal(number, value) or (places >= 2 and abs(number - value) <= 0.5 * 10**-places + 1e-12)


def _sections(text: str) -> dict[str, str]:
    """The text under each heading, that under its sub-headings included."""
    headings = list(re.finditer(r"^(#{1,4}) +(.{1,200})$", text, re.MULTILINE))
    bodies = {}
    for place, heading in enumerate(headings):
        above = (other.start() for other in headings[place + 1 :] if len(other[1]) <= len(heading[1]))
        bodies[heading[2].strip().lower()] = text[heading.end() : next(above, None)]
    return bodies


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
