"""Adopting: what lies in ``takes/`` and is no take of a shot becomes one, and takes without a line get theirs.

A shot that was renamed leaves its takes behind; files dropped into a shot's folder have names of their own. Here they
are given a shot and a number: moved inside ``takes/``, never copied, and what the lock said of them goes along.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from filmkit.engine.gather import Gatherer, ending_of, line_of
from filmkit.engine.survey import Candidate, Order
from filmkit.load.files import Files
from filmkit.load.inbox import Inbox, look_into
from filmkit.load.lock_write import drop_lines, read_lines, take_name, write_lines
from filmkit.load.place_take import move_take
from filmkit.load.provenance import provenance_of
from filmkit.load.takes import FOLDER, TakeFile, list_takes
from filmkit.media.sniff import PICTURE_ENDINGS
from filmkit.model.run import Json
from filmkit.plan.download_names import read_name


class Adopter(Gatherer):
    """Gathers from the film's own folder of takes."""

    mends = frozenset({"gone"})

    def orphans(self) -> Inbox:
        """The media files in ``takes/`` that are no take of a shot; the trash is none of them."""
        inbox = Inbox()
        if not (self.film / FOLDER).is_dir():
            return inbox
        files = Files.of(self.film)
        taken = {take.name for group in list_takes(self.board, files).takes.values() for take in group}
        for file in look_into(self.film / FOLDER).files:
            is_take = f"{FOLDER}/{file.name}" in taken
            if not is_take and file.ending in PICTURE_ENDINGS and files.check_inside(str(file.path)) is None:
                inbox.files.append(file)
        return inbox

    def put(self, order: Order, number: int) -> None:
        """Moves a file to its place; folders that are empty then go. Raises TakeExists."""
        source = order.candidate.file.path
        move_take(self.film, order.shot, number, source, ending_of(order.candidate))
        with suppress(OSError):
            for folder in source.parents[: len(order.candidate.file.folders)]:
                folder.rmdir()

    def write_line(self, candidate: Candidate, shot: str, number: int) -> None:
        """The line it had under its old name goes along; else what is known of it is written."""
        name = take_name(shot, number)
        old = self._old_line(candidate.sha256)
        said = read_lines(self.film).get(old, {}) if old else line_of(candidate, "adopted")
        write_lines(self.film, {name: {**said, "sha256": candidate.sha256}})
        if old and old != name:
            drop_lines(self.film, [old])

    def _old_line(self, sha256: str) -> str:
        """The take that the lock knows by these bytes, where no file of that name is there any more."""
        there = {take_name(take.shot, take.number) for take in self.takes()}
        lines = read_lines(self.film)
        return next((name for name, line in lines.items() if line.get("sha256") == sha256 and name not in there), "")

    def unwritten(self) -> list[tuple[TakeFile, str]]:
        """Usable takes of which the lock says nothing, with their sha256."""
        lines = read_lines(self.film)
        takes = {take: sha256 for take, sha256 in self.takes().items()
                 if take_name(take.shot, take.number) not in lines}  # fmt: skip
        found = self.examiner.examine(media=[take.path for take in takes], tables=(), others=())
        return [(take, sha256) for take, sha256 in takes.items() if found[take.path].problem is None]

    def write_down(self) -> Iterator[TakeFile]:
        """Writes the lines of takes that have none, and yields each: from now on a change of their bytes is seen."""
        for take, sha256 in self.unwritten():
            said: dict[str, Json] = {"sha256": sha256, "origin": "found",
                                     **provenance_of(take.path, read_name(take.path.name)).lock}  # fmt: skip
            write_lines(self.film, {take_name(take.shot, take.number): said})
            yield take
