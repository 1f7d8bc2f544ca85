"""The n-th call that changes the disk fails, n = 1, 2, … until nothing fails any more."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

CALLS = ("write", "fsync", "rename", "mkdir", "chmod")


def fail_at(monkeypatch: pytest.MonkeyPatch, number: int, code: int) -> Callable[[], int]:
    """Let the ``number``-th of the calls that change the disk fail; returns how many there were so far."""
    count = 0

    def broken(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == number:
                raise OSError(code, os.strerror(code))
            return real(*arguments, **options)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, broken(getattr(os, name)))
    return lambda: count


def fault_numbers() -> Iterator[int]:
    """1, 2, …: a test ends the loop when all calls went well."""
    yield from range(1, 100)
