"""Every link of the built site: whether the file it leads to is there, and the place in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from bs4 import BeautifulSoup

LINKING = ("href", "src", "poster")


@dataclass(frozen=True)
class Linked:
    """What a page links to or loads, as written, and the fragments that a link to it may have."""

    links: frozenset[str]
    places: frozenset[str]


def broken(site: Path) -> Iterator[str]:
    """Each link inside the site that leads nowhere, as `page: link`. What leads out of it cannot be seen from here."""
    site = site.resolve()
    ours = (page for page in site.rglob("*.html") if page.relative_to(site).parts[0] != "_static")  # the theme's
    pages = {page: read(page) for page in sorted(ours)}
    for page, linked in pages.items():
        for link in sorted(linked.links):
            address, fragment = urldefrag(link)
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            places = pages[target].places if target in pages else frozenset()
            if not target.is_relative_to(site) or not target.exists() or (fragment and unquote(fragment) not in places):
                yield f"{page.relative_to(site)}: {link}"


def read(page: Path) -> Linked:
    """The page's links and places."""
    links, places = set(), set()
    for tag in BeautifulSoup(page.read_bytes(), "html.parser").find_all(True):
        links |= {str(tag[name]) for name in LINKING if name in tag.attrs}
        links |= {part.split()[0] for part in str(tag.get("srcset", "")).split(",") if part.strip()}
        places |= {str(tag[name]) for name in ("id", "name") if name in tag.attrs}
    return Linked(frozenset(links - {"#"}), frozenset(places))
