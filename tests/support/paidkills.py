"""Runs of ``generate`` that can be killed by the hundred: a process that has everything imported, and forks.

``python paidkills.py`` reads one JSON line a run: the film's world, the service's address, what the service finds. It
answers with the pid of the child that does the run; the child's exit code follows when it has ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from paidfilm import FAKE_CLIP, QUICK, Producer, QuickArrival
from stubservice import StubProvider

MARK = b"end of the take"


class MarkedArrival(QuickArrival):
    """Each job has bytes of its own; a whole file ends with the mark."""

    def accept(self, path: Path, name: str, *, may_be_still: bool = False) -> tuple[str, str]:
        self.wanted = path.read_bytes()
        if not (self.wanted.startswith(FAKE_CLIP) and self.wanted.endswith(MARK)):
            self.wanted = b""
        return super().accept(path, name, may_be_still=may_be_still)


def _run(said: dict[str, Any]) -> int:
    import httpx  # noqa: F401 - imported before the forks, too

    server: Any = type("Address", (), {"url": said["url"], "key": said["key"]})()
    provider = StubProvider(word="fal", finds=said["finds"])
    with Producer(Path(said["folder"]), server, provider=provider, arrival=MarkedArrival) as producer:
        report = producer.generate(pace=QUICK)
    return 5 if report.held else 0 if report.is_all_made else 1


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 9
            try:
                code = _run(json.loads(line))
            finally:
                os._exit(code)
        _say(child)
        _, status = os.waitpid(child, 0)
        _say(os.waitstatus_to_exitcode(status))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


class Forks:
    """The process that forks runs."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)

    @contextmanager
    def run(self, producer: Producer) -> Iterator[int]:
        """A run, by its pid, that has ended when the block ends; ``code`` is then how."""
        said = {"folder": str(producer.folder), "url": producer.server.url, "key": producer.server.key,
                "finds": producer.provider.finds}  # fmt: skip
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(said) + "\n")
        self._process.stdin.flush()
        yield int(self._process.stdout.readline())
        self.code = int(self._process.stdout.readline())


if __name__ == "__main__":
    main()
