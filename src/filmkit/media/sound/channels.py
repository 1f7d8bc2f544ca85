"""Any layout of loudspeakers folded to stereo, by ITU-R BS.775 (table 2) and its natural extension to more channels.

    front left, right         1 to their own side
    front centre              0.7071 (−3 dB) to both
    surrounds: side, back     0.7071 to their own side
    one back centre           0.5 to both (−3 dB, shared at −3 dB)
    above: as the channel below, another −3 dB
    low frequency effects     dropped
    mono                      1 to both (a copy, never 3 dB down)

Nothing is scaled down afterwards: float does not clip, and a centre keeps its level.
"""

from __future__ import annotations

_A = 0.707107
_HALF = 0.5

_LEFT_RIGHT: dict[str, tuple[float, float]] = {
    "FL": (1.0, 0.0), "FR": (0.0, 1.0), "FC": (_A, _A), "LFE": (0.0, 0.0), "LFE2": (0.0, 0.0),
    "BL": (_A, 0.0), "BR": (0.0, _A), "SL": (_A, 0.0), "SR": (0.0, _A), "BC": (_HALF, _HALF),
    "FLC": (1.0, 0.0), "FRC": (0.0, 1.0), "WL": (1.0, 0.0), "WR": (0.0, 1.0),
    "DL": (1.0, 0.0), "DR": (0.0, 1.0), "SDL": (_A, 0.0), "SDR": (0.0, _A),
    "TFL": (_A, 0.0), "TFR": (0.0, _A), "TBL": (_HALF, 0.0), "TBR": (0.0, _HALF),
    "TSL": (_HALF, 0.0), "TSR": (0.0, _HALF), "TC": (_HALF, _HALF), "TFC": (_HALF, _HALF), "TBC": (_HALF, _HALF),
    "BFL": (_A, 0.0), "BFR": (0.0, _A), "BFC": (_HALF, _HALF),
}  # fmt: skip

_LAYOUTS = {
    "mono": "FC",
    "stereo": "FL FR",
    "downmix": "DL DR",
    "2.1": "FL FR LFE",
    "3.0": "FL FR FC",
    "3.0(back)": "FL FR BC",
    "4.0": "FL FR FC BC",
    "quad": "FL FR BL BR",
    "quad(side)": "FL FR SL SR",
    "3.1": "FL FR FC LFE",
    "5.0": "FL FR FC BL BR",
    "5.0(side)": "FL FR FC SL SR",
    "4.1": "FL FR FC LFE BC",
    "5.1": "FL FR FC LFE BL BR",
    "5.1(side)": "FL FR FC LFE SL SR",
    "6.0": "FL FR FC BC SL SR",
    "6.0(front)": "FL FR FLC FRC SL SR",
    "3.1.2": "FL FR FC LFE TFL TFR",
    "hexagonal": "FL FR FC BL BR BC",
    "6.1": "FL FR FC LFE BC SL SR",
    "6.1(back)": "FL FR FC LFE BL BR BC",
    "6.1(front)": "FL FR LFE FLC FRC SL SR",
    "7.0": "FL FR FC BL BR SL SR",
    "7.0(front)": "FL FR FC FLC FRC SL SR",
    "7.1": "FL FR FC LFE BL BR SL SR",
    "7.1(wide)": "FL FR FC LFE BL BR FLC FRC",
    "7.1(wide-side)": "FL FR FC LFE FLC FRC SL SR",
    "5.1.2": "FL FR FC LFE SL SR TFL TFR",
    "5.1.2(back)": "FL FR FC LFE BL BR TFL TFR",
    "octagonal": "FL FR FC BL BR BC SL SR",
    "cube": "FL FR BL BR TFL TFR TBL TBR",
    "5.1.4": "FL FR FC LFE BL BR TFL TFR TBL TBR",
    "7.1.2": "FL FR FC LFE BL BR SL SR TFL TFR",
    "7.1.4": "FL FR FC LFE BL BR SL SR TFL TFR TBL TBR",
}

_BY_COUNT = {
    1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1", 10: "7.1.2", 12: "7.1.4",
}  # fmt: skip


def fold_to_stereo(channels: int, layout: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What each of ``channels`` inputs gives to left and to right.

    ``layout`` is ffmpeg's name or its list (``FL+FR+LFE``); where it says nothing that fits, the usual order for that
    many channels is taken, and channels beyond any known order go to both sides at half.
    """
    if channels == 1:
        return (1.0,), (1.0,)
    pairs = [_LEFT_RIGHT.get(name, (_HALF, _HALF)) for name in _channel_names(channels, layout)]
    return tuple(left for left, _ in pairs), tuple(right for _, right in pairs)


def is_known_layout(channels: int, layout: str) -> bool:
    """Whether ``layout`` says where each channel belongs."""
    return len(_named(layout)) == channels


def _channel_names(channels: int, layout: str) -> list[str]:
    named = _named(layout)
    if len(named) == channels:
        return named
    usual = _named(_BY_COUNT.get(channels, ""))
    return usual or ["?"] * channels


def _named(layout: str) -> list[str]:
    if layout in _LAYOUTS:
        return _LAYOUTS[layout].split()
    names = layout.split("+")
    return names if all(name in _LEFT_RIGHT for name in names) else []


def pan_expression(channels: int, layout: str) -> str:
    """The fold as the value of ffmpeg's ``pan`` filter: numbers only, inputs by index."""
    sides = fold_to_stereo(channels, layout)
    return "stereo|" + "|".join(f"c{out}={_sum(weights)}" for out, weights in enumerate(sides))


def _sum(weights: tuple[float, ...]) -> str:
    return "+".join(f"{weight:g}*c{index}" for index, weight in enumerate(weights) if weight) or "0*c0"
