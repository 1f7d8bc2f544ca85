"""The storyboard a new film begins with: small, complete, and explained line by line."""

from __future__ import annotations

import json
from pathlib import Path

SCHEMA = Path(__file__).with_name("storyboard.schema.json")
"""The exported JSON Schema, for editors that complete and check while typing."""

_STARTER = """\
# yaml-language-server: $schema={schema}
filmkit: 1
title: {title}
logline: >-
  Say in one sentence who wants what, and what stands in the way.
picture: {{size: 1280x720, fps: 24}}
style: "soft morning light, 35 mm"

scenes:
  - id: arrival
    title: "Arrival"
    shots:
      - id: street
        subject: "an empty street"
        action: "the first tram comes round the corner"
        framing: "wide shot, eye level"
        camera: {{move: push-in, pace: slow}}
        lasts: 3s
      - id: door
        action: "a hand stops on the door handle"
        framing: "close-up"
        camera: {{move: static}}
        join: {{with: dissolve, lasts: 12f}}
        lasts: 3s
  - id: inside
    title: "Inside"
    shots:
      - id: room
        action: "dust turns in a beam of light"
        camera: {{move: pan-right, pace: slow}}
        lasts: 4s

titles:
  - text: {title}
    style: main
    at: arrival + 0.5s
    lasts: 2s
    fade_in: 8f
    fade_out: 8f
credits: {{lasts: 4s, lines: ["made with filmkit"]}}
"""


def starter_storyboard(name: str) -> str:
    """YAML for a film called after its folder: it loads without a finding but its missing takes."""
    title = json.dumps(name.replace("-", " ").replace("_", " ").strip().title() or "Untitled", ensure_ascii=False)
    return _STARTER.format(title=title, schema=SCHEMA.as_uri())
