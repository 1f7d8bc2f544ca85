"""Ten folders of downloads as they are found on real machines, with the shot that each file was really made for.

The habits are those of names seen in public folders; the words are those of the films here. What a person cannot tell
from the name either has to be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What has to become of a file: taken by itself, asked about with its shot among the likely ones, asked about
    without any (``BLANK``), or left in peace.
    """

    SURE = "sure"
    ASK = "ask"
    BLANK = "blank"
    LEAVE = "leave"


SURE, ASK, BLANK, LEAVE = Fate.SURE, Fate.ASK, Fate.BLANK, Fate.LEAVE


@dataclass(frozen=True)
class Listing:
    """``files``: path in the inbox → the shot it was made for (empty: none of this film) and its fate."""

    name: str
    film: str
    files: dict[str, tuple[str, Fate]]


LIGHTHOUSE = """\
filmkit: 1
title: First Light
style: soft dawn light, muted blues
generate: {with: manual, seed: 481516}
cast: {keeper: {look: "an old man in a grey oilskin, white beard"}}
scenes:
  - id: harbour
    shots:
      - id: boat
        subject: a small red fishing boat
        action: leaves the harbour, its wake spreading toward us
        framing: wide shot, low angle
        camera: {move: push-in, pace: slow}
        lasts: 4s
      - {id: gulls, action: "white gulls circle over wet nets", lasts: 2s}
      - {id: boat-return, subject: a small red fishing boat, action: comes home at dusk with a broken mast, lasts: 3s}
  - id: tower
    shots:
      - {id: stairs, cast: [keeper], action: "climbs a spiral stair, lantern in hand", lasts: 3s}
      - {id: flame, action: "the lamp takes fire behind thick glass", framing: close-up, lasts: 2s}
      - {id: window, prompt: "Cinematic slow push in on a rain streaked window, a lantern glows behind it", lasts: 3s}
"""

CITY = """\
filmkit: 1
title: Neonstadt
scenes:
  - id: strasse
    shots:
      - {id: s010, action: "Ein alter Straßenbahnwagen fährt über die nasse Brücke", lasts: 3s}
      - {id: s020, action: "Möwen über den Dächern für einen Augenblick still", lasts: 3s}
      - {id: s030, action: "die Verkäuferin schließt müde den Blumenladen", lasts: 3s}
  - id: markt
    shots:
      - {id: laterne, action: "红灯笼在夜市的风里轻轻摇晃，人群慢慢走过", lasts: 3s}
      - {id: tee, action: "老人低头倒茶，热气升起遮住他的脸", lasts: 3s}
"""

_LONG = "a small red fishing boat leaves the harbour its wake spreading toward us wide shot low angle soft dawn"

LISTINGS = (
    Listing("runway, the older habit", LIGHTHOUSE, {
        "Gen-3 Alpha Turbo 3093952672, white gulls circle , M 5.mp4": ("harbour/gulls", SURE),
        "Gen-3 Alpha Turbo 1547404312, the lamp takes fire , M 5.mp4": ("tower/flame", SURE),
        "Gen-3 Alpha 1222913568, A small red fishing , harbourpng, M 5.mp4": ("harbour/boat", ASK),
        "Gen-3 Alpha 1222913569, A small red fishing , harbourpng, M 5 (1).mp4": ("harbour/boat-return", ASK),
        "Gen-2 2287029967, pikaso_texttoimage_3, M 5.mp4": ("", BLANK),
        "Gen-3 Alpha Turbo 1029899111, kajalbirthdayjpg, M 5.mp4": ("", BLANK),
        "Gen-3 Alpha Turbo 1620967955, New standards of web, Cropped - Dewwwelopm, M 5.mp4": ("", BLANK),
        "Screenshot 2026-11-21 at 10.20.45.png": ("", LEAVE),
    }),
    Listing("runway, the newer habit", LIGHTHOUSE, {
        "Gen-4 Turbo A small red fishing boat leaves the harbour, its wake spreading toward us 2494731309.mp4":
            ("harbour/boat", SURE),
        "Gen-4 Turbo a small red fishing boat comes home at dusk with a broken mast Soft dawn light 40067090.mp4":
            ("harbour/boat-return", SURE),
        "Gen-4 Turbo - White gulls circle over wet nets_ Soft dawn light, muted blues.mp4": ("harbour/gulls", SURE),
        "Gen-4.5 Cinematic slow push in on a rain streaked window, a lantern glows 918273645.mp4":
            ("tower/window", SURE),
        "Gen-4 Turbo  4006709044.mp4": ("", BLANK),
        "Gen-4 Turbo having so much fun hareketli ve heyecanli 2494731308.mp4": ("", BLANK),
        "Gen-4 Turbo Cinematic slow push-in from low angle onto a high-end air-source heat pump on a modern.mp4":
            ("", BLANK),
        "Gen-4 Aleph Make the boat blue 1234567890.mp4": ("harbour/boat", ASK),
    }),
    Listing("kling", LIGHTHOUSE, {
        "kling_20261101_Text_to_Video_white_gull_900_0.mp4": ("harbour/gulls", ASK),
        "kling_20261101_Text_to_Video_White_gull_900_1.mp4": ("harbour/gulls", ASK),
        "kling_20261101_Image_to_Video_A_small_re_4174_0.mp4": ("", ASK),
        "kling_20261102_Image_to_Video____________5553_0.mp4": ("", BLANK),
        "kling_20261012_1.png": ("", BLANK),
        "kling_20261103_Image_to_Video_The_neon_b_900_0.mp4": ("", BLANK),
        "kling_20261103_Text_to_Video_the_lamp_t_77_0.mp4": ("tower/flame", ASK),
    }),
    Listing("hailuo and jimeng", LIGHTHOUSE, {
        "Hailuo_Video_White gulls circle over wet_433373022180130822.mp4": ("harbour/gulls", SURE),
        "Hailuo_Video_[Push in]A small red fishin_439429250409934849.mp4": ("harbour/boat", ASK),
        "Hailuo_Video_The lamp takes fire behind _398561169233838086.mp4": ("tower/flame", SURE),
        "Hailuo_Video_Animate it for me keep it aliv_486914013302788101.mp4": ("", BLANK),
        "Hailuo_Video_Create a CCTV footage of peopl_398561169233838087.mp4": ("", BLANK),
        "dreamina-2026-07-23-4631-climbs a spiral stair, lantern in hand....mp4": ("tower/stairs", SURE),
        "dreamina-2026-07-04-9470-Cinematic Jurassic Park-style Velocirapt....mp4": ("", BLANK),
        "jimeng-2026-07-16-1043-笑着优雅的左右摇晃，过一会儿手扶着下巴，保持微笑.mp4": ("", BLANK),
    }),
    Listing("comfy with shot names as prefix", LIGHTHOUSE, {
        "harbour_boat_00001_.mp4": ("harbour/boat", SURE),
        "harbour_boat_00002_.mp4": ("harbour/boat", SURE),
        "harbour_boat-return_00001_.mp4": ("harbour/boat-return", SURE),
        "flame_00007_.webp": ("tower/flame", SURE),
        "ComfyUI_00001_.mp4": ("", BLANK),
        "ComfyUI_00012_.png": ("", BLANK),
        "AnimateDiff_00003-audio.mp4": ("", BLANK),
        "WanVideo2_2_I2V_00004.mp4": ("", BLANK),
        "tower/stairs/ComfyUI_00020_.mp4": ("tower/stairs", SURE),
        "video/ComfyUI_00021_.mp4": ("", BLANK),
    }),
    Listing("sora, veo, gemini, pixverse, grok", LIGHTHOUSE, {
        "20261101_0946_Red Fishing Boat at Dawn_simple_compose_01jr7kdhtcee3bx75xtzd6q1a7.mp4": ("harbour/boat", ASK),
        "20261101_1132_New Video_simple_compose_01kcerkqdkexmtad54h2s9fw9p.mp4": ("", BLANK),
        "Generated video 1.mp4": ("", BLANK),
        "Generated video 1 (1).mp4": ("", BLANK),
        "White_gulls_circle_over_wet_nets_202611021412_x2k9.mp4": ("harbour/gulls", SURE),
        "veo3_the_lamp_takes_fire_behind_thick_glass.mp4": ("tower/flame", SURE),
        "PixVerse_V6_Image_Text_360P_generate_a_video_o.mp4": ("", BLANK),
        "PixVerse_V6_Image_Text_360P_white_gulls_circle.mp4": ("harbour/gulls", SURE),
        "grok-video-0b9a6d1c-3f0e-4a55-9f0d-2f8f2f1f7c11.mp4": ("", BLANK),
        "hf_20260405_171741_ed9845ab-f5b2-4018-8ce7-07cc01823522.mp4": ("", BLANK),
        "8f14e45f-ceea-467f-a0a6-1a2b3c4d5e6f.mp4": ("", BLANK),
    }),
    Listing("pika and luma, with seeds", LIGHTHOUSE, {
        "Pika_2.2_white_gulls_circle_over_wet_nets_seed481516.mp4": ("harbour/gulls", SURE),
        "A_boat_seed481517.mp4": ("", ASK),
        "A_dog_on_a_beach_seed3341987716.mp4": ("", BLANK),
        "luma_the_lamp_takes_fire_behind_thick_g.mp4": ("tower/flame", SURE),
        "dream_machine.mp4": ("", BLANK),
        "pikachu.mp4": ("", BLANK),
    }),
    Listing("named by people, with copies", LIGHTHOUSE, {
        "boat.mp4": ("", ASK),
        "boat (1).mp4": ("", ASK),
        "boat_t02.mp4": ("harbour/boat", SURE),
        "harbour-boat-return final.mp4": ("harbour/boat-return", SURE),
        "boat return 2.mp4": ("harbour/boat-return", SURE),
        "Harbour_Gulls_v3 - Copy.mov": ("harbour/gulls", SURE),
        "takes/tower/window/best.mp4": ("tower/window", SURE),
        "flame test for mina.mp4": ("", ASK),
        "stairs - Kopie (2).mp4": ("", ASK),
        "holiday boat trip 2019.mp4": ("", ASK),
        "window cleaning advert.mp4": ("", ASK),
        "gullsandmore.mp4": ("", BLANK),
    }),
    Listing("other languages", CITY, {
        "kling_20261101_Text_to_Video_Ein_alter__900_0.mp4": ("strasse/s010", ASK),
        "Hailuo_Video_Ein alter Straßenbahnwagen f_433373022180130822.mp4": ("strasse/s010", SURE),
        "Gen-4 Turbo M wen ber den D chern f r einen Augenblick still 12345678.mp4": ("strasse/s020", SURE),
        "Gen-4 Turbo Mowen uber den Dachern fur einen Augenblick 12345679.mp4": ("strasse/s020", SURE),
        "jimeng-2026-07-16-4437-红灯笼在夜市的风里轻轻摇晃，人群慢....mp4": ("markt/laterne", SURE),
        "jimeng-2026-07-16-4438-老人低头倒茶，热气升起.mp4": ("markt/tee", SURE),
        "jimeng-2026-07-16-4439-红灯笼.mp4": ("markt/laterne", ASK),
        "markt_laterne_00001_.mp4": ("markt/laterne", SURE),
        "s030_00001_.mp4": ("strasse/s030", SURE),
        "s030.mp4": ("strasse/s030", ASK),
        "Bildschirmaufnahme 2026-11-20.mov": ("", LEAVE),
        "Снимок экрана 2026-11-20.png": ("", LEAVE),
        "スクリーンショット 2026-11-20.png": ("", LEAVE),
        "Captura de pantalla 2026-11-20.png": ("", LEAVE),
    }),
    Listing("long names and strangers", LIGHTHOUSE, {
        f"Gen-4 Turbo {_LONG[:100]} 123456789.mp4": ("harbour/boat", SURE),
        f"{_LONG}{'n' * 100}.mp4": ("harbour/boat", SURE),
        "IMG_2031.MOV": ("", LEAVE),
        "VID-20260101-WA0003.mp4": ("", LEAVE),
        "PXL_20250807_085539810.mp4": ("", LEAVE),
        "DJI_0042.MP4": ("", LEAVE),
        "WhatsApp Video 2026-11-02 at 18.22.31.mp4": ("", LEAVE),
        "videoplayback (3).mp4": ("", LEAVE),
        "2026-11-02 20-11-42.mkv": ("", LEAVE),
        "lecture 4 colour grading.mp4": ("", BLANK),
        "6973-197914400_medium.mp4": ("", BLANK),
        "download.mp4": ("", BLANK),
        "untitled.mov": ("", BLANK),
        "-y.mp4": ("", BLANK),
        "a\nerror: b.mp4": ("", BLANK),
        "a‮4pm.exe.mp4": ("", BLANK),
    }),
)  # fmt: skip
