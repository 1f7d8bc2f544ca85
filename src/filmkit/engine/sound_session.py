"""What the sound session hands over: the mix, stems and solos in ``out/``, each known by ``<name>.mix.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from filmkit import __version__
from filmkit.engine.execute import Workshop
from filmkit.engine.outputs import Outputs, read_json
from filmkit.errors import UsageError
from filmkit.load.words import did_you_mean
from filmkit.model.run import Event, Json
from filmkit.plan.bounces import Bounces, soloable, with_bounces
from filmkit.plan.planner import Delivery, FilmPlan
from filmkit.plan.steps import Tools
from filmkit.report.text import listed
from filmkit.store.actions import Record
from filmkit.store.disk import plain_errors
from filmkit.store.export import export_text

if TYPE_CHECKING:
    from filmkit.engine.job import Planned


def bounced(plan: FilmPlan, wanted: Bounces, tools: Tools) -> FilmPlan:
    """The plan with what the session is asked for. Raises UsageError where a solo is of nothing that sounds here."""
    known = soloable(plan)
    by_lower = {name.lower(): name for name in known}
    names = {_known(word, by_lower, known) for word in wanted.solo}
    return with_bounces(plan, replace(wanted, solo=tuple(name for name in known if name in names)), tools)


def _known(word: str, by_lower: Mapping[str, str], known: Sequence[str]) -> str:
    if word.lower() in by_lower:
        return by_lower[word.lower()]
    message = f"nothing in this film sounds under the name '{word}'"
    raise UsageError(message, remedy=did_you_mean(word, known, none="the film has no sound"))


@dataclass(frozen=True)
class SoundOutputs:
    """The files of a sound session beside each other in ``outputs.out``."""

    outputs: Outputs
    planned: Planned
    records: Mapping[str, Record]
    shop: Workshop

    @property
    def manifest(self) -> Path:
        """Which files are ours, of which mix, and what they were made of."""
        return self.outputs.out / f"{self.planned.plan.timeline.name}.mix.json"

    def publish(self, events: Sequence[Event]) -> tuple[tuple[str, ...], tuple[Event, ...]]:
        """Puts every delivery in place unless it stands there, and returns their files and what is to be said of others
        that stand there. A file that is not ours is set aside.
        """
        before = self._files_before()
        ours = {entry["sha256"] for entry in before.values()}
        now: dict[str, dict[str, Json]] = {}
        for delivery in self.planned.plan.deliveries:
            output = self.records[delivery.step].outputs[delivery.output]
            target = self.outputs.out / delivery.file
            if not self.outputs.is_published(output.sha256, self.shop, target):
                with plain_errors(target.parent):
                    self.outputs.set_aside(target, ours, self.shop)
                self.shop.store.export(output.sha256, target)
            now[delivery.file] = {"sha256": output.sha256, "size": output.size, "mix": self._mix}
        kept = {file: entry for file, entry in before.items() if file not in now and self._stands(file, entry)}
        self._write_manifest({**kept, **now}, events)
        return tuple(str(self.outputs.out / file) for file in now), tuple(self._stale(kept))

    @property
    def _mix(self) -> str:
        return next(step.key for step in self.planned.plan.graph if step.kind == "mix")

    def _files_before(self) -> dict[str, dict[str, Json]]:
        """The files our manifest knows; it lies in a folder of the user's, so anything may stand in it."""
        found = read_json(self.manifest)
        files = found.get("files") if isinstance(found, dict) else None
        entries = files.items() if isinstance(files, dict) else ()
        return {file: entry for file, entry in entries if isinstance(entry, dict) and _is_ours(file, entry)}

    def _stands(self, file: str, entry: Mapping[str, Json]) -> bool:
        place = self.outputs.out / file
        inside = place.resolve().is_relative_to(self.outputs.out.resolve())
        return inside and self.outputs.is_published(str(entry["sha256"]), self.shop, place)

    def _stale(self, kept: Mapping[str, Mapping[str, Json]]) -> list[Event]:
        old = [file for file, entry in kept.items() if entry["mix"] != self._mix]
        if not old:
            return []
        return [Event("stems-old", f"of an earlier mix: {listed(old, 3)}; the same options write them anew")]

    def _write_manifest(self, files: Mapping[str, Json], events: Sequence[Event]) -> None:
        plan = self.planned.plan
        sources = {source.name: source.sha256 for step in plan.graph for source in step.sources.values()}
        value = {
            "filmkit": __version__,
            "film": plan.timeline.name,
            "title": plan.timeline.title,
            "samples": plan.timeline.samples,
            "files": dict(files),
            "inputs": sources,
            "tools": {name: tool for step in plan.graph for name, tool in step.tools.items()},
            "events": [
                {"code": event.code, "about": event.about, "message": event.message}
                for event in events
                if event.touches_content
            ],
        }
        export_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n", self.manifest)


def _is_ours(file: str, entry: Mapping[str, Json]) -> bool:
    """Whether we may have written this entry."""
    if not re.fullmatch(r"(stems/)?[^/\0]+", file):
        return False
    return isinstance(entry.get("sha256"), str) and isinstance(entry.get("mix"), str)


def is_delivered(delivery: Delivery, record: Record, outputs: Outputs, shop: Workshop) -> bool:
    """Whether a delivery stands in ``out/`` already."""
    return outputs.is_published(record.outputs[delivery.output].sha256, shop, outputs.out / delivery.file)
