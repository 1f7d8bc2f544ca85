"""The step that decodes one file's sound: what cues, the takes' own sound and analyses all read."""

from __future__ import annotations

from filmkit.model.recipe import SourceRecipe
from filmkit.model.take import SourceFile
from filmkit.plan.graph import Cost, Step
from filmkit.plan.steps import Tools


def source_step(
    file: SourceFile, tools: Tools, *, pieces: tuple[tuple[int, int, int], ...] = (), about: str = ""
) -> Step:
    """Decodes the sound of ``file``, which must have some; ``pieces`` stretch it for the shot or cue ``about``."""
    facts = file.facts
    assert facts is not None and facts.audio is not None
    recipe = SourceRecipe(
        demuxer=facts.demuxer,
        stream=facts.audio.stream,
        channels=facts.audio.channels,
        layout=facts.audio.layout,
        pieces=pieces,
    )
    return Step(
        kind="source",
        name=f"source {file.name}" + (f" for {about}" if pieces else ""),
        version=tools.version("source"),
        params=recipe.as_params(),
        sources={"file": file},
        tools={**tools.media, **tools.sums} if pieces else tools.media,  # numpy stretches
        about=(about,) if pieces else (),
        cost=Cost(0, 0.2),
    )
