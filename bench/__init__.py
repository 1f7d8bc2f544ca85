"""Measured comparisons of filmkit with a hand-written ffmpeg command and its peers: ``python -m bench``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The repository."""

for _folder in (ROOT / "src", ROOT, ROOT / "tests" / "support"):  # a checkout need not be installed
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))
