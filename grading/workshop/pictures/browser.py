"""A browser driven by Playwright: Debian's Chromium, or Chrome, as the machine has it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from grading.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def chromium() -> str | None:
    """Where the machine's Chromium is."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator["Browser"]:
    """A headless browser, closed in the end; raises InputError when the machine has none."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        raise InputError("expected Chromium or Chrome; found neither. On Debian or Ubuntu: apt install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def page_of(
    started: "Browser", *, width: int = 1280, height: int = 1000, scheme: Literal["light", "dark"] = "light"
) -> Iterator[tuple["Page", list[str]]]:
    """A page of its own, without cookies, and the list of the errors that its console shows while it is open."""
    context = started.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page, said
    finally:
        context.close()
