"""Mail templates: what they say, and that a faulty one is told with its file, line and name, and never runs
away.
"""

import multiprocessing
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kpibatch.base.catalogue import LANGUAGES
from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import KpibatchError
from kpibatch.books.guard.capped import Child
from kpibatch.books.look import PROVINCE
from kpibatch.mail.facts import Found, Kpi, Standing
from kpibatch.mail.message import REMINDER, RESULT
from kpibatch.mail.sandbox import column, text_of
from kpibatch.mail.text import PARTS, Templates, Texts

LIMITS = IntakeLimits(memory_mb=300, seconds=3.0)
PACKAGED = Path(__file__).parents[2] / "kpibatch" / "mail" / "templates"
COMMON: dict[str, Any] = {
    "owner": "สำนักงานพัฒนาชุมชนจังหวัด", "reference": "บร 0019/ว 3262", "round": "2/2565", "noun": "อำเภอ", "month": "มิถุนายน 2565",
    "due": "5 ก.ค. 2565", "units": 23, "sent": 22, "asked": "อำเภอ", "ranked": 21, "top": "5", "levels": 5,
}  # fmt: skip
FOUND = Found("ต้องแก้ไข", "แบบรายงาน!H30", "9 อยู่นอกช่วง <0 ถึง 7>")
COUNTS = {"errors": 1, "warnings": 2, "notes": 3}
FACTS: dict[str, dict[str, Any]] = {
    RESULT: {
        **COMMON, **COUNTS, "code": "3117", "name": "โนนสุวรรณ & <b>", "total": "2.4614", "percent": "49.23", "rating": "ต้องปรับปรุง",
        "rank": 19, "provisional": True, "late": True, "received": "7 ก.ค. 2565", "findings": (FOUND,) * 7, "returned": 1,
        "kpis": (Kpi("T1", "ร้อยละการเบิกจ่าย", 5, "5.00", "7.50", False), Kpi("I10", "กำลังใจ", 0, "0.00", "16.82", True)),
    },
    REMINDER: {**COMMON, "code": "3117", "name": "โนนสุวรรณ & <b>", "refused": (FOUND,), "unread": True, "today": "6 ก.ค. 2565"},
    PROVINCE: {
        **COMMON, **COUNTS, "late": ("ก",), "missing": ("ข", "ค"), "provisional": ("ง",), "unread": ("จ",),
        "standings": tuple(Standing(rank, str(rank), f"หน่วย{rank}", "4.0000", "80.00", "ดี", provisional=False) for rank in range(1, 22)),
    },
}  # fmt: skip
BARE = {
    RESULT: {
        **dict.fromkeys(("total", "percent", "rating", "received", "due"), ""), **dict.fromkeys(("kpis", "findings"), ()),
        **{"rank": 0, "provisional": False, "late": False, "returned": 0},
    },
    REMINDER: {"refused": (), "unread": False, "due": ""},
    PROVINCE: {"late": (), "missing": (), "provisional": (), "unread": (), "standings": (), "due": ""},
}  # fmt: skip


def written(kind: str, own: Path = Path("none"), language: str = "th", **facts: object) -> Texts:
    with Templates(own, language, LIMITS) as templates:
        return templates.write(kind, FACTS[kind] | facts)


def refused(tmp_path: Path, source: str, name: str = "result.txt", **facts: object) -> KpibatchError:
    (tmp_path / name).write_text(source, encoding="utf-8")
    with pytest.raises(KpibatchError) as caught:
        written(name.partition(".")[0], tmp_path, **facts)
    assert name in str(caught.value) or "file" in caught.value.facts
    return caught.value


class Lent:
    """A child that whoever is done with it does not end."""

    def __init__(self, child: Child[..., str]) -> None:
        self._child = child

    def __call__(self, *given: Any) -> str:
        return self._child(*given)

    def close(self) -> None: ...


@pytest.fixture(scope="module")
def child() -> Iterator[Child[..., str]]:
    with Child(replace(LIMITS, seconds=20.0), text_of) as child:
        yield child


@pytest.fixture
def one_child(child: Child[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One for many templates, for it takes its time to start where it is no fork; with time enough that not
    its clock ends what its steps should.
    """
    monkeypatch.setattr("kpibatch.mail.text.Child", lambda limits, work: Lent(child))


class Tags(HTMLParser):
    """Every tag must be closed by its own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# --- the templates that come with the program ---------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("bare", [False, True])
def test_the_packaged_templates_hold_together(kind: str, language: str, bare: bool) -> None:
    texts = written(kind, language=language, **(BARE[kind] if bare else {}))
    assert texts.subject
    assert "\n" not in texts.subject
    assert "\n\n\n" not in texts.plain
    assert not re.search(r"[{}]|None|True|False|Undefined", texts.plain + texts.subject)
    tags = Tags(texts.html)
    assert tags.open == []
    assert not [value for name, value in tags.attributes if name in ("src", "href", "class", "id")]
    assert "http" not in texts.html
    if language == "en":
        assert not re.findall(
            "[ก-๛]+",
            re.sub(
                "|".join(_thai_facts(FACTS[kind] | BARE[kind] | FACTS[kind])), "", texts.plain + texts.html
            ),
        )


def _thai_facts(facts: dict[str, Any]) -> list[str]:
    texts = re.findall("[ก-๛][ก-๛ ]*", str(facts))
    return sorted(map(str.strip, texts), key=len, reverse=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("part", PARTS)
def test_each_packaged_template_begins_with_all_names_it_may_use(kind: str, language: str, part: str) -> None:
    comment = (PACKAGED / language / f"{kind}.{part}").read_text(encoding="utf-8").split("#}")[0]
    words = set(re.findall(r"[a-z]+", comment))
    rows = {
        name
        for value in FACTS[kind].values()
        if isinstance(value, tuple)
        for name in getattr(value[0], "__dataclass_fields__", ())
    }
    assert {*FACTS[kind], *(rows if part != "subject.txt" else ())} <= words


def test_the_result_says_what_it_is_told() -> None:
    texts = written(RESULT)
    for text in (texts.plain, texts.html):
        for fact in (
            "2.4614",
            "49.23",
            "ต้องปรับปรุง",
            "19",
            "7 ก.ค. 2565",
            "ร้อยละการเบิกจ่าย",
            "16.82",
            "แบบรายงาน!H30",
            "อีก 2 รายการ",
        ):
            assert fact in text
    assert "โนนสุวรรณ & <b>" in texts.plain
    assert "โนนสุวรรณ &amp; &lt;b&gt;" in texts.html
    assert "<0 ถึง 7>" not in texts.html


def test_numbers_stand_in_columns_before_any_thai() -> None:
    lines = [line for line in written(RESULT).plain.splitlines() if re.match(r" +\d  ", line)]
    assert {re.search(r"[A-Z]\d", line).start() for line in lines} == {25}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("width", "side", "text"), [(6, "left", "กำลัง   "), (6, "right", "  กำลัง"), (3, "left", "กำ…")]
)
def test_a_column_counts_what_is_seen(width: int, side: str, text: str) -> None:
    assert column("กำลัง", width, side).strip() == text.strip()
    assert column("กี่", 4) == "กี่   "
    assert column("abcdef", 4) == "abc…"


# --- the workspace's own ------------------------------------------------------------------------------------


def test_the_workspaces_own_win_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "result.subject.txt").write_text("\ufeffผลของ {{ name }}\n", encoding="utf-8")
    (tmp_path / "frame.html").write_text(
        "<html>{{ self.title() }}|{% block title %}{% endblock %}{% block body %}{% endblock %}</html>",
        encoding="utf-8",
    )
    texts = written(RESULT, tmp_path)
    assert texts.subject == "ผลของ โนนสุวรรณ & <b>"
    assert texts.html.startswith("<html>ผลการประเมินตัวชี้วัด")
    assert texts.plain == written(RESULT).plain
    assert written(REMINDER, tmp_path).subject == written(REMINDER).subject


def test_a_subject_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "result.subject.txt").write_text(
        "a\r\nBcc: x@y.example\n\n{{ name }}\x0b\u2028b", encoding="utf-8"
    )
    assert written(RESULT, tmp_path).subject == "a Bcc: x@y.example โนนสุวรรณ & <b> b"


@pytest.mark.parametrize(
    ("source", "line", "found", "nearest"),
    [
        ("{{ naem }}", 1, "naem", "name"),
        ("ok\n{{ name }}\n\n{{ totl }}", 4, "totl", "total"),
        ("{% if false %}\n{{ persent }}{% endif %}", 2, "persent", "percent"),
        ("{% for kpi in kpis %}\n{{ kpi.lvel }}\n{% endfor %}", 2, "lvel", "level"),
        ("{% for one in kpi %}{% endfor %}", 1, "kpi", "kpis"),
        ("{{ lipsum(n=100000) }}", 1, "lipsum", "units"),
    ],
)
def test_an_unknown_name_is_told_with_its_line_and_the_nearest(
    tmp_path: Path, source: str, line: int, found: str, nearest: str
) -> None:
    error = refused(tmp_path, source)
    assert error.name == "mail-template-name"
    assert (error.facts["line"], error.facts["found"]) == (line, found)
    assert error.facts["nearest"] == nearest or found == "lipsum"
    assert error.facts["file"] == str(tmp_path / "result.txt")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a\n{{ name", 2),
        ("a\nb\n{% endfor %}", 3),
        ("{% if name %}", 1),
        ("a\n{{ name|colum(3) }}", 2),
        ("a\n{% include 'nothing.txt' %}", 2),
        ("a\n{{ rank / 0 }}", 2),
        ("a\n{{ total + 1 }}", 2),
        ("\n\n{{ name.__class__.__mro__ }}", 3),
        ("{{ kpis.__init__.__globals__ }}", 1),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, source: str, line: int) -> None:
    error = refused(tmp_path, source)
    assert error.facts["line"] == line
    assert "\n" not in str(error)
    assert str(tmp_path / "result.txt") in str(error)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% set r = range(3000) %}{% for a in r %}{% for b in r %}{% for c in r %}{% set x = a %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for i in range(60000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}",
        "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        "{{ 'x' * 10**9 }}",
        "{{ [1] * 999999999 }}",
        "{{ 9**9**9**9 }}",
        "{% include 'result.txt' %}",
    ],
)
@pytest.mark.children
def test_a_template_without_end_is_stopped(tmp_path: Path, source: str, one_child: None) -> None:
    assert refused(tmp_path, source).name == "mail-template"


@pytest.mark.parametrize(
    "source",
    [
        "{{ '%2000000000d' % 1 }}",
        "{{ '%2000000000d'|format(1) }}",
        "{{ '%1000d'|format(1) }}",
        "{{ '%.2000000000f'|format(1) }}",
        "{{ '{:2000000000d}'.format(1) }}",
        "{{ 'x'|center(2000000000) }}",
        "{{ 'x'|indent(2000000000) }}",
        "{{ 'x'.ljust(2000000000) }}",
        "{{ 'x'.zfill(2000000000) }}",
        "{{ '\t'.expandtabs(2000000000) }}",
        "{{ rank.to_bytes(2000000000) }}",
        "{{ [1]|batch(2000000000, 0)|list }}",
        "{{ [1]|slice(2000000000)|list }}",
        "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = ns.x|replace('x', 'xxxxxxxxxx') %}{% endfor %}",
        "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = ns.x|replace('', 'xxxxxxxxxx') %}{% endfor %}",
    ],
)
@pytest.mark.children
def test_what_multiplies_is_not_there(tmp_path: Path, source: str, one_child: None) -> None:
    error = refused(tmp_path, source)
    assert (error.name, error.facts["line"]) == ("mail-template", 1)


@pytest.mark.parametrize(
    "source",
    [
        "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x]|join %}{% endfor %}",
        "{% set ns = namespace(n=0) %}{% for i in range(90000) %}{% set ns.n = range(100000)|sum %}{% endfor %}",
        "{{ 1|round(2000000000, 'ceil') }}",
    ],
    ids=["memory", "memory of join", "time", "power"],
)
@pytest.mark.slow
@pytest.mark.children
def test_what_grows_all_the_same_meets_the_caps(tmp_path: Path, source: str) -> None:
    error = refused(tmp_path, source)
    assert error.name == "mail-template-endless"
    assert error.facts["found"] in ("> 300 MB", "> 3 s")


def test_numbers_and_short_texts_are_reckoned_with_as_before(tmp_path: Path) -> None:
    (tmp_path / "result.txt").write_text(
        "{{ 7 % 4 }} {{ 2 * 3 + 1 }} {{ 'a' + 'b' }} {{ '%6.2f|%-4s|%03d'|format(2.5, 'x', 7) }} "
        "{{ 'ก.ค. 2565'|replace('2565', '65') }} {{ ' x '.strip().upper() }} {{ '%999d'|format(1)|length }}",
        encoding="utf-8",
    )
    assert written(RESULT, tmp_path).plain == "3 7 ab   2.50|x   |007 ก.ค. 65 X 999\n"


@pytest.mark.parametrize(
    ("part", "source", "name"),
    [
        ("subject.txt", " {# #}\n\u2028", "mail-template-no-subject"),
        ("txt", "\n{% if false %}x{% endif %} ", "mail-template-no-body"),
        (
            "html",
            "<html><head><style>p {}</style></head><body><p>&nbsp;</p></body></html>",
            "mail-template-no-body",
        ),
    ],
)
def test_a_mail_without_subject_or_body_is_refused(tmp_path: Path, part: str, source: str, name: str) -> None:
    error = refused(tmp_path, source, f"result.{part}")
    assert (error.name, error.facts["file"]) == (name, tmp_path / f"result.{part}")


@pytest.mark.children
def test_all_mails_are_written_in_one_child_that_ends_with_them(tmp_path: Path) -> None:
    others = {child.pid for child in multiprocessing.active_children()}  # those another test has left behind

    def own() -> list[int | None]:
        return [child.pid for child in multiprocessing.active_children() if child.pid not in others]

    with Templates(tmp_path, "th", LIMITS) as templates:
        templates.write(RESULT, FACTS[RESULT])
        (child,) = own()
        templates.write(PROVINCE, FACTS[PROVINCE])
        assert own() == [child]
    assert own() == []


def test_a_template_can_change_nothing_and_read_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    own = tmp_path / "own"
    own.mkdir()
    assert "secret.txt" in str(refused(own, "{% include '../secret.txt' %}"))
    assert refused(own, "{{ kpis.append(1) }}").facts["line"] == 1


def test_a_template_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "result.txt").write_bytes("เรียน {{ name }}".encode("cp874"))
    with pytest.raises(KpibatchError, match="UTF-8") as caught:
        written(RESULT, tmp_path)
    assert caught.value.name == "mail-template-encoding"
