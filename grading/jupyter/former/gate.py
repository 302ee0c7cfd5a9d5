"""Where notebooks of 2026 find the gate; new ones import it from `grading`."""

from grading.registry.gate import hold

__all__ = ["hold"]
