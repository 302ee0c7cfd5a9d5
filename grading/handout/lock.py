"""The lock, cut to what some requirements need: students install no tools of ours."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, requires
from itertools import product

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Where a student may work: what markers ask of it.
SYSTEMS = (
    {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
)
MACHINES = tuple({"platform_machine": name} for name in ("x86_64", "aarch64", "arm64", "AMD64"))
PYTHONS = tuple(
    {"python_version": version, "python_full_version": f"{version}.0"} for version in ("3.11", "3.12", "3.13", "3.14")
)


def cut_lock(lock: str, *, needed: Iterable[str], spare: Iterable[str]) -> str:
    """The lines of a lock but those that only the `spare` requirements want, on no system the `needed` ones.

    Of a package that is not installed here (another system's) nobody knows what wants it: it stays.
    """
    gone = closure(spare) - closure(needed)
    return "".join(line for line in lock.splitlines(keepends=True) if _name(line) not in gone)


def closure(requirements: Iterable[str]) -> set[str]:
    """The names of all packages that these need, on any system, as the installed packages say."""
    waiting = [Requirement(text) for text in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for extra in {"", *wanted.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            waiting += [need for need in _needs(name) if _applies(need.marker, extra)]
    return {name for name, _ in seen}


@cache
def _needs(name: str) -> tuple[Requirement, ...]:
    try:
        return tuple(map(Requirement, requires(name) or ()))
    except PackageNotFoundError:
        return ()


def _applies(marker: Marker | None, extra: str) -> bool:
    """Whether the marker holds somewhere."""
    return marker is None or any(marker.evaluate(place | {"extra": extra}) for place in _places(str(marker)))


def _places(marker: str) -> Iterator[dict[str, str]]:
    """The places to ask a marker about: those that differ in what it asks."""
    axes = (axis if any(name in marker for name in axis[0]) else axis[:1] for axis in (SYSTEMS, MACHINES, PYTHONS))
    for system, machine, python in product(*axes):
        yield system | machine | python


def _name(line: str) -> str:
    return canonicalize_name(line.partition("==")[0].partition("[")[0].strip())
