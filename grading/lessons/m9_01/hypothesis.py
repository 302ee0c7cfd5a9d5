"""The words of an experiment: a name that says what it is for, a description that states a hypothesis."""

import re

from grading.evidence.metric_name import CAMEL

# Words that say nothing of the problem or the purpose.
EMPTY_WORDS = re.compile(
    r"default|experiments?|exp|test|tests|testing|runs?|my|new|first|models?|untitled|todo|tmp|temp|mlflow|project"
    r"|notebook|lesson|task|exercise|practice|foo|bar|baz|demo|try|the|an?|of|for|and|ml|data"
)
# A comparison and, a few words on, its number: "below 60 points", "at least 95 %", "improves by a tenth".
COMPARISONS = (
    r"below|under|above|over|(?:less|more|fewer|smaller|larger|greater|bigger|lower|higher|closer|better|worse) than"
    r"|at least|at most|within|\bmax(?:imum|\.)?|\bmin(?:imum|\.)|[<>≤≥]"
    r"|no (?:more|less|fewer|higher|lower|larger|greater|smaller|worse|better) than|from\b.{1,20}\bto"
    r"|(exceed|reach|beat)\w*|\b(improv|reduc|gain|los|ris|fall|drop|cut|miss|grow|increas|decreas|differ)\w*.{0,20}\bby"
)
# … or the number first: "60 points or less", "20 % lower than the mean".
AFTERWARDS = r"or (?:less|lower|fewer|better|smaller|more|higher|greater|above|below|under|over)|at (?:most|least)"
NUMBERS = (
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|hundred|thousand|half|third|quarter|fifth|tenth|twice|double)\b"
)
UNITS = r"%|percent|percentage points?|points?|pts?\.?|units?|times"
HYPOTHESIS = re.compile(
    rf"({COMPARISONS})\D{{0,40}}({NUMBERS})|({NUMBERS})[^.!?]{{0,25}}\b({AFTERWARDS})\b"
    rf"|({NUMBERS})\s*(?:{UNITS})\s+(?:less|more|fewer|smaller|larger|lower|higher|closer|better|worse) than",
    re.IGNORECASE,
)
LEAST_WORDS = 3


def telling_words(name: str) -> list[str]:
    """The words of a name that say something of the problem or the purpose."""
    words = re.findall(r"[^\W\d_]+", CAMEL.sub(" ", name).lower())
    return [word for word in words if not EMPTY_WORDS.fullmatch(word)]


def is_hypothesis(note: str) -> bool:
    """Whether a description compares something with a number, in three words or more."""
    return HYPOTHESIS.search(note) is not None and len(note.split()) >= LEAST_WORDS
