"""Gathering as a command runs it: looked at, said, asked, taken in; again and again where it watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import typer

from filmkit.cli.asking import ask_all, can_ask, chosen
from filmkit.cli.gathered import count_line, known_lines, survey_value, taken_lines, unsure_lines, wrong_lines
from filmkit.cli.options import film_path, settings_of
from filmkit.cli.say import say, say_json
from filmkit.engine.gather import Gatherer
from filmkit.engine.job import open_shop
from filmkit.engine.survey import Order, Survey, Taken, Wrong
from filmkit.errors import DiskFull, FilmkitError, Stopped, UsageError
from filmkit.load.film import find_film, read_storyboard, storyboard_from
from filmkit.load.inbox import Inbox, look_into
from filmkit.load.words import did_you_mean
from filmkit.model.finding import FilmError

_LOOK_EVERY_S: Final = 1.0

G = TypeVar("G", bound=Gatherer)


def gatherer_of(film: Path, store: str | None, kind: type[G]) -> G:
    """Raises FilmError where the storyboard has errors of its own; those of its media are what this mends."""
    folder, cut = film_path(film)
    board, findings = storyboard_from(read_storyboard(find_film(folder, cut=cut).file))
    if board is None:
        raise FilmError(findings)
    return kind(folder, board, open_shop(settings_of(cut=cut, store=store), folder))


def assigned_shots(said: Sequence[str], gatherer: Gatherer) -> dict[str, str]:
    """Shots by file. Raises UsageError."""
    found: dict[str, str] = {}
    for one in said:
        file, equals, word = one.rpartition("=")
        if not equals or not file:
            raise UsageError(f"'{one}' assigns nothing", remedy="write it as FILE=SHOT")
        shot = chosen(word, [], gatherer.shots)
        if shot is None:
            raise UsageError(f"there is no shot '{word}'", remedy=did_you_mean(word, gatherer.shots))
        found[file] = shot
    return found


@dataclass
class Session:
    """One call: what has been said already, so that watching says nothing twice."""

    gatherer: Gatherer
    inbox: Path
    is_trial: bool
    as_json: bool
    find: Callable[[Path], Inbox] = look_into
    failed: bool = False
    _told: set[tuple[str, str]] = field(default_factory=set)

    def check_folder(self) -> None:
        """Raises UsageError for a folder that lies in the film."""
        film, inbox = self.gatherer.film.resolve(), self.inbox.resolve()
        if inbox == film or film in inbox.parents:
            remedy = "`filmkit adopt` takes in what lies there already"
            raise UsageError(f"the inbox {self.inbox} lies in the film", remedy=remedy)

    def look(self, assigned: Mapping[str, str]) -> None:
        """Looks once, and takes in what is sure, said, or answered."""
        inbox = self.find(self.inbox)
        names = {str(file.path): file.name for file in inbox.files} | {file.name: file.name for file in inbox.files}
        if lost := [file for file in assigned if file not in names]:
            raise UsageError(f"there is no file '{lost[0]}' in {self.inbox}", remedy="name it from the inbox on")
        said = {names[file]: shot for file, shot in assigned.items()}
        survey = self.gatherer.survey(inbox, said)
        self.failed |= any(wrong.name in said for wrong in survey.wrong)
        taken = [done for order in survey.orders if (done := self._done(order, survey)) is not None]
        new = [one for one in survey.unsure if (one.name, one.sha256) not in self._told]
        if new and not (self.as_json or self.is_trial) and can_ask():
            for candidate, shot in ask_all(new, self.gatherer.shots):
                survey.unsure.remove(candidate)
                done = self._done(Order(candidate, shot, "as you say"), survey)
                taken += [done] if done is not None else []
            self._told |= {(one.name, one.sha256) for one in new}
        self._tell(survey, taken)

    def _done(self, order: Order, survey: Survey) -> Taken | None:
        """Carries out an order, or only says so; what goes wrong with one file stops no other."""
        try:
            if self.is_trial:
                taken = Taken(order.candidate, order.shot, order.number or 0, order.why)
            else:
                taken = self.gatherer.carry_out(order)
        except DiskFull:
            raise
        except FilmkitError as error:
            self.failed = True
            survey.wrong.append(Wrong(order.candidate.name, error.message, error.remedy))
            return None
        if not self.as_json:
            say(taken_lines(taken))
        return taken

    def _tell(self, survey: Survey, taken: list[Taken]) -> None:
        if self.as_json:
            say_json(survey_value(survey, taken))
            return
        say(known_lines([one for one in survey.known if self._is_new(one.candidate.name, one.way)]))
        say(unsure_lines([one for one in survey.unsure if self._is_new(one.name, one.sha256)]))
        say(wrong_lines([one for one in survey.wrong if self._is_new(one.name, one.reason)]), to_error=True)
        if taken or self._is_new("", "count"):
            say([count_line(survey, len(taken))])

    def _is_new(self, name: str, what: str) -> bool:
        is_new = (name, what) not in self._told
        self._told.add((name, what))
        return is_new


def watch_inbox(session: Session) -> None:
    """Looks again whenever the folder has changed and then been still for a moment."""
    done, before = None, None
    say([f"watching {session.inbox} … Ctrl-C to leave"])
    try:
        while True:
            time.sleep(_LOOK_EVERY_S)
            now = look_into(session.inbox)
            if now == before and now != done:
                session.look({})
                done = now
            before = now
    except Stopped as stopped:
        say(["stopped watching"])
        raise typer.Exit(stopped.exit_code) from None
