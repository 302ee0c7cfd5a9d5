"""What axe-core has against a page, or a part of it, by the rules of WCAG 2.1 at level AA."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# `preload` would fetch style sheets again, and those that one imports from the wrong place; no rule of these needs it.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "preload": False}


def complaints(page: "Page", part: str = "html") -> list[str]:
    """A line for each violation inside the elements that the selector `part` finds."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=part, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:200]} {node['failureSummary']}" for each in found for node in each["nodes"]]
