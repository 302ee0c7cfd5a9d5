"""How a model was made, in Markdown: its hyperparameters, the search for them, its curves, the machine."""

import json
from collections.abc import Mapping
from typing import Any

from grading.evidence.markdown import bullets, listed, literal, number, table
from grading.evidence.run_facts import SYSTEM, RunFacts, better
from grading.evidence.store import Run

MOST_STEPS = 8  # of a curve
TRAINING = ("optimizer", "solver", "loss", "criterion", "learning_rate", "learning_rate_init", "lr_schedule",
            "scheduler", "early_stopping", "patience", "epochs", "max_epochs", "max_iter", "batch_size")  # fmt: skip


def training_of(facts: RunFacts) -> dict[str, str]:
    """The values of the template's configuration and training, by name; empty where there is nothing to show."""
    return {
        "parameters": _parameters(facts),
        "search_note": _search_note(facts),
        "training_configuration": _training_configuration(facts),
        "training_curves": _curves(facts),
        "best_steps": _best_steps(facts),
        "infrastructure": _infrastructure(facts),
        "tuning": _tuning(facts),
    }


def _search(facts: RunFacts) -> tuple[dict[str, Any], str]:
    """The search space by parameter, and the tuning method, of the run or of its parent."""
    for known in (facts, facts.parent):
        space = known.json("search_space.json") if known else None
        method = known.said("tuning_method", "search_method", "tuner", "sampler") if known else ""
        if method or isinstance(space, dict):
            return space if isinstance(space, dict) else {}, method
    return {}, ""


def _parameters(facts: RunFacts) -> str:
    space, method = _search(facts)
    last = {name.rpartition("__")[2]: value for name, value in space.items()}
    rows = []
    for name, value in sorted(facts.run.params.items()):
        searched = space.get(name, last.get(name.rpartition("__")[2]))
        shown = (literal(_compact(searched)), literal(method) or "not recorded") if searched is not None else ("", "")
        rows.append((literal(name), literal(value) or "(empty)", *(shown if space else ())))
    return table(("Parameter", "Value", *(("Search space", "Tuning method") if space else ())), rows)


def _settings(heading: str, values: Mapping[str, str]) -> str:
    return table(("Parameter", heading), [(literal(name), literal(value)) for name, value in values.items()])


def _compact(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _search_note(facts: RunFacts) -> str:
    space, method = _search(facts)
    if space:
        return "A parameter without a search space was set, not searched for."
    return f"Search space: not recorded. Tuning method: {literal(method) or 'not recorded'}."


def _training_configuration(facts: RunFacts) -> str:
    found = {name: value for name, value in sorted(facts.run.params.items()) if name.rpartition("__")[2] in TRAINING}
    return _settings("Value", found)


def _curves(facts: RunFacts) -> str:
    """The curves, those with the same steps in one table: up to eight of them, evenly chosen, the last one too."""
    by_steps: dict[tuple[int, ...], list[str]] = {}
    for name, points in facts.curves.items():
        by_steps.setdefault(tuple(point.step for point in points), []).append(name)
    tables = []
    for steps, names in by_steps.items():
        count = min(MOST_STEPS, len(steps))
        chosen = sorted({round(place * (len(steps) - 1) / (count - 1)) for place in range(count)})
        rows = []
        for place in chosen:
            label = f"{steps[place]} (last)" if place == len(steps) - 1 else f"{steps[place]}"
            rows.append((label, *(number(facts.curves[name][place].value) for name in names)))
        tables.append(table(("Step", *map(literal, names)), rows))
    return "\n\n".join(tables)


def _best_steps(facts: RunFacts) -> str:
    lines = []
    for name, points in facts.curves.items():
        known = [point for point in points if point.value == point.value]
        direction = better(name)
        if not known:
            lines.append(f"{literal(name)} has no value but NaN")
        elif direction is None:
            lines.append(
                f"{literal(name)} ends with {number(known[-1].value)} (which direction is better is not known)"
            )
        else:
            best = (min if direction == "lower" else max)(known, key=lambda point: point.value)
            end = "lowest" if direction == "lower" else "highest"
            lines.append(f"{literal(name)} is best ({end}) with {number(best.value)}, in step {best.step}")
    return bullets(lines)


def _infrastructure(facts: RunFacts) -> str:
    run = facts.run
    lasted = "" if run.end_time is None else f"{(run.end_time - run.start_time) / 1000:.1f} s, first start to last end"
    system = {name: value for name, value in sorted(run.metrics.items()) if name.startswith(SYSTEM)}
    known = {
        "Duration": lasted if run.status != "RUNNING" else "",
        "Training time": literal(facts.said("training_seconds", "fit_seconds", "train_seconds", "duration",
                                            "duration_seconds", "training_time")),
        "Operating system": literal(facts.said("os", "platform", "operating_system")),
        "Python": literal(facts.python_version),
        "Processors": literal(facts.said("cpu_count", "cpus", "n_cpus", "hardware", "cpu")),
        "Memory": literal(facts.said("memory_gb", "ram_gb")),
        "Graphics processors": literal(facts.said("gpu", "gpus", "gpu_count")),
    }  # fmt: skip
    measured = table(
        ("System metric", "Last value"), [(literal(name), number(value)) for name, value in system.items()]
    )
    return "\n\n".join(part for part in (listed(known), measured) if part)


def _candidates(facts: RunFacts, space: Mapping[str, Any]) -> list[Run]:
    """Of a final run beside its searches: the nested runs of the experiment that have every setting of the space.

    None when the run is a search itself. A single nested run is no search: it is the baseline.
    """
    if not space or len(facts.children) > 1:
        return []
    nested = (run for run in facts.neighbours if run.parent_id not in (None, facts.run.id))
    return [run for run in nested if all(name in run.params for name in space)]


def _tuning(facts: RunFacts) -> str:
    space, method = _search(facts)
    tried = _candidates(facts, space)
    states = [child.tags.get("optuna.state", child.status) for child in tried or facts.children]
    counted = ", ".join(f"{states.count(state)} {literal(state)}" for state in dict.fromkeys(states))
    best = {name: value for name, value in sorted(facts.run.params.items()) if name.lower().startswith("best_")}
    searched = bool(space or method or best or facts.said("n_trials", "trials"))
    if not searched:
        return "No search is recorded: the hyperparameters above were set."
    known = listed({
        "Method": literal(method),
        "Tool": literal(facts.said("tuning_tool", "tuner", "study_tool")),
        "Searched": ", ".join(map(literal, space)),
        "Trials asked for": literal(facts.said("n_trials", "trials", "max_trials")),
        "Candidates of this experiment" if tried else "Nested runs": f"{len(states)} ({counted})" if states else "",
        "Budget": literal(facts.said("tuning_budget", "timeout", "timeout_seconds")),
    })  # fmt: skip
    found = _settings("Best found", {name[5:]: value for name, value in best.items()})
    return "\n\n".join(part for part in (known, found) if part)
