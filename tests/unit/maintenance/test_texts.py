from __future__ import annotations

from maintenance.domain.texts import cleaned


def test_script_is_kept_as_text() -> None:
    assert cleaned("<script>alert(1)</script>") == "<script>alert(1)</script>"


def test_marks_that_reorder_their_surroundings_are_dropped() -> None:
    assert cleaned("فاتورة\u202egpj.exe\u2066") == "فاتورةgpj.exe"


def test_nul_and_other_controls_are_dropped_and_lines_kept() -> None:
    assert cleaned(" fuite\x00 rue\r\nde la gare\x1b ") == "fuite rue\nde la gare"


def test_emoji_and_arabic_stay() -> None:
    assert cleaned("تسرب ماء 💧") == "تسرب ماء 💧"
