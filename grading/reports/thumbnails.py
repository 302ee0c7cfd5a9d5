"""Small copies of figures that were logged: decoded, made small and encoded anew, so that no byte is a student's."""

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from grading.errors import Outcome, shorten
from grading.evidence.figures import MOST_FIGURES, MOST_PIXELS, decoded
from grading.evidence.store import Run

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
SIDE = 480  # pixels of the longer side: twice what a page shows, for sharp screens
LARGEST = 24_000  # bytes of one
MOST_BYTES = 200_000  # of all on one page, before base64 makes four bytes of three
MOST_TRIED = 2 * MOST_FIGURES  # files that are opened, readable or not
MOST_DECODED = 5 * MOST_PIXELS  # of all that are opened: a second or two
MOST_RUNS = 40  # whose files are listed


@dataclass(frozen=True)
class Thumbnail:
    """One figure as a page shows it."""

    name: str  # of the file, as logged
    run: str  # the name of the run that logged it
    address: str  # a data: URI
    width: int
    height: int


def thumbnails_of(runs: Iterable[Run]) -> tuple[tuple[Thumbnail, ...], int]:
    """At most 12 figures of these runs, in their order, each picture once; and how many files were left out.

    What is no readable picture is left out, too: a check says so, where a figure is asked for.
    """
    files = [(run, path) for run in list(runs)[:MOST_RUNS] for path in run.artifacts.paths() if is_figure(path)]
    found: dict[bytes, Thumbnail] = {}
    size, pixels = 0, 0
    for run, path in files[:MOST_TRIED]:
        try:
            image = decoded(run.artifacts.local(path))
            pixels += image.width * image.height
            small = shrunk(image)
            content = encoded(small)
        except (Outcome, OSError, ValueError):
            continue
        if content not in found and len(content) <= LARGEST and size + len(content) <= MOST_BYTES:
            size += len(content)
            address = f"data:image/webp;base64,{base64.b64encode(content).decode()}"
            found[content] = Thumbnail(shorten(path), shorten(run.name), address, small.width, small.height)
        if len(found) == MOST_FIGURES or pixels > MOST_DECODED:
            break
    return tuple(found.values()), len(files) - len(found)


def is_figure(path: str) -> bool:
    """Whether an artifact is a picture by its name; models keep none that a person should see."""
    return path.lower().endswith(ENDINGS)


def shrunk(image: Image.Image) -> Image.Image:
    """A small copy on white paper, which carries nothing of the file but its pixels."""
    small = image.convert("RGBA")
    small.thumbnail((SIDE, SIDE))
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small)
    return paper


def encoded(image: Image.Image) -> bytes:
    """The image as WebP."""
    file = io.BytesIO()
    image.save(file, "WEBP", quality=70, method=4)
    return file.getvalue()
