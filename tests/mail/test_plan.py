"""Which mails a month has.

The gravest fault is another unit's figures in a mail, so that is looked for everywhere.
"""

import multiprocessing
import os
import re
import shutil
from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from mailing import (
    MAILS,
    MONTH,
    PLANTED,
    PROVINCE_ADDRESS,
    codes,
    copied,
    everything_in,
    mail_to,
    planned,
    sample_workspace,
    small_june,
    state,
    whole,
)
from workspace import CHACHOENGSAO, change, configure, edit_table, open_book, read_rows, run, submission

from kpibatch.base.config import MailServer
from kpibatch.base.errors import KpibatchError
from kpibatch.books.guard import capped
from kpibatch.books.look import PROVINCE
from kpibatch.forms.whose import claims_of
from kpibatch.mail import files
from kpibatch.mail.files import Strangers
from kpibatch.mail.message import BANGKOK, REMINDER, RESULT, as_eml
from kpibatch.mail.plan import Selection, plan_mail

MISSING, FLAWED, RETURNED = "3119", "3117", "3112"


@pytest.fixture(scope="module")
def june() -> Path:
    return small_june()


@pytest.fixture(scope="module")
def familiar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chachoengsao, whose units report in the office's own form; two of them with words for numbers."""
    workspace = sample_workspace(tmp_path_factory.mktemp("mail"), CHACHOENGSAO)
    for unit in ("2401", "2402"):
        path = submission(workspace, unit, "2561-03")
        book = open_book(path)
        for cell in (
            cell
            for row in book.worksheets[0].iter_rows()
            for cell in row
            if isinstance(cell.value, int | float)
        ):
            cell.value = "ประมาณ"
        book.save(path)
    run(workspace)
    return workspace


# --- nothing of another unit, anywhere ----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["june", "familiar"])
def test_no_mail_holds_anything_of_another_unit(name: str, request: pytest.FixtureRequest) -> None:
    workspace = request.getfixturevalue(name)
    units = state(workspace)[1].unit
    mails = [
        one
        for words in ({}, {"remind": True})
        for one in planned(workspace, **words).messages
        if one.kind != PROVINCE
    ]
    assert {one.unit for one in mails} == set(units)
    names = re.compile("|".join(sorted((unit.name for unit in units.values()), key=len, reverse=True)))
    a_code = re.compile(
        rf"(?<![\w.>])(?:{'|'.join(units)})(?![\w.])|(?<=>)(?:{'|'.join(units)})(?=</(?!v>))"
    )  # a number alone is no code
    for one in mails:
        for place, text in everything_in(one).items():
            assert (one.unit, place, {*names.findall(text)} - {units[one.unit].name}) == (
                one.unit,
                place,
                set(),
            )
            assert (one.unit, place, {*a_code.findall(text)} - {one.unit}) == (one.unit, place, set())


@pytest.mark.slow
def test_a_units_figures_stand_in_its_own_mail_alone(june: Path) -> None:
    mails = {one.unit: everything_in(one) for one in planned(june).messages}
    for unit, figure in PLANTED.items():
        shown = (f"{figure:.2f}", f"{figure:,.2f}", f"{int(figure)}.", f"ลับเฉพาะ{unit}x")
        holding = {
            other
            for other, texts in mails.items()
            if any(text.find(form) >= 0 for text in texts.values() for form in shown)
        }
        assert holding == {unit, PROVINCE}
    assert (
        sum("xl/workbook.xml" in place for place in mails["3109"]) >= 2
    )  # the summary and the report, perhaps an index beside it


@pytest.mark.slow
def test_figures_are_those_published(june: Path) -> None:
    rows = {(row["unit"], row["node"]): row for row in read_rows(june / "output" / MONTH / "scores.csv")}
    kpis = [node for unit, node in rows if unit == "3101" and rows[unit, node]["level"]]
    for one in (mail for mail in planned(june).messages if mail.kind == RESULT):
        total = rows[one.unit, "total"]
        assert f"{float(total['score']):.4f}" in one.plain
        assert f"{total['rank']} จาก {MAILS - 1}" in one.plain
        for kpi in kpis:
            row = rows[one.unit, kpi]
            assert re.search(
                rf"^ +{row['level']}  +{float(row['score']):.2f}  +[\d.]+  {kpi} ", one.plain, re.MULTILINE
            )
            assert whole(f"{float(row['score']):.2f}").search(one.html)


# --- who gets what ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_unit_gets_its_own_and_the_province_the_ranking(june: Path) -> None:
    plan = planned(june)
    config, tables, _ = state(june)
    assert plan.problems == ()
    assert [one.unit for one in plan.messages] == [
        *(code for code in tables.unit if code != MISSING),
        PROVINCE,
    ]
    returned: dict[str, list[str]] = {}
    for path in sorted((june / "output" / MONTH / "returned").iterdir(), key=lambda path: len(path.name)):
        returned.setdefault(path.name[:4], []).append(path.name)
    for one in plan.messages[:-1]:
        unit = tables.unit[one.unit]
        assert (one.kind, one.month, one.to, one.copies) == (RESULT, MONTH, (unit.email,), ())
        names = [f"สรุปผล 2565-06 {unit.code} {unit.name}.xlsx", *returned.get(unit.code, [])]
        assert [file.name for file in one.attachments] == names
        assert {file.unit for file in one.attachments} == {unit.code}
        assert all(claims_of(file.content, config.intake) == {unit.code} for file in one.attachments)
        assert unit.name in one.subject
    last = plan.messages[-1]
    assert (last.kind, last.to, [file.name for file in last.attachments], last.attachments[0].unit) == (
        PROVINCE,
        (PROVINCE_ADDRESS,),
        ["ranking.xlsx"],
        "",
    )
    assert "บ้านใหม่ไชยพจน์" in last.plain


@pytest.mark.slow
def test_reminders_go_to_those_who_have_not_sent(june: Path) -> None:
    (one,) = planned(june, remind=True).messages
    assert (one.unit, one.kind, one.attachments) == (MISSING, REMINDER, ())
    assert "5 ก.ค. 2565" in one.plain
    assert "5 ก.ค. 2565" in one.html


@pytest.mark.slow
def test_a_reminder_of_another_day_is_another_mail(june: Path) -> None:
    """The same day's is the same mail, so it is not sent twice; the next day's says that it is the second."""
    days = [date(2022, 7, 6), date(2022, 7, 6), date(2022, 7, 8)]
    first, again, later = (plan_mail(*state(june), Selection(remind=True), day).messages[0] for day in days)
    assert first.content == again.content != later.content
    assert "ณ วันที่ 8 ก.ค. 2565" in later.plain
    sender = MailServer(sender="kpi@office.example")
    subject = message_from_bytes(
        as_eml(later, sender, datetime(2022, 7, 8, tzinfo=BANGKOK), 1), policy=policy.default
    )["Subject"]
    assert subject == f"[เตือนครั้งที่ 2] {later.subject}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("selection", "units"),
    [
        ({"only": "3104"}, ["3104"]),
        ({"only": "นางรอง"}, ["3104"]),
        ({"only": "๓๑๐๔"}, ["3104"]),
        ({"province": True}, [PROVINCE]),
        ({"remind": True, "province": True}, [MISSING, PROVINCE]),
        ({"remind": True, "only": MISSING}, [MISSING]),
        ({"limit": 2}, ["3101", "3102"]),
    ],
)
def test_a_selection_is_kept_to(june: Path, selection: dict[str, object], units: list[str]) -> None:
    assert [one.unit for one in planned(june, **selection).messages] == units


@pytest.mark.slow
@pytest.mark.parametrize("selection", [{"only": MISSING}, {"only": "3104", "remind": True}])
def test_no_mail_of_the_kind_asked_for_is_told(june: Path, selection: dict[str, object]) -> None:
    plan = planned(june, **selection)
    assert (plan.messages, codes(plan)) == ((), [("mail-nothing", selection["only"])])


@pytest.mark.slow
def test_an_unknown_unit_is_told_with_the_nearest(june: Path) -> None:
    with pytest.raises(KpibatchError, match="นางรอง"):
        planned(june, only="นางลอง")


@pytest.mark.slow
def test_a_rehearsal_goes_to_one_address_and_says_so(june: Path) -> None:
    plan = planned(june, to_me="ฉัน <me@office.example>", limit=3)
    assert {(one.to, one.copies) for one in plan.messages} == {(("me@office.example",), ())}
    assert all(one.subject.startswith("[ทดสอบ] ") for one in plan.messages)
    assert [one.attachments for one in plan.messages] == [
        one.attachments for one in planned(june, limit=3).messages
    ]
    with pytest.raises(KpibatchError, match="ไม่ใช่ที่อยู่อีเมล"):
        planned(june, to_me="me")


# --- addresses ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_bad_and_missing_addresses_are_told_and_the_others_go_on(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    cells = {
        ("3101", "อีเมล"): None,
        ("3102", "อีเมล"): "cdd3102(at)buriram.example",
        ("3103", "อีเมล"): "a@b.example; nonsense, ชื่อ <c@d.example>",
        ("3103", "สำเนา"): "A@b.example boss@b.example",
        ("3104", "สำเนา"): "nobody",
    }
    for (unit, column), content in cells.items():
        edit_table(workspace, "หน่วย", {"รหัส": unit}, column, content)
    plan = planned(workspace)
    assert {"3101", "3102"}.isdisjoint(one.unit for one in plan.messages)
    assert len(plan.messages) == MAILS - 2
    assert (mail_to(plan, "3103").to, mail_to(plan, "3103").copies) == (
        ("a@b.example", "c@d.example"),
        ("boss@b.example",),
    )
    assert mail_to(plan, "3104").copies == ()
    bad = "mail-bad-address"
    assert set(codes(plan)) == {
        ("mail-no-address", "3101"),
        ("mail-no-address", "3102"),
        (bad, "3102"),
        (bad, "3103"),
        (bad, "3104"),
    }
    assert "nonsense" in next(
        one.message("th") for one in plan.problems if (one.code, one.unit) == (bad, "3103")
    )


@pytest.mark.slow
def test_an_address_of_two_units_is_told_to_both(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    edit_table(workspace, "หน่วย", {"รหัส": "3103"}, "อีเมล", "CDD3104@buriram.example")
    plan = planned(workspace)
    assert codes(plan) == [("mail-same-address", "3103"), ("mail-same-address", "3104")]
    assert "3104 นางรอง" in plan.problems[0].message("th")
    assert len(plan.messages) == MAILS


@pytest.mark.slow
def test_a_code_that_is_another_unit_by_now_gets_nothing(june: Path, tmp_path: Path) -> None:
    """The month was published of นางรอง; mailing it to whoever has its code today would be the worst
    fault.
    """
    workspace = copied(june, tmp_path)
    edit_table(workspace, "หน่วย", {"รหัส": "3104"}, "ชื่อ", "หนองบัว")
    plan = planned(workspace)
    assert codes(plan) == [("mail-unit-changed", "3104")]
    assert "3104" not in {one.unit for one in plan.messages}


@pytest.mark.slow
def test_a_faulty_address_of_the_province_is_the_operators_mistake(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    configure(workspace, province='["kpi(at)province"]')
    with pytest.raises(KpibatchError, match="kpi"):
        planned(workspace)
    configure(workspace, province="[]")
    assert PROVINCE not in {one.unit for one in planned(workspace).messages}


@pytest.mark.slow
def test_a_mail_that_is_too_large_is_told_and_the_others_go_on(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    configure(workspace, max_message_mb="0.2")
    plan = planned(workspace)
    assert ("mail-too-large", PROVINCE) in codes(plan)
    assert len(plan.messages) > 5
    assert all(code == "mail-too-large" for code, _ in codes(plan))


# --- a file of another unit stops everything ----------------------------------------------------------------


def refused(workspace: Path, name: str, **selection: object) -> KpibatchError:
    with pytest.raises(KpibatchError) as caught:
        planned(workspace, **selection)
    assert caught.value.name == name
    assert "\n" not in str(caught.value)
    return caught.value


def file_of(workspace: Path, folder: str, unit: str) -> Path:
    return min((workspace / "output" / MONTH / folder).glob(f"{unit} *"), key=lambda path: len(path.name))


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["units", "returned"])
def test_two_files_that_changed_places_stop_everything(june: Path, tmp_path: Path, folder: str) -> None:
    workspace = copied(june, tmp_path)
    first, second = file_of(workspace, folder, FLAWED), file_of(workspace, folder, RETURNED)
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    error = refused(workspace, "mail-wrong-file")
    assert error.facts["found"] in (FLAWED, RETURNED)
    refused(workspace, "mail-wrong-file", only=FLAWED)
    assert planned(workspace, only="3105").messages  # nothing of it goes back


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["units", "returned"])
def test_a_missing_file_stops_everything(june: Path, tmp_path: Path, folder: str) -> None:
    workspace = copied(june, tmp_path)
    path = file_of(workspace, folder, FLAWED)
    path.rename(path.with_name(f"{FLAWED} อื่น.xlsx"))
    refused(workspace, "mail-file-missing")


@pytest.mark.slow
def test_forms_checked_anew_since_the_month_was_published_are_not_sent(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    (workspace / "output" / MONTH / "check.json").write_text("{}", encoding="utf-8")
    refused(workspace, "mail-checked-since")
    assert planned(workspace, only="3105").messages  # nothing of it goes back


@pytest.mark.slow
def test_a_summary_without_a_mark_stops_everything(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    book = open_book(file_of(workspace, "units", "3104"))
    del book.custom_doc_props["kpibatch_unit"]
    book.save(file_of(workspace, "units", "3104"))
    assert refused(workspace, "mail-wrong-file").facts["found"] == "–"


@pytest.mark.slow
def test_a_file_that_claims_two_units_stops_everything(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    book = open_book(file_of(workspace, "units", "3104"))
    book.create_sheet("_kpibatch").append(["unit", "3105"])
    book.save(file_of(workspace, "units", "3104"))
    assert refused(workspace, "mail-wrong-file").facts["found"] == "3104, 3105"


@pytest.mark.slow
@pytest.mark.parametrize("stranger", ["units", "returned"])
def test_the_ranking_and_a_units_file_are_never_mistaken(june: Path, tmp_path: Path, stranger: str) -> None:
    workspace = copied(june, tmp_path)
    ranking = workspace / "output" / MONTH / "ranking.xlsx"
    shutil.copy(ranking, file_of(workspace, stranger, FLAWED))
    refused(workspace, "mail-wrong-file")
    shutil.copy(file_of(workspace, "units", "3104"), ranking)
    refused(workspace, "mail-wrong-file", province=True)


@pytest.mark.slow
def test_a_returned_file_that_says_nothing_is_left_out(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    path = file_of(workspace, "returned", FLAWED)
    book = open_book(path)
    del book["_kpibatch"]
    book.save(path)
    plan = planned(workspace)
    assert codes(plan) == [("mail-no-mark", FLAWED)]
    one = mail_to(plan, FLAWED)
    assert len(one.attachments) == 1
    assert "แบบรายงานที่ได้รับ พร้อม" not in one.plain


@pytest.mark.slow
@pytest.mark.children
@pytest.mark.skipif(capped.START != "fork", reason="only a forked child inherits the stand-in")
def test_a_returned_file_that_kills_whoever_looks_whose_it_is_stays_out(
    june: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, killer = files.claims_of, file_of(june, "returned", FLAWED).read_bytes()

    def look(raw: bytes, *others: Any) -> frozenset[str]:
        return os.abort() if raw == killer else real(raw, *others)

    monkeypatch.setattr(files, "claims_of", look)
    assert codes(planned(june)) == [("mail-no-mark", FLAWED)]
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_familiar_form_goes_back_to_whom_it_names(familiar: Path, tmp_path: Path) -> None:
    plan = planned(familiar)
    assert plan.problems == ()
    assert [len(mail_to(plan, unit).attachments) for unit in ("2401", "2402")] == [2, 2]
    workspace = copied(familiar, tmp_path)
    folder = workspace / "output" / "2561-03" / "returned"
    shutil.copy(next(folder.glob("2402*")), next(folder.glob("2401*")))
    assert refused(workspace, "mail-wrong-file").facts["found"] == "2402"


# --- names of others in the text ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("word", ["นางรอง", "อำเภอนางรอง", "อ.นางรอง", "3104", "(3104)"])
def test_a_template_that_names_a_unit_stops_everything(june: Path, tmp_path: Path, word: str) -> None:
    workspace = copied(june, tmp_path)
    templates = workspace / "mail_templates"
    templates.mkdir()
    (templates / "result.txt").write_text("เรียน {{ name }} ดูตัวอย่าง " + word + " ด้วย", encoding="utf-8")
    error = refused(workspace, "mail-names-other")
    assert error.facts["other"] == "3104 นางรอง"


@pytest.mark.slow
def test_a_refused_file_is_told_in_the_reminder_and_a_quoted_name_to_nobody(
    june: Path, tmp_path: Path
) -> None:
    workspace = copied(june, tmp_path)
    submission(workspace, "3105", MONTH).write_text("no workbook", encoding="utf-8")
    change(
        submission(workspace, "3103", MONTH),
        {("T1.spent", MONTH): "ดูของ นางรอง", ("T1.loan_docs", MONTH): "ไม่รู้"},
    )
    run(workspace)
    text = mail_to(planned(workspace), "3103").plain
    assert "ไม่รู้" in text
    assert "นางรอง" not in text
    one = mail_to(planned(workspace, remind=True), "3105")
    assert "(ส่งแล้ว อ่านไม่ได้) แต่ยังนำมาใช้ไม่ได้ เนื่องจาก\n\n  - " in one.plain
    assert one.attachments == ()


@pytest.mark.slow
def test_names_and_codes_are_found_only_where_they_stand_alone(june: Path) -> None:
    tables = state(june)[1]
    strangers = Strangers(tables, ["สำนักงาน สตึก"])
    assert strangers.named_in("ส่งให้ นางรอง แล้ว", "3101") == "3104"
    assert strangers.named_in("ส่งให้ นางรอง แล้ว", "3104") == ""
    assert strangers.named_in("บ้านนางรองเก่า", "3101") == ""
    assert strangers.named_in("ที่ สตึก", "3101") == ""
    assert strangers.coded_in("3104", "3101", []) == "3104"
    assert strangers.coded_in("3104 13104 3104.5", "3101", ["ค่า 3104"]) == ""


@pytest.mark.slow
def test_templates_that_fail_stop_before_anything_is_planned(june: Path, tmp_path: Path) -> None:
    workspace = copied(june, tmp_path)
    (workspace / "mail_templates").mkdir()
    (workspace / "mail_templates" / "reminder.html").write_text("{{ nmae }}", encoding="utf-8")
    assert planned(workspace).messages
    refused(workspace, "mail-template-name", remind=True)
