"""Tables about what came out: peers on a film of ten shots, and size and quality of segments against one encoding."""

from __future__ import annotations

from bench.compare import LOCAL, Bench, Rows, one_command, shares
from bench.film import Shape
from bench.measure import alternating
from bench.peers import peers_of
from bench.quality import check_shown, encode_whole, measure_vmaf, picture_bytes, render_lossless

_PEER_SHOTS = 10
_GOP_FRAMES, _RARE_GOP_FRAMES = 48, 250


def measure_peers(bench: Bench) -> Rows:
    """Ten shots by filmkit, one command and the peers; the last column tells how many frames show what was planned."""
    film = bench.film("peers", Shape(_PEER_SHOTS))
    rival = bench.rival(film)
    found = alternating({
        "one ffmpeg command": one_command(bench, film),
        "filmkit, local engine": lambda _: bench.filmkit("render", str(film), *LOCAL, store="peers", fresh=True),
        **peers_of(film, bench.folder / "stores" / "rival", rival),
    }, 1 if bench.is_quick else min(bench.rounds, 2))  # fmt: skip
    files = {
        "one ffmpeg command": film.with_suffix(".one.mp4"), "filmkit, local engine": film / "out" / f"{film.name}.mp4",
        "MoviePy 2": film.with_suffix(".moviepy.mp4"), "melt": film.with_suffix(".melt.mp4"),
    }  # fmt: skip
    head, *rows = shares(found, "one ffmpeg command")
    told: Rows = [(*head, "frames", "as planned", "one off")]
    for row in rows:
        shown = check_shown(files[row[0]], rival.timeline)
        shares_of_planned = (f"{count / shown.planned:.1%}" for count in (shown.right, shown.near))
        told.append((*row, str(shown.frames), *shares_of_planned))
    return told


def measure_size(bench: Bench) -> Rows:
    """The same pictures in segments and encoded in one go, at the same preset and crf, against the lossless film.
    Key frames are what a film can be sought and cut at: filmkit sets one every two seconds, x264 by itself one in ten.
    """
    shape = Shape(_PEER_SHOTS)
    film = bench.film("size", shape)
    lossless = render_lossless(film, bench.folder / "stores" / "size")
    bench.filmkit("render", str(film), *LOCAL, store="size", fresh=True)
    whole = encode_whole(lossless, film.with_suffix(".whole.mp4"), shape.preset, 20, _GOP_FRAMES)
    rare = encode_whole(lossless, film.with_suffix(".rare.mp4"), shape.preset, 20, _RARE_GOP_FRAMES)
    files = {
        "encoded in one go, a key frame every 2 s": whole,
        "filmkit's segments, a key frame every 2 s": film / "out" / f"{film.name}.mp4",
        "encoded in one go, a key frame every 10 s": rare,
    }
    of = picture_bytes(whole)
    rows: Rows = [("", "picture MB", "share", "VMAF")]
    for name, file in files.items():
        size = picture_bytes(file)
        rows.append((name, f"{size / 1e6:.2f}", f"{size / of:.3f}", f"{measure_vmaf(file, lossless):.2f}"))
    lossless.unlink()
    return rows
