"""The lock, cut to what some requirements need: students install no tools of ours."""

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from itertools import product

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SYSTEMS = (
    {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
)
MACHINES = ("x86_64", "aarch64", "arm64", "AMD64")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


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
            waiting += _needs(name, extra)
    return {name for name, _ in seen}


def _needs(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = requires(name) or ()
    except PackageNotFoundError:
        return
    for line in lines:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate(around | {"extra": extra}) for around in _surroundings()):
            yield need


def _surroundings() -> Iterator[dict[str, str]]:
    for system, machine, python in product(SYSTEMS, MACHINES, PYTHONS):
        own = {"platform_machine": machine, "python_version": python, "python_full_version": f"{python}.0"}
        yield system | own


def _name(line: str) -> str:
    return canonicalize_name(line.partition("==")[0].partition("[")[0].strip())
