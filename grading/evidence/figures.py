"""Figures as evidence: readable, not blank, and not the same picture twice."""

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from grading.errors import Unmet

IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
MOST_PIXELS = 20_000_000  # a sheet of A3 for print has 17; a decompression bomb has more
MOST_FIGURES = 12  # of one name that are looked at
INNER = (0.2, 0.8)  # the part of the picture that lies inside the axes: frame, ticks and labels do not count
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
    height, width = pixels.shape[:2]
    low, high = INNER
    inner = pixels[int(low * height) : max(int(high * height), 1), int(low * width) : max(int(high * width), 1)]
    colours = inner.reshape(-1, 3).astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    _, counts = np.unique(colours, return_counts=True)
    ink = 1 - counts.max() / colours.size if colours.size else 0.0
    return Picture(bool(ink < LEAST_INK), hashlib.sha256(pixels.tobytes()).hexdigest())
