"""Colour: from whatever a take says it is to BT.709, limited range, 8 bits.

What a stream does not say is assumed as players do: matrix BT.709 from 720 lines or 1280 columns on, else BT.601;
limited range unless the pixel format or the file says full. Primaries of BT.601 are not converted (the difference is
below what an untagged file leaves open anyway); wide gamuts and HDR are.
"""

from __future__ import annotations

from dataclasses import dataclass

from filmkit.model.recipe import Conform

SCALER_FLAGS = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
"""The only scaler setting whose bits do not depend on the processor."""

TAGS = {"range": "tv", "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
"""What every chain ends with, so that all segments carry the same headers."""

TONEMAP_PEAK = 10.0
"""Peak of HDR pictures in units of SDR white (100 cd/m²): fixed, because files often claim a wrong one."""

_MATRICES = {
    "bt709": "bt709",
    "bt470bg": "bt470bg",
    "smpte170m": "smpte170m",
    "smpte240m": "smpte240m",
    "fcc": "fcc",
    "bt2020nc": "bt2020nc",
    "bt2020c": "bt2020c",
    "bt2020_ncl": "bt2020nc",
    "bt2020_cl": "bt2020c",
}
_HDR = {"smpte2084", "arib-std-b67"}
_WIDE = {"bt2020", "smpte431", "smpte432", "film", "smpte428"}


@dataclass(frozen=True, slots=True)
class Colour:
    """What a take's numbers mean, every question answered: ``matrix`` by ffmpeg's name (``gbr`` for RGB)."""

    matrix: str
    is_full_range: bool
    primaries: str
    transfer: str

    @property
    def is_hdr(self) -> bool:
        """PQ or HLG: needs tone mapping."""
        return self.transfer in _HDR

    @property
    def is_wide(self) -> bool:
        """Primaries outside BT.709's neighbourhood: need a conversion in linear light."""
        return self.primaries in _WIDE

    @property
    def is_ours(self) -> bool:
        """Already what the canvas is."""
        return self.matrix == "bt709" and not (self.is_full_range or self.is_hdr or self.is_wide)

    @property
    def tags(self) -> dict[str, str]:
        """The same as arguments of ``setparams``."""
        return {
            "range": "pc" if self.is_full_range else "tv",
            "color_primaries": self.primaries,
            "color_trc": self.transfer,
            "colorspace": self.matrix,
        }


def colour_of(conform: Conform) -> Colour:
    """What the take says, or what is assumed where it says nothing."""
    if conform.is_rgb:
        return Colour("gbr", True, *_gamut(conform))
    lines, columns = sorted((conform.width, conform.height))
    assumed = "bt709" if lines >= 720 or columns >= 1280 else "smpte170m"
    matrix = _MATRICES.get(conform.color_matrix, assumed)
    is_full = conform.color_range in {"pc", "jpeg", "full"} or conform.pixel_format.startswith("yuvj")
    return Colour(matrix, is_full, *_gamut(conform))


def _gamut(conform: Conform) -> tuple[str, str]:
    """Primaries and transfer; a PQ or HLG picture that names no primaries is BT.2020."""
    transfer = conform.color_transfer if conform.color_transfer in _HDR else "bt709"
    if conform.color_primaries in _WIDE:
        return conform.color_primaries, transfer
    return ("bt2020" if transfer in _HDR and conform.color_primaries != "bt709" else "bt709"), transfer


def rgb_to_ycbcr(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """8-bit RGB to 8-bit limited-range Y'CbCr by ITU-R BT.709-6 §3."""
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    blueness, redness = (blue - luma) / 1.8556, (red - luma) / 1.5748
    return round(16 + luma * 219 / 255), round(128 + blueness * 224 / 255), round(128 + redness * 224 / 255)


def parse_color(text: str) -> tuple[int, int, int]:
    """``#rrggbb`` to 8-bit RGB. Raises ValueError."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"{text!r} is not a colour; write #rrggbb")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
