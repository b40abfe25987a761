"""The check for vulnerabilities fails for one that is known, and says plainly when it could not look."""

from tests.advisories import verdict

MENDED = {"name": "old", "version": "1.0", "vulns": [{"id": "X-1", "fix_versions": ["1.1"]}]}
SOUND = {"name": "sound", "version": "2.0", "vulns": []}
UNKNOWN = {"name": "own", "skip_reason": "not in the index"}


def test_a_known_vulnerability_fails_and_says_what_mends_it() -> None:
    status, lines = verdict({"dependencies": [MENDED, SOUND, UNKNOWN]})
    assert status == 1
    assert lines == ["vulnerabilities: 1 known in 2 packages; not in the index: own", "  old 1.0: X-1, mended in 1.1"]


def test_what_is_sound_passes() -> None:
    assert verdict({"dependencies": [SOUND]}) == (0, ["vulnerabilities: 0 known in 1 packages"])


def test_where_nothing_could_be_asked_that_is_said_and_nothing_fails() -> None:
    for report in ({"dependencies": [UNKNOWN]}, "no network"):
        status, lines = verdict(report)
        assert status == 0
        assert "NOT CHECKED" in lines[0]
