"""The phrases that letters print and offices type: each read as it is meant, or refused; none misread."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpibatch.base.thai import squash
from kpibatch.rules.phrases import ConditionFault, parse

PLAIN = {
    "6 ข่าว": "≥ 6",
    "> =80": "≥ 80",
    "= > 80": "≥ 80",
    "< = 80": "≤ 80",
    "เท่ากับหรือมากกว่า 80": "≥ 80",
    "มากกว่า หรือเท่ากับ 80": "≥ 80",
    "เท่ากับหรือน้อยกว่า 80": "≤ 80",
    "80 หรือมากกว่า": "≥ 80",
    "80 หรือน้อยกว่า": "≤ 80",
    "80 ลงมา": "≤ 80",
    "ไม่ถึง 80": "< 80",
    "81~85": "81 - 85",
    "81～85": "81 - 85",
    "81 − 85": "81 - 85",
    "10 ถึง 20": "10 - 20",
    "ระหว่าง 81 - 85": "81 - 85",
    "ระหว่างร้อยละ 81 และร้อยละ 85": "81 - 85",
    "≥８０": "≥ 80",
    "８５％": "≥ 85",
    "80 เปอร์เซ็นต์": "≥ 80",
    "10/9/2565": "ภายใน 10 ก.ย. 2565",
    "ภายใน 10/9/2565": "ภายใน 10 ก.ย. 2565",
    "ภายใน 10/9/65": "ภายใน 10 ก.ย. 2565",
    "ภายใน ๑๐.๙.๒๕๖๕": "ภายใน 10 ก.ย. 2565",
    "ก่อน 2565-09-10": "ก่อน 10 ก.ย. 2565",
    "ก่อน 2022-09-10": "ก่อน 10 ก.ย. 2565",
    "ภายใน 10 ก.ย.65": "ภายใน 10 ก.ย. 2565",
    "10 ก.ย. 2565": "ภายใน 10 ก.ย. 2565",
    "ก่อนวันที่ 31 ธันวาคม พ.ศ. 2564": "ก่อน 31 ธ.ค. 2564",
    "มี": "ใช่",
    "ครบ": "ใช่",
    "✓": "ใช่",
    "✔\ufe0f": "ใช่",
    "ไม่มี": "ไม่ใช่",
    "ครบ ๕ ชนิด": "≥ 5",
    "50 ≤ X < 60": "50 ≤ x < 60",
    "\u202d≥ 80\u202c": "≥ 80",
}


@pytest.mark.parametrize(("typed", "meaning"), PLAIN.items())
def test_what_is_plainly_meant(typed, meaning):
    assert parse(typed).text() == meaning


@pytest.mark.parametrize(
    "text",
    [
        "อย่างน้อย 2 ใน 3",
        "2 เท่า",
        "5 ล้านบาท",
        "5 วันครึ่ง",
        "10 กันยายน",
        "คงเหลือร้อยละ 15",
        "ปีละ 2 ครั้ง",
        "≥ 8O",
        "ไม่เกิน 80 ขึ้นไป",
        "สัปดาห์ละ 2 วัน",
        "2 ข่าวหรือ 3 ช่องทาง",
        "≥ 50 ของเป้าหมาย",
        "ร้อยละ 80 ของเป้าหมายและมีรายงาน",
        "ร้อยละ 80 ของเป้าหมายปี 2564",
        "81-85-90",
        "ไม่ครบ 5",
        "ประมาณ 80",
        "60 - 70 หรือ 80",
        "ภายใน 10",
        "ภายใน 10/9/22",
        "ภายใน 10/9/2022",
        "ภายใน 31/6/65",
        "ตั้งแต่ 60 - 70",
    ],
)
def test_what_may_mean_something_else_is_refused_and_nothing_proposed_but_the_same_bound(text):
    with pytest.raises(ConditionFault) as fault:
        parse(text)
    assert fault.value.proposal in ("", "≥ 50", "ร้อยละ 80")


@pytest.mark.parametrize(
    ("text", "proposal"),
    {
        "≥ 60, < 70": "60 ≤ x < 70",
        "< 70, ≥ 60": "60 ≤ x < 70",
        "≥ 60 และ < 70": "60 ≤ x < 70",
        "มากกว่า 60 แต่ไม่เกิน 70": "60 < x ≤ 70",
        "≥ 60; ≤ 70": "60 - 70",
        "≥ 70, < 60": "",
        "≥ 60, ≥ 70": "",
        "มากกว่าหรือเท่ากัน 80": "มากกว่าหรือเท่ากับ 80",
        "ไม่มากกว่าหรือเท่ากับ 80": "",
        "ไม่น้อยกวา 80": "ไม่น้อยกว่า 80",
        "ไม่น้อยกว่าร้อยละ ๘๐พร้อมส่งหลักฐาน": "ไม่น้อยกว่าร้อยละ 80",
        "≥ 8O": "",
        "≥ l0": "",
        "≥ 1.234,50": "",
    }.items(),
)
def test_a_proposal_keeps_every_number_and_the_way_it_bounds(text, proposal):
    with pytest.raises(ConditionFault) as fault:
        parse(text)
    assert fault.value.proposal == proposal


@pytest.mark.parametrize(
    ("text", "unit", "meaning"),
    [
        ("≥ 2 ข่าว", "ข่าว", "≥ 2"),
        ("≥ 2 ข่าวต่อเดือน", "ข่าว", "≥ 2"),
        ("≥ 2 ข่าวทุกเดือน", "ข่าว", "≥ 2"),
        ("≥ 2 หน่วย", "หน่วยต่อเดือน", "≥ 2"),
        ("≥ 2 ครัวเรือน", "ครัวเรือน/บุคคล", "≥ 2"),
        ("ไม่เกิน 2 อัตรา", "คน", "≤ 2"),
        ("≥ 5 ล้านบาท", "ล้านบาท", "≥ 5"),
        ("≥ 3 ต้นขึ้นไป", "ต้น", "≥ 3"),
        ("≥ 80%", "ร้อยละ", "≥ 80"),
        ("≥ 2", "ข่าว", "≥ 2"),
        ("≥ 2 ข่าว", "ช่องทาง", None),
        ("≥ 2 เดือน", "วัน", None),
        ("≥ 2 วันทำการ", "วัน", None),
        ("≥ 2 วัน", "วันทำการ", None),
        ("≥ 5 ล้านบาท", "บาท", None),
        ("≥ 80 ครัวเรือน", "ร้อยละ", None),
        ("3 คนครึ่ง", "คน", None),
    ],
)
def test_a_number_is_counted_in_the_measure_s_own_unit(text, unit, meaning):
    if meaning:
        assert parse(text, unit).text() == meaning
        return
    with pytest.raises(ConditionFault) as fault:
        parse(text, unit)
    assert fault.value.proposal in ("", text.partition("2")[0] + "2", "≥ 80")


@given(st.sampled_from(sorted(PLAIN)), st.data())
def test_marks_that_nobody_sees_change_no_meaning(typed, data):
    marks = st.sampled_from(["", "\u200b", "\u202d", "\u00ad", "\ufe0f"])
    assert parse("".join(data.draw(marks) + letter for letter in typed)).text() == PLAIN[typed]


@pytest.mark.parametrize(
    ("text", "pointer", "proposal"),
    [
        ("ไม่น้อยกวา 80", "⟦?⟧ไม่น้อยกวา 80", "ไม่น้อยกว่า 80"),
        ("ไมน้อยกว่าร้อยละ ๘๐", "⟦?⟧ไมน้อยกว่าร้อยละ ๘๐", "ไม่น้อยกว่า 80"),
        ("ภายไน 10 ก.ย. 2565", "⟦?⟧ภายไน 10 ก.ย. 2565", "ภายใน 10 ก.ย. 2565"),
        ("≥ 80 ต้น", "≥ 80 ⟦?⟧ต้น", "≥ 80"),
        ("50 < x", "50 < x⟦?⟧", "> 50"),
        ("50 > x", "50 ⟦?⟧> x", "< 50"),
        ("50 ≤ x", "50 ≤ x⟦?⟧", "≥ 50"),
        ("x ≥ 50", "⟦?⟧x ≥ 50", "≥ 50"),
        ("ใช", "⟦?⟧ใช", "ใช่"),
        ("มาก", "⟦?⟧มาก", ""),
        ("≥", "≥⟦?⟧", ""),
        ("≥ มาก", "≥ ⟦?⟧มาก", ""),
        ("85 - 81", "85 - 81⟦?⟧", ""),
        ("50 < x < 50", "50 < x < 50⟦?⟧", ""),
        ("ภายใน 31 ก.ย. 2565", "ภายใน 31 ก.ย. 2565⟦?⟧", ""),
        ("80 หรือ 90", "80 ⟦?⟧หรือ 90", ""),
    ],
)
def test_a_fault_points_at_the_character_and_offers_the_nearest_reading(text, pointer, proposal):
    with pytest.raises(ConditionFault) as fault:
        parse(text)
    assert (fault.value.pointer, fault.value.proposal) == (pointer, proposal)


@pytest.mark.parametrize(
    "text",
    [
        "≥ 1_000",
        "≥ 1e5",
        "≥ nan",
        "≥ inf",
        "≥ 1,23",
        "≥ .5",
        "≥ 5.",
        "≥ ٨٠",
        "-5",
        "≥ 80 ≤ 90",
    ],
)
def test_what_reads_two_ways_or_none_is_refused(text):
    with pytest.raises(ConditionFault):
        parse(text)


@pytest.mark.parametrize(
    ("text", "same"), {"≥ .5": "≥ 0.5", "≥ 1,23": "≥ 123", "≥ 1e5": "≥ 100000", "≥ 1_000": "≥ 1000"}.items()
)
def test_a_proposal_never_changes_the_number(text, same):
    with pytest.raises(ConditionFault) as fault:
        parse(text)
    assert fault.value.proposal in ("", same)


def fault_of(text: str) -> ConditionFault | None:
    try:
        parse(text)
    except ConditionFault as fault:
        return fault
    return None


@given(
    st.lists(
        st.sampled_from(
            [
                "≥",
                "<",
                "x",
                "-",
                "80",
                "90",
                ".",
                "%",
                "ร้อยละ",
                "รอยละ",
                "ภายไน",
                "31",
                "ก.พ.",
                "2565",
                "ใช่",
                " ",
            ]
        ),
        max_size=7,
    )
)
@example(["รอยละ", " ", "90", "-", "80"])
@example(["ภายไน", " ", "31", " ", "ก.พ.", " ", "2565"])
def test_every_text_is_read_or_faulted_with_a_proposal_that_can_be_read(parts):
    fault = fault_of("".join(parts))
    if fault:
        assert fault.pointer.replace("⟦?⟧", "") == squash("".join(parts))
        assert not fault.proposal or not fault_of(fault.proposal)
