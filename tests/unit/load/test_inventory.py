"""The files of a film: what lies in takes/, what the storyboard names, and what is remembered of both."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from filmfolders import CLIP, SHOT, SOUND, FilmFolder

from filmkit.media.sniff import PICTURE_ENDINGS
from filmkit.model.finding import Finding, Severity

LUT = "LUT_3D_SIZE 2\n" + "".join(f"{r} {g} {b}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1))


@pytest.fixture
def film(tmp_path: Path) -> FilmFolder:
    (tmp_path / "mine").mkdir()
    return FilmFolder(tmp_path / "mine").write({"storyboard.yaml": SHOT})


def brief(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.severity.value, finding.code, finding.place.file if finding.place else "") for finding in findings]


def test_takes_are_found_in_order_with_their_facts(film: FilmFolder) -> None:
    film.write(
        {"takes/harbour/boat/t10.mp4": "ten", "takes/harbour/boat/t2.MOV": "two", "takes/harbour/boat/T03.Mkv": "3"}
    )
    loaded = film.load()
    assert loaded.findings == () and loaded.film is not None
    takes = loaded.film.takes["harbour/boat"]
    assert [(take.label, take.file.name, take.file.size) for take in takes] == [
        ("t02", "takes/harbour/boat/t2.MOV", 3),
        ("t03", "takes/harbour/boat/T03.Mkv", 1),
        ("t10", "takes/harbour/boat/t10.mp4", 3),
    ]
    assert all(take.file.facts == CLIP and take.shot == "harbour/boat" for take in takes)


@pytest.mark.parametrize("ending", sorted(PICTURE_ENDINGS))
def test_every_ending_of_what_the_gate_reads_may_be_a_take(film: FilmFolder, ending: str) -> None:
    loaded = film.write({f"takes/harbour/boat/t01.{ending}": "one"}).load()
    assert loaded.film is not None
    assert [take.label for take in loaded.film.takes["harbour/boat"]] == ["t01"]


def test_nothing_is_probed_twice(film: FilmFolder) -> None:
    film.write(
        {"takes/harbour/boat/t01.mp4": "one", "takes/harbour/boat/t02.mp4": "one", "takes/harbour/boat/t03.mp4": "3"}
    )
    film.load()
    assert len(film.asked) == 2
    (film.folder / "takes/harbour/boat/t03.mp4").rename(film.folder / "takes/harbour/boat/t04.mp4")
    loaded = film.load()
    assert len(film.asked) == 2
    assert loaded.film is not None and loaded.film.takes["harbour/boat"][-1].file.facts == CLIP
    film.write({"takes/harbour/boat/t01.mp4": "another"})
    film.load()
    assert film.asked[2:] == ["t01.mp4"]


def test_refusal_is_asked_again_and_names_shot_and_file(film: FilmFolder) -> None:
    film.write({"takes/harbour/boat/t01.mp4": "fine", "takes/harbour/boat/t02.mp4": "broken"})
    [finding] = film.findings()
    assert brief([finding]) == [("error", "take-refused", "takes/harbour/boat/t02.mp4")]
    assert finding.message == "take t02 of harbour/boat cannot be used: its index (moov) is missing"
    assert (finding.remedy, finding.about) == ("download it again", "harbour/boat")
    film.load()
    assert film.asked.count("t02.mp4") == 2 and film.asked.count("t01.mp4") == 1


def test_refused_take_that_is_not_shown_is_a_warning(film: FilmFolder) -> None:
    film.write({"takes/harbour/boat/t01.mp4": "broken", "takes/harbour/boat/t02.mp4": "fine"})
    assert brief(film.findings()) == [("warning", "take-refused", "takes/harbour/boat/t01.mp4")]
    film.write({"storyboard.yaml": SHOT + "        take: t01\n"})
    assert brief(film.findings()) == [("error", "take-refused", "takes/harbour/boat/t01.mp4")]
    film.write({"storyboard.yaml": SHOT + "      - {id: again, of: boat, take: t01, lasts: 1s}\n"})
    assert brief(film.findings()) == [("error", "take-refused", "takes/harbour/boat/t01.mp4")]


def test_two_files_of_one_number_are_an_error(film: FilmFolder) -> None:
    film.write({"takes/harbour/boat/t01.mp4": "a", "takes/harbour/boat/t1.mov": "b"})
    [finding] = film.findings()
    assert finding.code == "take-twice" and finding.severity is Severity.ERROR
    assert finding.message == "two files are take t01 of harbour/boat: t01.mp4 and t1.mov"
    assert finding.remedy == "rename one of them to t02"


@pytest.mark.parametrize(
    ("file", "code", "says"),
    [
        ("takes/harbour/boot/t01.mp4", "take-unused", "did you mean 'harbour/boat'?"),
        ("takes/boat/t01.mp4", "take-unused", "takes/scene/shot"),
        ("takes/t01.mp4", "take-unused", "takes/scene/shot"),
        ("takes/harbour/boat/final.mp4", "take-name", "rename it to t01.mp4"),
        ("takes/harbour/boat/t00.mp4", "take-name", "rename it to t01.mp4"),
        ("takes/harbour/boat/t01.mp4.part", "take-partial", "wait for it"),
    ],
)
def test_what_is_no_take_of_a_shot_is_a_warning(film: FilmFolder, file: str, code: str, says: str) -> None:
    film.write({file: "x"})
    [finding] = film.findings()
    assert (finding.severity, finding.code) == (Severity.WARNING, code)
    assert says in finding.remedy


@pytest.mark.parametrize("file", ["takes/.DS_Store", "takes/harbour/boat/t01.json", "takes/harbour/boat/Thumbs.db"])
def test_side_files_are_left_alone(film: FilmFolder, file: str) -> None:
    film.write({file: "x"})
    assert film.findings() == []


def test_take_that_leads_out_of_the_film_is_refused(film: FilmFolder, tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    folder = film.folder / "takes/harbour/boat"
    folder.mkdir(parents=True)
    (folder / "t01.mp4").symlink_to(tmp_path / "secret.mp4")
    os.mkfifo(folder / "t02.mp4")
    assert [finding.code for finding in film.findings()] == ["link-leaves", "not-a-file"]
    assert film.asked == []


def test_takes_folder_that_leads_out_of_the_film_is_refused(film: FilmFolder, tmp_path: Path) -> None:
    other = tmp_path / "other" / "harbour" / "boat"
    other.mkdir(parents=True)
    (other / "t01.mp4").write_bytes(b"x")
    (film.folder / "takes").symlink_to(tmp_path / "other")
    assert [finding.code for finding in film.findings()] == ["link-leaves"]
    assert film.asked == []


def test_take_linked_inside_the_film_is_one(film: FilmFolder) -> None:
    film.write({"reference/a.mp4": "x", "takes/harbour/boat/t01.mp4": "y"})
    (film.folder / "takes/harbour/boat/t02.mp4").symlink_to("../../../reference/a.mp4")
    loaded = film.load()
    assert loaded.findings == () and loaded.film is not None
    assert loaded.film.takes["harbour/boat"][1].file.path == str(film.folder / "reference/a.mp4")


def test_named_files_are_known_by_path_as_written(film: FilmFolder) -> None:
    text = (
        SHOT + "        from: a.png\n        grade: {lut: ./l.cube}\nsound:\n  music:\n    - {file: m.ogg, at: start}\n"
    )
    film.write({"storyboard.yaml": text, "a.png": "p", "l.cube": LUT, "m.ogg": "m"})
    loaded = film.load()
    assert loaded.findings == () and loaded.film is not None
    files = loaded.film.files
    assert sorted(files) == ["./l.cube", "a.png", "m.ogg"]
    assert (files["./l.cube"].name, files["./l.cube"].facts, files["m.ogg"].facts) == ("l.cube", None, SOUND)
    assert film.asked == ["a.png", "m.ogg"]


@pytest.mark.parametrize(
    ("lines", "code", "place", "says"),
    [
        ("        from: a.pgn\n", "file-missing", "8:15", "did you mean 'a.png'?"),
        ("        from: s.wav\n", "file-refused", "8:15", "name a picture or a clip"),
        ("        grade: {lut: a.png}\n", "file-refused", "8:22", "export the look as a 3D .cube"),
        ("        grade: {lut: one.cube}\n", "file-refused", "8:22", "export a 3D one"),
        ("sound: {music: [{file: a.png, at: start}]}\n", "file-refused", "8:24", "name a sound file"),
        ("titles: [{image: c.mp4, at: start}]\n", "file-refused", "8:18", "export one frame of it"),
        ("        generate: {with: still}\n        from: c.mp4\n", "file-refused", "9:15", "export one frame"),
    ],
)
def test_named_file_that_does_not_fit_is_an_error(
    film: FilmFolder, lines: str, code: str, place: str, says: str
) -> None:
    film.write(
        {"storyboard.yaml": SHOT + lines, "a.png": "p", "s.wav": "s", "c.mp4": "c", "one.cube": "LUT_1D_SIZE 2\n"}
    )
    [finding] = film.findings()
    assert (finding.severity, finding.code, str(finding.place)) == (Severity.ERROR, code, f"storyboard.yaml:{place}")
    assert says in f"{finding.message}; {finding.remedy}"


def test_picture_a_take_has_replaced_may_be_missing(film: FilmFolder) -> None:
    film.write({"storyboard.yaml": SHOT + "        from: a.png\n", "takes/harbour/boat/t01.mp4": "x"})
    assert brief(film.findings()) == [("warning", "file-missing", "storyboard.yaml")]


def test_unused_sounds_are_one_note(film: FilmFolder) -> None:
    film.write({f"sound/{name}.wav": name for name in "abcdefg"} | {"sound/notes.txt": "x"})
    film.write({"storyboard.yaml": SHOT + "sound: {effects: [{file: sound/a.wav, at: start}]}\n"})
    [finding] = film.findings()
    assert (finding.severity, finding.code) == (Severity.NOTE, "sound-unused")
    assert finding.message == "no cue plays sound/b.wav, sound/c.wav, sound/d.wav, sound/e.wav, sound/f.wav and 1 more"


def test_unreadable_file_is_a_finding_and_the_others_are_known(
    film: FilmFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    film.write({"takes/harbour/boat/t01.mp4": "x", "takes/harbour/boat/t02.mp4": "y"})
    from filmkit.store.digests import DigestMemo

    digests = DigestMemo.digests

    def failing(memo: DigestMemo, paths: object) -> object:
        wanted = list(paths)  # type: ignore[call-overload]
        if any(path.name == "t02.mp4" for path in wanted):
            raise PermissionError(13, "Permission denied")
        return digests(memo, wanted)

    monkeypatch.setattr(DigestMemo, "digests", failing)
    loaded = film.load()
    assert [finding.message for finding in loaded.findings] == [
        "take t02 of harbour/boat cannot be used: it cannot be read (Permission denied)"
    ]
    assert loaded.film is not None and [take.label for take in loaded.film.takes["harbour/boat"]] == ["t01"]


def test_damaged_memory_is_probed_again(film: FilmFolder, tmp_path: Path) -> None:
    from filmkit.load.examine import FACTS_KIND
    from filmkit.store.digests import DigestMemo

    film.write({"takes/harbour/boat/t01.mp4": "x"})
    loaded = film.load()
    assert loaded.film is not None
    sha256 = loaded.film.takes["harbour/boat"][0].file.sha256
    DigestMemo(tmp_path / "memo").remember_all(FACTS_KIND, {sha256: {"video": 3}})
    again = film.load()
    assert film.asked == ["t01.mp4", "t01.mp4"]
    assert again.film == loaded.film


def test_a_thousand_takes_are_known_in_a_moment(film: FilmFolder) -> None:
    shots = "".join(f"      - {{id: s{number}, lasts: 2s}}\n" for number in range(1_000))
    film.write({"storyboard.yaml": SHOT + shots})
    film.write({f"takes/harbour/s{number}/t01.mp4": f"take {number}" for number in range(1_000)})
    time.sleep(0.05)  # files touched this very moment are not remembered
    film.load()
    spent = []
    for _ in range(3):
        began = time.process_time()
        loaded = film.load()
        spent.append(time.process_time() - began)
    assert loaded.film is not None and len(loaded.film.takes) == 1_000
    assert len(film.asked) == 1_000
    assert min(spent) < 0.8
