"""``check`` finds everything at once: on stderr nothing, on stdout one readable block a finding, and the exit code."""

from __future__ import annotations

from desk import COLOURS, Desk

TEN_MISTAKES = """\
filmkit: 1
titel: Ten mistakes
picture: {size: 1280x721, fps: 24}
scenes:
  - id: harbour
    shots:
      - id: boat
        duration: 4s
        camera: {move: push-inn}
      - id: keeper
        lasts: 3
        join: {with: disolve, lasts: 12f}
        own_sound: {gain: -6}
      - id: flame
        lasts: 2s
        speed: fast
        color: redd
sound:
  music:
    - {id: theme, file: ../music.ogg, at: start+2s}
"""

ANSWER = """\
storyboard.yaml:2:1: error: 'titel' is no key here
       2 | titel: Ten mistakes
         | ^
    → did you mean 'title'? valid here: filmkit, title, logline, team, picture, lasts, budget, cast, scenes, titles, \
credits, sound, captions, deliver, review, fixed, style, avoid, grade, fit, focus, generate, own_sound, cut_on
storyboard.yaml:3:17: error: size: '1280x721' has an odd number of pixels
       3 | picture: {size: 1280x721, fps: 24}
         |                 ^
    → make width and height even, as in 1280x720
storyboard.yaml:8:9: error: harbour/boat: 'duration' is no key here
       8 |         duration: 4s
         |         ^
    → filmkit calls it 'lasts'
storyboard.yaml:9:24: error: harbour/boat: move: 'push-inn' is not known
       9 |         camera: {move: push-inn}
         |                        ^
    → did you mean 'push-in'? valid here: static, pan-left, pan-right, tilt-up, tilt-down, roll-cw, roll-ccw, zoom-in, \
zoom-out, push-in, pull-out, truck-left, truck-right, pedestal-up, pedestal-down, orbit-left, orbit-right, crane-up, \
crane-down, follow, handheld
storyboard.yaml:11:16: error: harbour/keeper: lasts: '3' is not a time
      11 |         lasts: 3
         |                ^
    → write 3s for seconds or 3f for frames
storyboard.yaml:12:22: error: harbour/keeper: with: 'disolve' is not known
      12 |         join: {with: disolve, lasts: 12f}
         |                      ^
    → did you mean 'dissolve'? valid here: cut, dissolve, fade, white, wipe-left, wipe-right, wipe-up, wipe-down, \
slide-left, slide-right, slide-up, slide-down, iris
storyboard.yaml:13:27: error: harbour/keeper: gain: '-6' lacks its unit
      13 |         own_sound: {gain: -6}
         |                           ^
    → write '-6 dB'
storyboard.yaml:16:16: error: harbour/flame: speed: 'fast' is not a speed
      16 |         speed: fast
         |                ^
    → write a number above 0 and up to 100, such as 0.8 or 2
storyboard.yaml:17:16: error: harbour/flame: color: 'redd' is not a colour
      17 |         color: redd
         |                ^
    → write one of black, white, grey, red, green, blue, yellow, or '#rrggbb' in quotes
storyboard.yaml:20:25: error: theme: file: '../music.ogg' leaves the film
      20 |     - {id: theme, file: ../music.ogg, at: start+2s}
         |                         ^
    → copy the file into the film folder (or assets/) and write its path from there
storyboard.yaml:20:43: error: theme: at: 'start+2s' is not a point
      20 |     - {id: theme, file: ../music.ogg, at: start+2s}
         |                                           ^
    → put a space on both sides of + and -, as in 'harbour + 1.2s'
"""


def test_ten_mistakes_are_told_at_once_each_with_its_place_and_cure(desk: Desk) -> None:
    film = desk.film(TEN_MISTAKES)
    answer = desk.ask("check", film)
    assert (answer.code, answer.err) == (3, "")
    assert answer.out == f"{ANSWER}leaving-earth: 11 errors\n"


def test_a_render_stops_with_the_same_words_on_stderr(desk: Desk) -> None:
    answer = desk.ask("render", desk.film(TEN_MISTAKES))
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == f"{ANSWER}11 errors\n"


def test_json_holds_the_same_findings(desk: Desk) -> None:
    film = desk.film(TEN_MISTAKES)
    answer = desk.ask("check", film, "--json")
    assert (answer.code, answer.err) == (3, "")
    lines = [f"{found['file']}:{found['line']}:{found['column']}" for found in answer.json["findings"]]
    assert lines == [line.split(": error")[0] for line in ANSWER.splitlines() if ": error: " in line]
    rendered = desk.ask("render", film, "--json")
    assert (rendered.code, rendered.err, rendered.json["exit_code"]) == (3, "", 3)
    assert rendered.json["findings"] == answer.json["findings"]


def test_a_film_with_nothing_wrong_is_told_so(desk: Desk) -> None:
    answer = desk.ask("check", desk.film())
    assert (answer.code, answer.out, answer.err) == (0, "leaving-earth: nothing wrong\n", "")


def test_strict_makes_a_warning_an_error(desk: Desk) -> None:
    film = desk.film(COLOURS.replace("color: white, ", ""))
    plain, strict = desk.ask("check", film), desk.ask("check", film, "--strict")
    assert (plain.code, strict.code) == (0, 3)
    assert plain.out.endswith("leaving-earth: 1 warning\n") and strict.out.endswith("leaving-earth: 1 error\n")
    assert strict.out == plain.out.replace("warning", "error")
    assert desk.ask("render", film, "--strict").err.endswith("1 error\n")


def test_a_name_that_is_taken_is_told_once_and_not_again_by_all_who_hang_on_it(desk: Desk) -> None:
    film = desk.film(COLOURS.replace("id: rocket", "id: Lights") + "titles: [{text: HI, at: lights, lasts: 1s}]\n")
    found = desk.ask("check", film, "--json").json["findings"]
    assert [(finding["code"], finding["line"]) for finding in found] == [("id-twice", 8)]


def test_signs_that_no_font_has_are_named(desk: Desk) -> None:
    film = desk.film(COLOURS + 'titles: [{text: "ok \\u1234", at: start, lasts: 1s}]\n')
    answer = desk.ask("check", film)
    assert answer.code == 0 and "no font has ሴ (U+1234): drawn as an empty box" in answer.out
    assert desk.ask("check", film, "--strict").code == 3


def test_a_cut_is_checked_by_its_file_and_called_by_its_name(desk: Desk) -> None:
    film = desk.film()
    (film / "storyboard.short.yaml").write_text(COLOURS.replace("lasts: 1s, join", "lasts: 1, join"))
    answer = desk.ask("check", film / "storyboard.short.yaml")
    assert answer.code == 3
    assert answer.out.startswith("storyboard.short.yaml:8:") and answer.out.endswith("short: 1 error\n")
    assert desk.ask("check", film).code == 0


def test_a_template_says_what_was_fixed(desk: Desk) -> None:
    film = desk.film(COLOURS.replace("96x64", "96x66"))
    (desk.folder / "template.yaml").write_text(COLOURS + "fixed: [picture, sound]\n")
    answer = desk.ask("check", film, "--against", "template.yaml")
    assert answer.code == 3
    assert "storyboard.yaml:3:10: error: 'picture' is fixed by the template and differs here" in answer.out
    same = desk.film(name="same")
    assert desk.ask("check", same, "--against", "template.yaml").code == 0


def test_a_name_that_steers_terminals_is_made_harmless(desk: Desk) -> None:
    film = desk.film(name="red\x1b[31m\u202e")
    assert desk.ask("check", film).out.splitlines()[-1] == "red\ufffd[31m\ufffd: nothing wrong"
