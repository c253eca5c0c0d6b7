"""Which passwords are accepted."""

import time

import pytest

from govern.people.passwords.rules import refuse_password, words_of
from govern.people.rules import PASSWORD_LONGEST, Refusal
from tests.cast import PASSWORD

OWN = words_of("Anna-Karin Askvik", "anna.askvik@alvsam.example", "Älvsam", "moten.alvsam.example")


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("elva tecken", Refusal.SHORT),
        ("x" * (PASSWORD_LONGEST + 1), Refusal.LONG),
        ("passwordpassword", Refusal.COMMON),
        ("password1234", Refusal.COMMON),
        ("P@ssw0rd1234", Refusal.COMMON),
        ("123456789012", Refusal.COMMON),
        ("qwertyuiop12", Refusal.COMMON),
        ("aaaaaaaaaaaa", Refusal.COMMON),
        ("abcdefghijkl", Refusal.COMMON),
        ("iloveyou1234", Refusal.COMMON),
        ("Sommaren2024!", Refusal.COMMON),
        ("Lösenord123!", Refusal.COMMON),
        ("losenord1234", Refusal.COMMON),
        ("Sundsvall2024", Refusal.COMMON),
        ("kommunkommun", Refusal.COMMON),
        ("Fotboll12345", Refusal.COMMON),
        ("sekreterare1", Refusal.COMMON),
        ("AnnaAskvik12", Refusal.OWN_WORDS),
        ("4nn44skv1k2024", Refusal.OWN_WORDS),
        ("AskvikAskvik", Refusal.OWN_WORDS),
        ("kivksa-annA1", Refusal.OWN_WORDS),
        ("annakarinaskvik", Refusal.OWN_WORDS),
        ("Alvsam2024!!", Refusal.OWN_WORDS),
        ("älvsamälvsam", Refusal.OWN_WORDS),
        ("anna.askvik@alvsam.example", Refusal.OWN_WORDS),
        (PASSWORD, None),
        ("norrsken över Ljungan", None),
        ("korrekt häst batteri", None),
        ("Askvik äter sällan blåbär", None),
        ("vJ8#kq2Lx!0pRz", None),
        ("å" * 10 + "xq7w!mörka skogar" * 4, None),
        ("fyra olika ord i en rad " * 10, None),
    ],
)
def test_a_password_is_judged(password: str, refusal: Refusal | None) -> None:
    """Short, long and common passwords, and those of known words, are refused; the kinds of characters are free."""
    assert refuse_password(password, OWN) == refusal


def test_judging_takes_no_time() -> None:
    """No input makes the check slow."""
    refuse_password("värm upp listorna", OWN)
    for bad in ("4@8({[<36€" * 20, "abcabcabc" * 28, "1qaz2wsx" * 30, "l1|!7+" * 40):
        began = time.perf_counter()
        refuse_password(bad[:PASSWORD_LONGEST], OWN)
        assert time.perf_counter() - began < 2
