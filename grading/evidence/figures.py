"""Figures as evidence: readable, not blank, and not the same picture twice."""

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from grading.errors import Unmet

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
MOST_PIXELS = 20_000_000  # a sheet of A3 for print has 17; a decompression bomb has more
MOST_FIGURES = 12  # of one name that are looked at
INNER = (0.2, 0.8)  # the part of the picture that lies inside the axes: frame, ticks and labels do not count
FRAME = 0.5  # of the picture's height or width: so long is each side of the axes' frame
THIN = 0.02  # of the width or height; a bar is wider than a line
SOFT_EDGE = 1  # pixels: lines are drawn with soft edges
LEAST_INK = 0.00005  # share of inner pixels that differ from the commonest colour: a single dot is enough


@dataclass(frozen=True)
class Picture:
    """What matters of a figure."""

    blank: bool
    fingerprint: str  # of the pixels, not of the file


def decoded(file: Path) -> Image.Image:
    """The pixels of an image file, of its first frame; raises Unmet when it is no readable image of sensible size."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Unmet("a figure of at most 20 megapixels", f"{file.name}: {image.width} × {image.height}")
                image.load()
                return image.copy()
    except Unmet:
        raise
    except Exception as error:  # Pillow's many kinds, all of them the file's fault
        raise Unmet("a readable image", f"{file.name}: {error}", "figure.savefig(...) or mlflow.log_figure") from None


def read_picture(file: Path) -> Picture:
    """Look at an image file; raises Unmet when it is not a readable image of sensible size."""
    try:
        pixels = np.asarray(decoded(file).convert("RGB"))
    except ValueError as error:  # a mode that has no colours
        raise Unmet("a readable image", f"{file.name}: {error}", "figure.savefig(...) or mlflow.log_figure") from None
    blank = _ink(_middle(pixels)) < LEAST_INK
    frame = _frame(pixels)
    if frame is not None:  # what lies inside of it decides: near the frame there may be more, or only a part of it
        blank = _ink(pixels[frame]) < LEAST_INK
    return Picture(blank, hashlib.sha256(pixels.tobytes()).hexdigest())


def _ink(pixels: NDArray[np.uint8]) -> float:
    """The share of the pixels that have another colour than the commonest."""
    if not pixels.size:
        return 0.0
    colours = pixels.reshape(-1, 3).astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    _, counts = np.unique(colours, return_counts=True)
    return float(1 - counts.max() / colours.size)


def _middle(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    low, high = INNER
    return pixels[int(low * height) : max(int(high * height), 1), int(low * width) : max(int(high * width), 1)]


def _frame(pixels: NDArray[np.uint8]) -> tuple[slice, slice] | None:
    """What lies inside the axes' frame, None when there is none: a very good ROC curve runs along the frame only."""
    drawn = np.zeros(pixels.shape[:2], bool)
    for channel in range(3):  # one after the other: a picture may have twenty megapixels
        drawn |= pixels[..., channel] != pixels[0, 0, channel]  # the corner has the background's colour
    sides = []
    for share in (drawn.mean(axis=1), drawn.mean(axis=0)):
        lines = np.split(long := np.flatnonzero(share > FRAME), np.flatnonzero(np.diff(long) > 1) + 1)
        if len(lines) < 2 or max(len(lines[0]), len(lines[-1])) > max(THIN * len(share), 3):
            return None
        sides.append(slice(int(lines[0][-1]) + 1 + SOFT_EDGE, int(lines[-1][0]) - SOFT_EDGE))
    return sides[0], sides[1]
