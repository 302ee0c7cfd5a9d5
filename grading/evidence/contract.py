"""What one run must have logged: contracts in YAML, read by pydantic, and the clauses a run meets or misses."""

import math
import operator
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from grading.errors import ContractError, shorten
from grading.evidence.metric_name import of_test_rows, parse
from grading.evidence.store import Run

FOLDER = Path(__file__).parent / "contracts"
SIGNS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
THRESHOLD = re.compile(r"^\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$")


def _threshold(text: str) -> str:
    if not THRESHOLD.match(text):
        raise ValueError('a sign and a number in quotes, such as ">= 0.97"')
    return text


class Part(BaseModel):
    """A section of a contract; a key that is not known here is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Part):
    """Something logged under the key itself or any of `names`."""

    names: tuple[str, ...] = ()
    required: bool = True
    why: str = ""  # the hint a student reads when it is missing


class MetricRule(Named):
    """A metric, by the meaning of its name; `binary_only` is not asked of more than two classes."""

    better: Literal["higher", "lower"]
    binary_only: bool = False


class ArtifactRule(Named):
    """A file whose name contains the key or any of `names`, with one of the endings."""

    endings: tuple[str, ...] = ()
    figure: bool = False
    binary_only: bool = False


class Contract(Part):
    """The parameters, metrics, artifacts, tags and thresholds that one run must have."""

    name: str
    extends: str | None = None
    title: str = ""
    parameters: Mapping[str, Named] = {}
    metrics: Mapping[str, MetricRule] = {}
    splits: Mapping[Literal["train", "cv", "test"], Literal["all", "any"]] = {}
    artifacts: Mapping[str, ArtifactRule] = {}
    tags: Mapping[str, Named] = {}
    thresholds: Mapping[str, Annotated[str, AfterValidator(_threshold)]] = {}

    def metric(self, name: str) -> str | None:
        """The contract's key for a metric logged under this name, None when the contract does not know it."""
        return self.by_base().get(parse(name).base)

    def by_base(self) -> dict[str, str]:
        """The contract's key for each base name it accepts."""
        return {parse(alias).base: key for key, rule in self.metrics.items() for alias in (key, *rule.names)}


class Clause(Part):
    """One thing the contract asks, and what the run has."""

    kind: Literal["status", "parameter", "metric", "artifact", "tag", "threshold", "evidence"]
    key: str
    expected: str
    found: str
    met: bool
    hint: str = ""


@cache
def our_contract(name: str) -> Contract:
    """One of the module's own contracts; they do not change while we run."""
    return load_contract(name)


@cache
def known_metrics() -> frozenset[str]:
    """The base names of all metrics that the module's contracts know."""
    return frozenset(base for name in ("classification", "regression") for base in our_contract(name).by_base())


def load_contract(name: str, folder: Path = FOLDER) -> Contract:
    """The contract of this name (or the YAML file at this path), with what it extends merged in, its own keys winning.

    Raises ContractError naming file, key and what was expected.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else folder / f"{name}.yaml"
    found = _load(path, seen=())
    if path.resolve().parent != FOLDER.resolve() and (FOLDER / f"{found.name}.yaml").is_file():
        raise ContractError(f"{path.name}: key 'name': expected a name that is not one of ours; found {found.name!r}")
    return found


def _load(path: Path, seen: tuple[Path, ...]) -> Contract:
    if path in seen:
        raise ContractError(f"{path.name}: key 'extends': expected no circle; found {path.name} extending itself")
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yaml")))
        raise ContractError(f"expected a contract at {path.absolute()}; found no file. Ours are: {known}") from None
    except (yaml.YAMLError, ValueError, OSError, RecursionError) as error:
        raise ContractError(f"{path.name}: expected YAML; found: {shorten(error, 200)}") from None
    if not isinstance(raw, dict):
        raise ContractError(f"{path.name}: expected keys such as 'name' and 'metrics'; found {type(raw).__name__}")
    try:
        own = Contract.model_validate(raw)
    except ValidationError as error:
        raise ContractError("; ".join(_mistakes(path, error))) from None
    if own.extends is None:
        merged = own
    else:
        beside = path.with_name(f"{own.extends}.yaml")
        base = _load(beside if beside.is_file() else FOLDER / beside.name, (*seen, path))
        sections = ("parameters", "metrics", "splits", "artifacts", "tags", "thresholds")
        merged = own.model_copy(update={name: {**getattr(base, name), **getattr(own, name)} for name in sections})
    for key in merged.thresholds:
        if key not in merged.metrics:
            raise ContractError(f"{path.name}: key 'thresholds.{key}': expected one of {sorted(merged.metrics)}")
    return merged


def _mistakes(path: Path, error: ValidationError) -> Iterable[str]:
    for mistake in error.errors():
        key = ".".join(map(str, mistake["loc"]))
        found = "" if mistake["type"] == "missing" else f"; found {str(mistake['input'])[:80]!r}"
        yield f"{path.name}: key '{key}': {mistake['msg']}{found}"


def clauses(contract: Contract, run: Run, *, binary: bool = True) -> list[Clause]:
    """Everything the contract asks of a run, each clause met or not; `binary`: a two-class problem."""
    asked = [Clause(kind="status", key="status", expected="FINISHED", found=run.status, met=run.status == "FINISHED")]
    asked += [_named("parameter", key, rule, run.params) for key, rule in contract.parameters.items() if rule.required]
    asked += list(_metrics(contract, run, binary))
    files = run.artifacts.paths()
    for key, artifact in contract.artifacts.items():
        if artifact.required and (binary or not artifact.binary_only):
            found = matching_files(key, artifact, files)
            expected = f"an artifact named like {key}{artifact.endings[0] if artifact.endings else ''}"
            shown = ", ".join(found or files[:8]) or "no artifacts"
            asked.append(
                Clause(kind="artifact", key=key, expected=expected, found=shown, met=bool(found), hint=artifact.why)
            )
    asked += [_named("tag", key, rule, run.tags) for key, rule in contract.tags.items() if rule.required]
    asked += [_limit(contract, key, limit, run) for key, limit in contract.thresholds.items()]
    return asked


def value_of(key: str, rule: Named, values: Mapping[str, str]) -> str | None:
    """The value logged under the key or an accepted name, also as the last part of a `step__name`."""
    accepted = {_plain(name) for name in (key, *rule.names)}
    for name, value in values.items():
        if _plain(name) in accepted or _plain(name.rpartition("__")[2]) in accepted:
            return value
    return None


def matching_files(key: str, rule: ArtifactRule, files: Iterable[str]) -> list[str]:
    """The artifact paths whose name contains the key or an accepted name and ends as asked."""
    accepted = [_plain(name) for name in (key, *rule.names)]
    return [
        file
        for file in files
        if (not rule.endings or file.lower().endswith(rule.endings))
        and any(name in _plain(file.rpartition("/")[2]) for name in accepted)
    ]


def limited_values(contract: Contract, run: Run, key: str) -> list[float]:
    """The run's test values of a metric, by the contract's key: what a limit on it is held to."""
    return [
        run.metrics[name]
        for name, meaning in of_test_rows(run.metrics).items()
        if contract.metric(name) == key and meaning.threshold is None
    ]


def _named(kind: Literal["parameter", "tag"], key: str, rule: Named, values: Mapping[str, str]) -> Clause:
    found = value_of(key, rule, values)
    names = " or ".join(f"`{name}`" for name in (key, *rule.names)[:4])
    shown = found if found is not None else ", ".join(list(values)[:12]) or f"no {kind}s"
    return Clause(
        kind=kind, key=key, expected=f"a {kind} {names}", found=shown, met=found not in (None, ""), hint=rule.why
    )


def _metrics(contract: Contract, run: Run, binary: bool) -> Iterable[Clause]:
    keys = contract.by_base()
    have: dict[str, set[str]] = {"train": set(), "cv": set(), "test": set()}
    for name in run.metrics:
        meaning = parse(name)
        split = meaning.split or "test"
        # Of the test rows there is one value; a mean or a spread of it is something else, and NaN is nothing.
        right = meaning.statistic is None if split == "test" else meaning.statistic != "std"
        if meaning.base in keys and right and meaning.threshold is None and math.isfinite(run.metrics[name]):
            have[split].add(keys[meaning.base])
    wanted = {key for key, rule in contract.metrics.items() if rule.required and (binary or not rule.binary_only)}
    for split, how in contract.splits.items():
        shown = ", ".join(sorted(run.metrics)[:12]) or "no metrics"
        if how == "all":
            for key in sorted(wanted):
                yield Clause(
                    kind="metric", key=f"{split}_{key}", expected=f"a metric `{split}_{key}`", found=shown,
                    met=key in have[split],
                )  # fmt: skip
        elif wanted:
            expected = f"a {split} metric such as `{split}_{sorted(wanted)[0]}`"
            yield Clause(kind="metric", key=split, expected=expected, found=shown, met=bool(have[split]))


def _limit(contract: Contract, key: str, limit: str, run: Run) -> Clause:
    match = THRESHOLD.match(limit)
    assert match is not None  # validated when the contract was read
    sign, number = match.groups()
    values = limited_values(contract, run, key)
    met = bool(values) and all(SIGNS[sign](value, float(number)) for value in values)
    found = ", ".join(f"{value:.4g}" for value in values) or "not logged"
    return Clause(kind="threshold", key=key, expected=f"{key} {limit}", found=found, met=met)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())
