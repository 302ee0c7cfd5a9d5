"""The table of accepted names, where students read, is that of the contracts."""

import re

import pytest

from grading.evidence.contract import our_contract
from grading.files import ROOT

PAGE = (ROOT / "docs" / "experiment_best_practices.md").read_text("utf-8")
SECTIONS = {"param": "parameters", "metric": "metrics", "tag": "tags", "file": "artifacts"}
CONTRACTS = ("experiment", "classification", "regression", "healthcare_triage")


@pytest.mark.parametrize("kind", SECTIONS)
def test_the_page_lists_the_names_that_the_contracts_accept_and_no_others(kind: str) -> None:
    rows = re.findall(rf"^\| {kind} \| (.+) \|$", PAGE, re.MULTILINE)
    shown = {tuple(re.findall(r"`([^`]+)`", row)) for row in rows}
    rules = [rule for name in CONTRACTS for rule in getattr(our_contract(name), SECTIONS[kind]).items()]
    assert shown == {(key, *rule.names) for key, rule in rules}
