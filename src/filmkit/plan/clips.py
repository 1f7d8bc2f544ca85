"""From a placed shot to a clip: which picture of its take each frame shows, and whether the take is long enough."""

from __future__ import annotations

from filmkit.model.finding import Finding, Severity
from filmkit.model.take import Take
from filmkit.model.timebase import FrameRate
from filmkit.model.timeline import Clip, Material, SlateMaterial, TakeMaterial
from filmkit.plan.place import Placed
from filmkit.plan.shots import ShotPlan, slate_lines
from filmkit.plan.speed import frames_given, pictures_shown


def clip_of(placed: Placed, rate: FrameRate, findings: list[Finding]) -> Clip:
    """The clip of a placed shot. A take that cannot fill it becomes a finding that names shot, need and have."""
    plan = placed.plan
    material = plan.material
    if material is None and plan.take is not None:
        material = _take_material(placed, plan.take, rate, findings)
    if plan.is_placeholder:
        message, remedy = _why_card(plan)
        findings.append(Finding("placeholder", message, remedy, Severity.WARNING, about=plan.name, path=plan.path))
    _check_guessed_take(placed, findings)
    fades = [time.in_frames(rate) if time else 0 for time in (plan.shot.fade_in, plan.shot.fade_out)]
    if sum(fades) > placed.frames:
        findings.append(Finding(
            "fades-meet", f"the fades of {plan.name} need {fades[0]} + {fades[1]} frames, it has {placed.frames}",
            "shorten them", about=plan.name, path=(*plan.path, "fade_in" if fades[0] else "fade_out"),
        ))  # fmt: skip
    return Clip(
        shot=plan.name,
        scene=plan.scene.id,
        start=placed.start,
        frames=placed.frames,
        material=material or SlateMaterial(slate_lines(plan.scene, plan.shot)),
        join=placed.join,
        look=plan.look,
        fade_in_frames=fades[0],
        fade_out_frames=fades[1],
        is_placeholder=plan.is_placeholder,
        label=plan.scene.title or plan.scene.id,
    )


def _why_card(plan: ShotPlan) -> tuple[str, str]:
    if plan.name == plan.scene.id:
        return f"scene {plan.name} has no shots: a card stands in their place", "add its shots"
    if not plan.shows_take:
        return f"{plan.name} has no picture to move over: a card stands in its place", "give it a picture ('from')"
    folder = f"takes/{plan.source_name}/"
    return f"{plan.name} has no take: a card stands in its place", f"put its take into {folder} as t01.mp4"


def _take_material(placed: Placed, take: Take, rate: FrameRate, findings: list[Finding]) -> Material | None:
    plan = placed.plan
    video = take.file.facts.video if take.file.facts else None
    if video is None or (take.file.facts and take.file.facts.is_still):
        if take.file.facts is not None:  # a file that could not be read has its own finding
            what = "is a still picture" if video else "has no pictures"
            findings.append(Finding(
                "take-not-video", f"take {take.label} of {take.shot} ({take.file.name}) {what}; a clip is expected",
                "for a still, write 'from: reference/…' and 'generate: {with: still}'", about=plan.name, path=plan.path,
            ))  # fmt: skip
        return None
    shown = pictures_shown(video.pictures, placed.in_s, plan.speed, rate, placed.frames)
    if shown[-1] < video.pictures.count:
        return TakeMaterial(take, shown, placed.in_s)
    have = frames_given(video.pictures, placed.in_s, plan.speed, rate)
    missing = placed.frames - have
    if plan.shot.short != "hold" or have < 1:
        findings.append(
            Finding(
                "take-too-short",
                f"{plan.name} needs {placed.frames} frames of take {take.label} from {float(placed.in_s):.3f} s on; "
                f"it gives {have}, {missing} too few ({take.file.name} lasts {float(video.pictures.end):.3f} s)",
                _how_to_fill(have),
                about=plan.name,
                path=(*plan.path, "lasts"),
            )
        )
        return None
    findings.append(
        Finding(
            "held",
            f"{plan.name} holds the last picture of take {take.label} for {missing} frames",
            "",
            Severity.WARNING,
            about=plan.name,
            path=(*plan.path, "short"),
        )
    )
    last = video.pictures.count - 1
    return TakeMaterial(take, [min(picture, last) for picture in shown], placed.in_s, missing)


def _how_to_fill(have: int) -> str:
    if have < 1:
        return "begin earlier: nothing of the take is left there"
    return (
        f"shorten the shot to {have}f, begin earlier, slow it down, or write 'short: hold' to freeze the last picture"
    )


def _check_guessed_take(placed: Placed, findings: list[Finding]) -> None:
    """Times measured on one take mean little on another: with several takes, one should be circled."""
    plan, shot = placed.plan, placed.plan.shot
    measured = [key for key, value in (("in", shot.in_), ("marks", shot.marks), ("sync", shot.sync)) if value]
    if plan.take is None or shot.take or plan.source.take or not measured or not plan.has_choice:
        return
    findings.append(
        Finding(
            "take-guessed",
            f"{plan.name} circles no take, so the newest ({plan.take.label}) is used, but '{measured[0]}' was "
            "measured on some take",
            f"write 'take: {plan.take.label}', or the take it was measured on",
            Severity.WARNING,
            about=plan.name,
            path=(*plan.path, measured[0]),
        )
    )
