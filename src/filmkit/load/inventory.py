"""Every file a film stands on, known by its bytes and probed once: takes, pictures, sounds, tables.

Digests come from the memo; what a probe found out is remembered by digest, so nothing is ever probed twice. A refusal
is not remembered: limits may change, and a broken file is soon replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filmkit.load.examine import Examined, Examiner
from filmkit.load.files import Files, NoFile
from filmkit.load.named import NamedFile, Use, named_files
from filmkit.load.takes import TakeFile, list_takes
from filmkit.load.walk import each_shot
from filmkit.load.words import shown
from filmkit.media.sniff import SOUND_ENDINGS, check_ending
from filmkit.model.film import shot_name
from filmkit.model.finding import Finding, Place, Severity
from filmkit.model.storyboard import Storyboard
from filmkit.model.take import MediaFacts, SourceFile, Take


@dataclass
class Inventory:
    """Takes by shot and other files by their path as written, as ``Film`` has them; and what was found.

    ``digests`` has every take on disk by shot and number, usable or not.
    """

    takes: dict[str, tuple[Take, ...]] = field(default_factory=dict)
    digests: dict[tuple[str, int], str] = field(default_factory=dict)
    files: dict[str, SourceFile] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A named file that was found on disk."""

    named: NamedFile
    path: Path
    name: str


def take_inventory(board: Storyboard, files: Files, examiner: Examiner) -> Inventory:
    """Looks at every file of a film. Never raises for what the files hold."""
    listed = list_takes(board, files)
    inventory = Inventory(findings=listed.findings)
    wanted = _found(board, listed.takes, files, inventory.findings)
    takes = [take for group in listed.takes.values() for take in group]
    examined = examiner.examine(
        media=[take.path for take in takes] + [want.path for want in wanted if want.named.use in _MEDIA],
        tables=[want.path for want in wanted if want.named.use is Use.LUT],
        others=[want.path for want in wanted if want.named.use is Use.OTHER],
    )
    circled = _circled(board, listed.takes)
    for shot, group in listed.takes.items():
        kept = [_take(take, examined[take.path], take in circled, inventory.findings) for take in group]
        inventory.takes[shot] = tuple(take for take in kept if take is not None)
        inventory.digests |= {(shot, take.number): examined[take.path].sha256 for take in group}
    for want in wanted:
        _add_file(want, examined[want.path], inventory)
    return inventory


_MEDIA = {Use.PICTURE, Use.STILL, Use.SOUND}


def _found(board: Storyboard, takes: dict[str, list[TakeFile]], files: Files, findings: list[Finding]) -> list[_Wanted]:
    """The named files that are there; a finding for each that is not."""
    wanted = []
    for named in named_files(board, {shot for shot, group in takes.items() if group}):
        found = files.find(named.written)
        if isinstance(found, NoFile):
            is_lost = found.code == "file-missing" and not named.is_needed
            severity = Severity.WARNING if is_lost else Severity.ERROR
            findings.append(Finding(found.code, found.message, found.remedy, severity, path=named.path))
        else:
            wanted.append(_Wanted(named, Path(found.path), found.name))
    return wanted


def _circled(board: Storyboard, takes: dict[str, list[TakeFile]]) -> set[TakeFile]:
    """The takes the cut shows: the circled one of each shot, else the highest."""
    used: set[TakeFile] = set()
    for scene, shot, _ in each_shot(board):
        group = takes.get(shot_name(scene, shot))
        if group and not shot.omit:
            circled = [take for take in group if shot.take == f"t{take.number:02}"]
            used.add(circled[0] if circled else group[-1])
    used.update(_shown_by_others(board, takes))
    return used


def _shown_by_others(board: Storyboard, takes: dict[str, list[TakeFile]]) -> set[TakeFile]:
    """Takes that another shot circles with ``of`` and ``take``."""
    wanted = {(shot.of.lower(), shot.take) for _, shot, _ in each_shot(board) if shot.of and shot.take}
    return {
        take
        for name, group in takes.items()
        for take in group
        if wanted & {(called, f"t{take.number:02}") for called in (name.lower(), name.lower().split("/")[1])}
    }


def _take(file: TakeFile, examined: Examined, is_used: bool, findings: list[Finding]) -> Take | None:
    problem = examined.problem or _lacks(examined.facts, Use.PICTURE) or _misnamed(file.name, examined.facts)
    if problem is not None:
        severity = Severity.ERROR if is_used else Severity.WARNING
        message = f"take t{file.number:02} of {file.shot} cannot be used: {problem[0]}"
        findings.append(Finding("take-refused", message, problem[1], severity, Place(shown(file.name)), file.shot))
        return None
    return Take(file.shot, file.number, _source(examined, str(file.path), file.name))


def _add_file(want: _Wanted, examined: Examined, inventory: Inventory) -> None:
    problem = examined.problem or _lacks(examined.facts, want.named.use) or _misnamed(want.name, examined.facts)
    if problem is None:
        inventory.files[want.named.written] = _source(examined, str(want.path), want.name)
        return
    severity = Severity.ERROR if want.named.is_needed else Severity.WARNING
    message = f"'{shown(want.name)}' cannot be used: {problem[0]}"
    inventory.findings.append(Finding("file-refused", message, problem[1], severity, path=want.named.path))


def _lacks(facts: MediaFacts | None, use: Use) -> tuple[str, str] | None:
    """What a file should hold for its use and does not, and what to do."""
    if use not in _MEDIA or facts is None:
        return None
    if use is Use.SOUND:
        return None if facts.audio else ("it holds no sound", "name a sound file, such as sound/horn.wav")
    if facts.video is None:
        return "it holds no picture", "name a picture or a clip"
    if use is Use.STILL and not facts.is_still:
        return "it is a clip, and one picture is needed here", "export one frame of it as a .png"
    return None


def _misnamed(name: str, facts: MediaFacts | None) -> tuple[str, str] | None:
    """What a file's ending says wrongly, and what to do: other programs go by it, and a probe is kept by content."""
    refusal = check_ending(name, facts.demuxer) if facts is not None else None
    return (refusal.reason, refusal.remedy) if refusal is not None else None


def _source(examined: Examined, path: str, name: str) -> SourceFile:
    return SourceFile(examined.sha256, examined.size, path, name, examined.facts)


def unused_sounds(files: Files, inventory: Inventory) -> list[Finding]:
    """One note that lists the sounds in ``sound/`` that no cue plays."""
    used = {file.path for file in inventory.files.values()}
    folder = files.film / "sound"
    unused = [path for path in _sounds(folder) if str(path) not in used]
    if not unused:
        return []
    names = ", ".join(shown(path.relative_to(files.film).as_posix()) for path in unused[:5])
    more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
    message = f"no cue plays {names}{more}"
    return [Finding("sound-unused", message, "place it under 'sound', or leave it", Severity.NOTE, Place("sound"))]


def _sounds(folder: Path) -> Sequence[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower()[1:] in SOUND_ENDINGS and path.is_file())
