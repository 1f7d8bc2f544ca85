"""Films of hostile takes, one shot a case, given to the command as a stranger's film would be; and what it said."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commands import HANG_S, World, finished
from wholefilms import write_film

STRACE = shutil.which("strace")
PICTURE = "picture: {size: 96x64, fps: 24, preset: ultrafast, crf: 8}"
TAKES = {"mp4", "mov", "mkv", "webm", "avi", "gif", "png", "jpg", "webp"}


def shot_of(case: str) -> str:
    """The name of a case's shot."""
    return "s-" + case.replace(".", "_")


@dataclass
class Stranger:
    """A film in the making: a shot for each case, and whatever else its storyboard says."""

    folder: Path
    shots: list[str] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    more: list[str] = field(default_factory=list)

    def take(self, case: str, file: Path, says: str = "lasts: 4f") -> None:
        """A shot whose take this file is; one whose ending no take has becomes the shot's start frame."""
        if file.suffix[1:] in TAKES:
            self.files[f"takes/a/{shot_of(case)}/t01{file.suffix}"] = file
            self.shots.append(f"{{id: {shot_of(case)}, {says}}}")
        else:
            self.files[f"reference/{file.name}"] = file
            self.shots.append(f"{{id: {shot_of(case)}, from: reference/{file.name}, {says}}}")

    def shot(self, case: str, says: str) -> None:
        self.shots.append(f"{{id: {shot_of(case)}, {says}}}")

    def write(self) -> Path:
        lines = ["filmkit: 1", "title: A stranger's film", PICTURE, "fit: stretch", *self.more, "scenes:", "  - id: a"]
        lines += ["    shots:", *(f"      - {shot}" for shot in self.shots)]
        return write_film(self.folder, "\n".join(lines) + "\n", self.files)


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said; ``opened`` are the files that it and its children opened, if traced."""

    code: int
    out: str
    err: str
    opened: frozenset[str] = frozenset()
    connected: tuple[str, ...] = ()

    @property
    def errors(self) -> list[str]:
        return [line for line in self.err.split("\n") if re.match(r"(\S+: )?error: ", line)]

    def about(self, case: str, *words: str) -> list[str]:
        """The errors about the shot of a case that hold all of these words."""
        shot = re.compile(rf"\ba/{re.escape(shot_of(case))}(?![\w-])")
        return [line for line in self.errors if shot.search(line) and all(word in line for word in words)]


def ask(world: World, *words: str | Path, cwd: Path | None = None, is_traced: bool = False) -> Said:
    """Runs the installed command as a person does, from a folder of one's own."""
    command = [str(Path(sys.executable).with_name("filmkit")), *map(str, words)]
    trace = world.folder / "trace"
    trace.unlink(missing_ok=True)
    if is_traced and STRACE:
        calls = "trace=open,openat,openat2,execve,connect,sendto,sendmsg"
        command = [STRACE, "-f", "-qq", "-y", "-s", "500", "--seccomp-bpf", "-e", calls, "-o", str(trace), *command]
    started = subprocess.Popen(
        command, env=world.environment, cwd=cwd or world.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True, errors="surrogateescape",
    )  # fmt: skip
    done = finished(started)
    assert "Traceback" not in done.stderr, done.stderr
    lines = trace.read_text(errors="replace").splitlines() if trace.exists() else []
    return Said(done.returncode, done.stdout, done.stderr, frozenset(_opened(lines)), tuple(_connected(lines)))


def _opened(lines: list[str]) -> Iterator[str]:
    """Real paths of all that was opened: strace tells what a new descriptor leads to."""
    for line in lines:
        if (match := re.search(r"\bopen(?:at2?)?\(.*= [0-9]+<(/.*)>$", line)) and "O_PATH" not in line:
            yield match[1]


def _connected(lines: list[str]) -> Iterator[str]:
    return (line for line in lines if re.search(r"\b(connect|sendto|sendmsg)\(.*AF_INET", line))


def outside(opened: frozenset[str], inside: Path, *homes: Path) -> list[str]:
    """What was opened in the folder ``inside`` and in none of its ``homes``."""
    begins = tuple(f"{home.resolve()}" for home in homes)
    return sorted(path for path in opened if path.startswith(f"{inside.resolve()}/") and not path.startswith(begins))


def digests(*folders: Path) -> dict[str, bytes]:
    """Every file below these folders and what it holds."""
    found: Mapping[str, Path] = {str(path): path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items()}


__all__ = ["HANG_S", "Said", "Stranger", "ask", "digests", "outside", "shot_of"]
