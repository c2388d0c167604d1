"""Tests of how words are folded and asked for, without a database."""

from __future__ import annotations

import pytest

from gis.domain.words import asked_words, folded, key, padded, question, words_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("L'Élève n°12, À-côté", "l eleve n 12 a cote"),
        ("Œuvre  de la  Sœur", "oeuvre de la soeur"),
        ("الإِمْـامُ، ٣٤ شارع مؤسّسة", "الامام 34 شارع موسسه"),
        ("مُستشفى الحسن الثَّانِي", "مستشفي الحسن الثاني"),
        ("سوق الأربعاء", "سوق الاربعا"),
        ("ΑΣ", "ασ"),
        ("…", ""),
    ],
)
def test_what_sounds_alike_reads_alike(written: str, read: str) -> None:
    assert folded(written) == read


def test_the_arabic_article_is_taken_off_and_short_words_keep_their_letters() -> None:
    assert words_of("شارع الحسن إلى الآن") == ("شارع", "حسن", "الي", "الان")


def test_little_words_are_not_asked_for_unless_they_are_all_there_is() -> None:
    assert asked_words("rue de la Gare") == ("rue", "gare")
    assert asked_words("de la") == ("de", "la")


def test_numbers_are_asked_for_whole_and_words_by_their_beginning() -> None:
    assert question(("12", "hass")) == "'12' & 'hass':*"
    assert question(("bd", "hassan")) == "('bd':* | 'boulevard') & 'hassan':*"


def test_a_misspelt_word_is_any_of_those_near_to_it() -> None:
    near = {"hasan": ["hassan", "hassane"]}
    assert question(("12", "hasan", "xyz"), near) == "('12') & ('hassan' | 'hassane')"


def test_nothing_asked_can_end_a_word_of_the_question() -> None:
    assert question(("a'b\\c",)) == "'a''b\\\\c':*"


def test_codes_are_compared_without_what_stands_between() -> None:
    assert key("W-00 327") == key("w/00.327") == "w00327"


def test_zeros_before_a_number_may_be_left_out() -> None:
    assert "w00327" in padded("W 327")
    assert padded("327") == []
    assert padded("rue 3 bis") == []
