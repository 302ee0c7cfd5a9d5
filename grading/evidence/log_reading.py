"""A log or card read back against its run: gaps, placeholders left, numbers that are not the run's."""

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from grading.evidence.comparison import equal
from grading.evidence.markdown import cells, unescaped
from grading.evidence.metric_name import parse
from grading.evidence.store import Run
from grading.files import ROOT

LOG_NAME = "experiment_log.md"
TEMPLATE = ROOT / "docs" / "experiment_log_template.md"
SECTIONS = ("overview", "data", "configuration", "results", "conclusion")  # what a log by hand must have, too
MISSING = "_missing_"  # a person has not said it: a gap in the log
NOT_RECORDED = "not recorded"  # the run has not logged it: true, and a matter for the other checks
PLACEHOLDER = re.compile(r"_missing_|\bTODO\b|\bTBD\b|\bFIXME\b|<your [^>]{0,80}>|^\W{0,20}(?:\.\.\.|…)\W{0,20}$")
FIELD = re.compile(r"\[([a-z0-9_]+)\](?!\()")  # what a template asks for; [text](link) is none
NUMBER = re.compile(r"(?<![\w.])-?\d{1,15}(?:\.\d{1,25})?(?:e[+-]?\d{1,2})?(?!\w|\.\d)")  # 0.4812839512345678
SPREAD = re.compile(r"\s*[±(\[].{0,80}$")  # what may follow a number in its cell: 54.42 ± 3.1, 54.42 (49.1 to 59.7)
# A label or heading under which a person says what is hoped for, not what came out.
GOAL = re.compile(
    r"^\W*(objective|hypothes[ie]s|(?:success )?criteri(?:on|a)|success|goals?|next steps?|expectations?|targets?"
    r"|plans?|what the experiment is about|(?:experiment'?s? )?description)\b",
    re.IGNORECASE,
)
LABEL = re.compile(r"^(?:#{1,4} |\*\*[^*]{1,80}\*\*)")
# Before a metric's name: the baseline's test_rmse is another run's, and the gain in test_rmse is no test_rmse.
OTHERS = re.compile(
    r"(?:['’]s?|\b(?:difference|gain|change|drop|rise|fall|improvement|reduction|increase|decrease|loss)s? (?:in|of)"
    r"(?: the| our)?)\s+$",
    re.IGNORECASE,
)
SAYS = re.compile(r"(?:(?<![<>≤≥])[:=]|\b(?:is|was|of|at))\s*$")  # what stands between a name and its number
# Less than that: a number may stand so beside a name without being its value (test_rmse 5 points lower).
BESIDE = re.compile(r"(?:[\s(~≈→]|\b(?:about|around|roughly|reache[sd]|equals|comes to)\b)*$")
DIVIDER = re.compile(r"^\|?[\s:|-]{3,2000}$")
LONGEST_TEXT, LONGEST_LINE = 200_000, 2_000  # characters
SHORTEST_SECTION = 10  # characters
OWN_ROWS = frozenset({"this run", "all rows", "current experiment"})  # rows of a wide table that are the run's


def fill(template: str, values: dict[str, str], personal: Collection[str]) -> str:
    """The template with each `[name]` replaced by its value, or by a mark that says who left it out."""

    def value(match: re.Match[str]) -> str:
        return values.get(match[1], "").strip() or (MISSING if match[1] in personal else NOT_RECORDED)

    return FIELD.sub(value, template)


def problems_of(text: str, run: Run) -> Iterator[str]:
    """What is wrong with a log, read back against its run: a gap, a placeholder, a number that is not the run's."""
    return problems(text, run, TEMPLATE.read_text("utf-8"), SECTIONS, results="result")


def problems(text: str, run: Run, template: str, sections: Collection[str], results: str) -> Iterator[str]:
    """What is wrong with a text that was filled from a run, a sentence each.

    `sections`: words that the headings must have; `results`: the word in the heading of the section in which a metric
    may be named in any words.
    """
    if len(text) > LONGEST_TEXT or max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
        yield f"a text of {len(text):,} characters, or a line of over {LONGEST_LINE:,}: it cannot be read back"
        return
    fields = set(FIELD.findall(template))
    for line in text.splitlines():
        if PLACEHOLDER.search(line) or fields & set(FIELD.findall(line)):
            yield f"a placeholder left in {line.strip()[:80]!r}"
    bodies = sections_of(text)
    for section in sections:
        body = next((body for title, body in bodies.items() if section in title), None)
        if body is None:
            yield f"no section {section.capitalize()!r}"
        elif len(body.strip()) < SHORTEST_SECTION:
            yield f"the section {section.capitalize()!r} is empty"
    compared = 0
    for name, shown, in_words in _stated(text, bodies, run, results):
        value = run.metrics[name]
        compared += parse(name).split in ("test", None)
        if not (_is_told(shown, value) if in_words else _rounds_to(shown, value)):
            yield f"{name} is {shown} in the text and {value:.6g} in the run"
    if not compared:
        yield "no test metric of the run among its numbers"


def _stated(text: str, bodies: dict[str, str], run: Run, results: str) -> Iterator[tuple[str, str, bool]]:
    """The metrics of the run that a text gives a number for, with the number, and whether it stands in a sentence.

    Anywhere under their own names; in the results also in other words, such as *the test RMSE*: elsewhere a goal may
    be spoken of in such words.
    """
    told = {line for title, body in bodies.items() if results in title for line in body.splitlines()}
    lines = text.splitlines()
    heading: list[str] = []  # of the table that the line is in; empty outside of tables, and without a heading
    is_goal = False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if LABEL.match(line):
            is_goal = GOAL.match(line) is not None
        if not line.lstrip().startswith("|"):
            heading = []
            if not is_goal:
                yield from ((*found, True) for found in _in_prose(unescaped(line), run, free=line in told))
        elif DIVIDER.match(following.strip()) and following.count("|") > 1:
            heading = cells(line)
            yield from ((*found, False) for found in _in_row(heading, [], run, free=line in told))
        elif not DIVIDER.match(line.strip()):
            yield from ((*found, False) for found in _in_row(cells(line), heading, run, free=line in told))


def _in_prose(line: str, run: Run, *, free: bool) -> Iterator[tuple[str, str]]:
    for number in NUMBER.finditer(line):
        before = line[max(0, number.start() - 80) : number.start()]
        shown = number[0] + ("%" if line[number.end() :].lstrip().startswith("%") else "")
        said = SAYS.search(before) or BESIDE.search(before)
        if said and (found := _named_last(before[: said.start()], run, free=free)):
            name, start = found
            is_value = said.re is SAYS or _is_told(shown, run.metrics[name])
            if is_value and not OTHERS.search(before[:start]):
                yield name, shown


def _in_row(row: list[str], heading: list[str], run: Run, *, free: bool) -> Iterator[tuple[str, str]]:
    """A row `name | number`; or, in a table whose columns are metrics, the row that is the run's own."""
    kind = heading[0].lower() if heading else ""
    if kind == "feature" or (kind in ("parameter", "tag") and row[0] in {*run.params, *run.tags}):
        return  # these may bear a metric's name
    columns = [_metric_named(words, run, free=free) for words in heading[1:]] if "metric" not in kind else []
    if any(columns):
        if row[0].lower() in OWN_ROWS or row[0] in (run.name, run.id) or row[0].endswith("(last)"):
            pairs = [(name, cell) for name, cell in zip(columns, row[1:], strict=False) if name]
        else:
            pairs = []
    else:
        named = [(row[0], cell) for cell in row[1:2]] + list(pairwise(row[1:]))
        pairs = [(name, cell) for words, cell in named if (name := _metric_named(words, run, free=free))]
    for name, cell in pairs:
        number = NUMBER.match(cell)
        if number and (number.end() == len(cell) or SPREAD.match(cell, number.end())):
            yield name, number[0]


def _metric_named(words: str, run: Run, *, free: bool) -> str | None:
    """The run's metric that the last words name: under its own name or, when `free`, by its meaning."""
    found = _named_last(words, run, free=free)
    return found[0] if found else None


def _named_last(words: str, run: Run, *, free: bool) -> tuple[str, int] | None:
    """The same, with the place in the words where its name begins."""
    if words in run.metrics:
        return words, 0
    tokens = list(re.finditer(r"[\w./-]+", words))[-5:]
    for place, token in enumerate(tokens):
        candidate = " ".join(each[0] for each in tokens[place:])
        if candidate in run.metrics:
            return candidate, token.start()
        if free:
            meaning = parse(candidate)
            found = next((name for name in run.metrics if parse(name) == meaning and meaning.base), None)
            if found:
                return found, token.start()
    return None


def _is_told(shown: str, value: float) -> bool:
    """Whether a sentence may give this number for the value: rounded to any place, or as a percentage."""
    digits = shown.removesuffix("%")
    places = len(digits.partition("e")[0].partition(".")[2])
    meant = [value * 100, value] if shown.endswith("%") else [value]
    allowed = 0.5 * 10.0**-places
    return any(
        _rounds_to(digits, each) or ("e" not in digits and abs(float(digits) - each) <= allowed + 1e-12 and each >= 1)
        for each in meant
    )


def _rounds_to(shown: str, value: float) -> bool:
    number, (digits, _, exponent) = float(shown), shown.partition("e")
    places = len(digits.partition(".")[2])
    allowed = 0.5 * 10.0 ** (int(exponent or 0) - places)
    return equal(number, value) or (places >= 2 and abs(number - value) <= allowed + 1e-12)


def sections_of(text: str) -> dict[str, str]:
    """The text under each heading, that under its sub-headings included."""
    headings = list(re.finditer(r"^(#{1,4}) +(.{1,200})$", text, re.MULTILINE))
    bodies = {}
    for place, heading in enumerate(headings):
        above = (other.start() for other in headings[place + 1 :] if len(other[1]) <= len(heading[1]))
        bodies[heading[2].strip().lower()] = text[heading.end() : next(above, None)]
    return bodies
