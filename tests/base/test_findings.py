"""What a message shows is what the reader sees in the cell, in his language."""

import pytest

from kpibatch.base.findings import Finding, finding


def message(found: str, language: str = "th") -> str:
    return finding("not-a-number", measure="T1.spent", found=found, label="ยอดเบิก").message(language)


@pytest.mark.parametrize(
    ("found", "shown"),
    {
        "1965-06-10": "“10 มิ.ย. 2508”",
        "2565-06-10": "“10 มิ.ย. 2565”",
        "12500": "“12,500”",
        "-12500.75": "“-12,500.75”",
        "999": "“999”",
        "1000": "“1,000”",
        "1,250": "“1,250”",
        "10000 บาท": "“10000 บาท”",
        "0012": "“0012”",
        "2565-02-30": "“2565-02-30”",
        "\u04221": "“\u04221 (U+0422)”",
        "1\u0007": "(U+0007)”",
    }.items(),
)
def test_what_was_found_as_the_form_shows_it(found, shown):
    assert shown in message(found)


def test_days_follow_the_language():
    assert "10 Jun 1965" in message("1965-06-10", "en")


def test_what_is_a_code_or_a_year_is_not_grouped():
    assert "3101" in finding("unknown-unit", found="3101").message("th")
    assert "“2565”" in finding("not-a-date", measure="T3.day", found="2565", label="วัน").message("th")


def test_what_was_sent_and_what_is_said_now_are_shown_alike():
    facts = {"label": "ยอดเบิก", "month": "2565-05", "then": "1369494", "now": "2000", "used": "1369494"}
    shown = finding("late-change", measure="T1.spent", found="2000", then_at="a", **facts).message("th")
    for value in ("ส่งครั้งแรก “1,369,494”", "แจ้ง “2,000”", "ใช้ “1,369,494”"):
        assert value in shown


def test_what_is_listed_stays_as_it_was_found():
    line = Finding("not-a-number", measure="T1.spent", found="12500", facts=(("label", "ยอด"),)).row("th")
    assert line[-2] == "12500"
    assert "12,500" in line[-1]
