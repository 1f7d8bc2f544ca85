"""Gathering: what lies in an inbox is looked at, matched with the shots, proved, copied, and written into the lock.

A survey looks and changes nothing. Taking one file in copies it, and never moves it; where that is broken off between
copy and lock line, the next survey finds the take without its line and writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final

from filmkit.engine.execute import Workshop
from filmkit.engine.survey import Candidate, Known, Order, Survey, Taken, Whereabouts, Wrong
from filmkit.errors import FilmkitError
from filmkit.load.examine import Examined, Examiner, Probe
from filmkit.load.files import Files
from filmkit.load.inbox import Inbox, InboxFile
from filmkit.load.lock_write import only_one, read_lines, take_name, write_lines
from filmkit.load.place_take import Looked, TakeExists, free_number, place_take, sweep_parts
from filmkit.load.provenance import provenance_of
from filmkit.load.shot_words import slate_of
from filmkit.load.sifting import Sifted, sift
from filmkit.load.takes import TakeFile, list_takes
from filmkit.load.trash import mend
from filmkit.load.walk import each_shot
from filmkit.media.gate import decode_alone
from filmkit.media.sniff import KINDS
from filmkit.model.film import shot_name
from filmkit.model.run import Json
from filmkit.model.storyboard import Generator, Storyboard
from filmkit.model.take import MediaFacts
from filmkit.plan.download_names import read_name
from filmkit.plan.inherit import inherited
from filmkit.plan.likeness import Clue, Slate

_TRIES = 20
"""How often a take gets another number because somebody else was quicker."""


class Gatherer:
    """Gathers for one film. ``probe`` is the sandboxed one where none is given."""

    mends: ClassVar[frozenset[str]] = frozenset({"gone", "unwritten"})
    """Known bytes that lack something: their file is missing, or their line is."""

    def __init__(self, film: Path, board: Storyboard, shop: Workshop, probe: Probe | None = None) -> None:
        self.film, self.board = film, board
        self.slate: Slate = slate_of(board)
        self.shop = shop
        self.examiner = Examiner(shop.memo, probe)

    @property
    def shots(self) -> list[str]:
        """The shots that may have takes, in the order of the film."""
        return [words.name for words in self.slate.shots]

    def takes(self) -> dict[TakeFile, str]:
        """The takes on disk with their sha256; what was broken off is mended first."""
        sweep_parts(self.film)
        found = self._digests()
        mend(self.film, {(take.shot, take.number): sha256 for take, sha256 in found.items()})
        return found

    def survey(self, inbox: Inbox, said: Mapping[str, str] = MappingProxyType({})) -> Survey:
        """Looks at everything and changes nothing. ``said`` are shots by the names of files, as a person knows them."""
        takes = self.takes()
        sifted = sift(inbox, self.slate, frozenset(said))
        survey = Survey(left=sifted.left, is_whole=inbox.is_whole)
        survey.wrong += [Wrong(*trouble) for trouble in sifted.wrong]
        candidates = self._candidates(sifted, survey)
        for candidate in self._unknown(candidates, takes, survey, said):
            if candidate.name in said:
                survey.orders.append(Order(candidate, said[candidate.name], "as you say"))
            else:
                self._sort(candidate, survey)
        return survey

    def carry_out(self, order: Order) -> Taken:
        """Proves a file by decoding it whole, copies it among the takes of a shot, and writes its line.

        Raises FilmkitError for a file that does not decode, or was changed since it was looked at.
        """
        trouble = decode_alone(self.shop.ffmpeg, order.candidate.file.path, order.candidate.facts)
        if trouble:
            raise FilmkitError(f"it does not decode: {trouble}", remedy="download it again, whole")
        with only_one(self.film, "gather"):
            self._require_new(order)
            number = self._place(order)
            said = read_lines(self.film).get(take_name(order.shot, number), {})
            if said.get("sha256") != order.candidate.sha256:  # the line that brought a file home stays as it is
                self.write_line(order.candidate, order.shot, number)
        return Taken(order.candidate, order.shot, number, order.why)

    def _require_new(self, order: Order) -> None:
        """Raises FilmkitError where another process was quicker with the same bytes for the same shot."""
        if order.number is None:
            for take, sha256 in self._digests(order.shot).items():
                if sha256 == order.candidate.sha256:
                    raise FilmkitError(f"it is {take_name(take.shot, take.number)} already", remedy="nothing to do")

    def write_line(self, candidate: Candidate, shot: str, number: int) -> None:
        """What is known of a take, and nothing else, goes into the lock."""
        write_lines(self.film, {take_name(shot, number): line_of(candidate)})

    def put(self, order: Order, number: int) -> None:
        """Puts a file to its place, unless another has the number: then TakeExists is raised."""
        looked = Looked(order.candidate.file.path, order.candidate.sha256)
        place_take(self.film, order.shot, number, looked, ending_of(order.candidate))

    def _place(self, order: Order) -> int:
        number = order.number or free_number(self.film, order.shot)
        for _ in range(_TRIES):
            try:
                self.put(order, number)
            except TakeExists:
                number = free_number(self.film, order.shot)
            else:
                return number
        raise FilmkitError(f"somebody else fills the takes of {order.shot}", remedy="try again")

    def _digests(self, shot: str = "") -> dict[TakeFile, str]:
        """Of the takes of a shot; of all if none is named."""
        listed = list_takes(self.board, Files.of(self.film)).takes
        files = [take for group in listed.values() for take in group if shot in ("", take.shot)]
        found = self.examiner.examine(media=(), tables=(), others=[take.path for take in files])
        return {take: found[take.path].sha256 for take in files if found[take.path].sha256}

    def _candidates(self, sifted: Sifted, survey: Survey) -> list[Candidate]:
        files = [file for file, _ in sifted.files]
        found = self.examiner.examine(media=[file.path for file in files], tables=(), others=())
        candidates = []
        for file, is_likely in sifted.files:
            examined = found[file.path]
            problem = examined.problem or _no_picture(examined.facts)
            if problem is not None:
                if is_likely or file.is_clip:
                    survey.wrong.append(Wrong(file.name, *problem))
                else:
                    survey.left += 1
            elif (candidate := self._candidate(file, examined, sifted)) is not None:
                candidates.append(candidate)
            else:
                survey.left += 1
        return sorted(candidates, key=lambda candidate: (candidate.file.mtime_ns, _natural(candidate.name)))

    def _candidate(self, file: InboxFile, examined: Examined, sifted: Sifted) -> Candidate | None:
        """A picture is left alone unless a generator or a shot speaks for it; a clip never is."""
        says = read_name(file.path.name)
        origin = provenance_of(file.path, says)
        clue = Clue(
            file.folders, says.whole, says.label, says.is_numbered, says.beginnings,
            (origin.prompt,) if origin.prompt else (), origin.seed,
        )  # fmt: skip
        verdict = self.slate.verdict(clue)
        assert examined.facts is not None
        is_of_interest = not examined.facts.is_still or origin.maker or verdict.matches or file.name in sifted.wanted
        return Candidate(file, says, examined.sha256, examined.facts, origin, verdict) if is_of_interest else None

    def _unknown(
        self, candidates: list[Candidate], takes: Mapping[TakeFile, str], survey: Survey, said: Mapping[str, str]
    ) -> Iterator[Candidate]:
        """Those whose bytes nobody knows yet, or that are wanted elsewhere as well; the others are noted."""
        known = Whereabouts.of(self.film, takes, self.shots)
        seen: dict[str, str] = {}
        for candidate in candidates:
            take, way = known.find(candidate.sha256)
            if not take and candidate.sha256 in seen:
                take, way = seen[candidate.sha256], "twin"
            seen.setdefault(candidate.sha256, candidate.name)
            if not take or said.get(candidate.name, take.rpartition("/t")[0]) != take.rpartition("/t")[0]:
                yield candidate
            elif way in self.mends:
                shot, _, number = take.rpartition("/t")
                survey.orders.append(Order(candidate, shot, _MENDABLE[way], int(number)))
            else:
                survey.known.append(Known(candidate, take, "there" if way == "unwritten" else way))

    def _sort(self, candidate: Candidate, survey: Survey) -> None:
        sure = candidate.verdict.sure
        if sure is None:
            survey.unsure.append(candidate)
        elif candidate.facts.is_still and (why := self.no_still(sure.shot)) is not None:
            remedy = f"download the clip; if it is meant so: --assign FILE={sure.shot}"
            survey.wrong.append(Wrong(candidate.name, f"it is a still, and {why}", remedy))
        elif candidate.facts.is_still:
            survey.unsure.append(candidate)
        else:
            survey.orders.append(Order(candidate, sure.shot, sure.reasons[0]))

    def no_still(self, shot: str) -> str | None:
        """Why a still is not what a shot waits for; None where it may be."""
        for scene, one, _ in each_shot(self.board):
            if shot_name(scene, one) == shot:
                maker = inherited(self.board, scene, one).generate.with_
                if maker is Generator.STILL:
                    return f"{shot} is made by `render` from its picture (from: …)"
                if maker not in (None, Generator.MANUAL):
                    return f"{shot} wants a clip of {maker.value}"
        return None


_MENDABLE: Final = {
    "gone": "storyboard.lock knows it, and its file was missing",
    "unwritten": "it was there already, and storyboard.lock did not know it",
}


def line_of(candidate: Candidate, origin: str = "gathered") -> dict[str, Json]:
    """The fields of a take's line: only what is known."""
    day = datetime.now(UTC).date().isoformat()
    return {"sha256": candidate.sha256, "origin": origin, "file": candidate.file.path.name, "gathered": day,
            **candidate.origin.lock}  # fmt: skip


def ending_of(candidate: Candidate) -> str:
    """The file's own ending where it is right, else the usual one of what it is."""
    endings = KINDS[candidate.facts.demuxer].pictures
    return candidate.file.ending if candidate.file.ending in endings else endings[0]


def _no_picture(facts: MediaFacts | None) -> tuple[str, str] | None:
    if facts is not None and facts.video is None:
        return "it holds no picture, only sound", "put it into sound/ if it is a cue"
    return None


def _natural(name: str) -> tuple[object, ...]:
    """``boat (2)`` before ``boat (10)``."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d{1,9})", name.casefold())
    )
