"""``status``: a film's length, its takes, and whether its file is what a render would give now."""

from __future__ import annotations

from desk import COLOURS, Desk

NO_TAKE = COLOURS.replace("color: white, ", "")


def lines(desk: Desk) -> list[str]:
    return desk.ask("status", "leaving-earth").out.splitlines()


def test_before_the_first_render(desk: Desk) -> None:
    desk.film(NO_TAKE)
    assert lines(desk) == [
        "leaving-earth: Leaving Earth",
        "  length   0:01.5, 36 frames at 24, 96x64",
        "  shots    2; 1 shot has no take yet: city/rocket",
        "  found    1 warning (filmkit check tells them)",
        "  to make  3 segments, 1 card, 1 mix, 1 master, about 1.2 s of one core",
        "  film     not rendered yet",
    ]


def test_a_finished_film(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film)
    desk.ask("render", film)
    assert lines(desk)[2:] == [
        "  shots    2, none is missing",
        "  found    nothing wrong",
        f"  film     {film}/out/leaving-earth.mp4, finished",
    ]


def test_a_film_with_a_placeholder_is_up_to_date_and_not_finished(desk: Desk) -> None:
    film = desk.film(NO_TAKE)
    desk.fill(film)
    desk.ask("render", film)
    assert lines(desk)[-1].endswith("/out/leaving-earth.mp4, up to date, not finished")
    told = desk.ask("status", film, "--json").json
    assert (told["up_to_date"], told["finished"], told["placeholders"]) == (True, False, ["city/rocket"])


def test_a_change_makes_the_file_out_of_date_also_where_the_store_has_all_of_it(desk: Desk) -> None:
    film = desk.film()
    for text in (COLOURS.replace("white", "red"), COLOURS):
        desk.film(text)
        desk.fill(film)
        desk.ask("render", film)
    desk.film(COLOURS.replace("white", "red"))
    assert lines(desk)[-1].endswith("leaving-earth.mp4, not up to date")
    assert desk.ask("status", film, "--json").json["to_make"] == 0


def test_a_file_that_somebody_else_wrote_is_not_up_to_date(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film)
    desk.ask("render", film)
    file = film / "out" / "leaving-earth.mp4"
    file.unlink()
    file.write_bytes(b"another film")
    assert lines(desk)[-1].endswith("not up to date")


def test_json_before_the_first_render(desk: Desk) -> None:
    told = desk.ask("status", desk.film(), "--json").json
    assert told == {
        "film": "leaving-earth", "frames": 36, "shots": 2, "placeholders": [], "scratch": [],
        "file": None, "up_to_date": False, "finished": False, "to_make": 5,
    }  # fmt: skip


def test_a_film_with_errors_has_no_status(desk: Desk) -> None:
    answer = desk.ask("status", desk.film(COLOURS.replace("lasts: 1s", "lasts: 1")))
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.endswith("2 errors\n")
