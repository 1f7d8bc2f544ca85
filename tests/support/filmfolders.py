"""Films on disk for tests of loading: small files of any bytes, a memo, and a probe that knows them by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from filmkit.load.film import Loaded, load_film
from filmkit.model.finding import Finding
from filmkit.model.take import AudioFacts, MediaFacts, Pictures, VideoFacts
from filmkit.store.digests import DigestMemo

SHOT = "filmkit: 1\ntitle: T\nscenes:\n  - id: harbour\n    shots:\n      - id: boat\n        lasts: 2s\n"

VIDEO = VideoFacts(
    0, "h264", 64, 36, Fraction(1), 0, "yuv420p", 8, False, False, "progressive", "tv", "bt709", "bt709", "bt709",
    Pictures(72, Fraction(1, 12288), Fraction(24)),
)  # fmt: skip
CLIP = MediaFacts("any", False, VIDEO, None)  # a demuxer that no ending contradicts
PICTURE = MediaFacts("any", True, VIDEO, None)
SOUND = MediaFacts("any", False, None, AudioFacts(0, "pcm_s16le", 48_000, 2, "stereo", 96_000))


@dataclass(frozen=True)
class Refusal:
    """A file the probe refuses."""

    reason: str = "its index (moov) is missing"
    remedy: str = "download it again"


@dataclass
class FilmFolder:
    """A film in a folder; ``asked`` are the names the probe was asked about."""

    folder: Path
    asked: list[str] = field(default_factory=list)

    def write(self, files: dict[str, str | bytes]) -> FilmFolder:
        """Writes files by their path in the film."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def load(self, *, cut: str | None = None) -> Loaded:
        """Loads it with a memo that lives beside the film."""
        memo = self.folder.parent / "memo"
        memo.mkdir(exist_ok=True)
        return load_film(self.folder, cut=cut, memo=DigestMemo(memo), probe=self._probe)

    def findings(self) -> list[Finding]:
        """All that loading finds."""
        return list(self.load().findings)

    def _probe(self, paths: Sequence[Path]) -> list[MediaFacts | Refusal]:
        self.asked += [path.name for path in paths]
        return [_facts(path) for path in paths]


def _facts(path: Path) -> MediaFacts | Refusal:
    if path.read_bytes().startswith(b"broken"):
        return Refusal()
    if path.suffix.lower() in {".png", ".jpg"}:
        return PICTURE
    return SOUND if path.suffix.lower() in {".wav", ".ogg"} else CLIP
