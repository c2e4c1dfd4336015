"""``config.toml``: each key has a kind and a range; what lies outside is one line, and nothing is touched."""

import math
import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kpibatch.base.config import FILE, Config, read_config
from kpibatch.base.errors import ConfigFault, NoWorkspace
from kpibatch.base.settings import ALLOWED, Choice, Flag, Line, Lines, Number, Place
from kpibatch.commands.cli import commands

ROOT = Path(__file__).parents[2]
SECTIONS = {spec.name: type(spec.default) for spec in fields(Config) if spec.name != "root"}
KEYS = {
    f"{section}.{spec.metadata.get('key', spec.name)}": spec
    for section, kind in SECTIONS.items()
    for spec in fields(kind)
}


def keys_of(kind: type) -> list[str]:
    return [key for key, spec in KEYS.items() if isinstance(spec.metadata[ALLOWED], kind)]


DEEP = "config-unreadable" if sys.version_info >= (3, 14) else ""  # which takes keys of 1,000 parts at most
NUMBERS = keys_of(Number)
TEXTS = [*keys_of(Line), *keys_of(Place)]


def read(folder: Path, key: str, value: str) -> Any:
    """The key's value as read from a ``config.toml`` in which it alone stands, written as TOML."""
    section, name = key.split(".")
    (folder / FILE).write_text(f"[{section}]\n{name} = {value}\n", encoding="utf-8")
    return getattr(getattr(read_config(folder), section), KEYS[key].name)


def refused(folder: Path, key: str, value: str) -> str:
    """The line that refuses it, in English; it names file and key, in Thai as well."""
    with pytest.raises(ConfigFault) as caught:
        read(folder, key, value)
    thai, english = (caught.value.message(language) for language in ("th", "en"))
    for line in (thai, english):
        assert "\n" not in line
        assert str(folder / FILE) in line
        assert f" {key} " in line
        assert len(line) < len(str(folder)) + 250
    return english


def edges(key: str) -> tuple[Number, tuple[float, float], tuple[float, float]]:
    """The key's range, the nearest values outside it and those just inside."""
    allowed = KEYS[key].metadata[ALLOWED]
    if allowed.whole:
        return allowed, (allowed.low - 1, allowed.high + 1), (allowed.low + 1, allowed.high - 1)
    low, high = float(allowed.low), float(allowed.high)
    outside = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
    return allowed, outside, (math.nextafter(low, high), math.nextafter(high, low))


@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_is_taken_at_its_bounds_and_refused_just_beyond(tmp_path, key):
    allowed, outside, inside = edges(key)
    for value in (allowed.low, allowed.high, *inside):
        assert read(tmp_path, key, repr(value)) == value
    for value in outside:
        line = refused(tmp_path, key, repr(value))
        assert f"from {allowed.low:g} to {allowed.high:.10g}" in line
        assert repr(value) in line


@pytest.mark.parametrize(
    "value", ["nan", "-inf", "inf", "true", '"20"', "[20]", "{}", f"{10**23}", "2565-06-01"]
)
def test_what_is_no_number_or_endless_is_refused(tmp_path, value):
    for key in NUMBERS:
        refused(tmp_path, key, value)


@pytest.mark.parametrize("key", NUMBERS)
def test_a_whole_number_stands_for_one_with_decimals_but_not_the_other_way_round(tmp_path, key):
    allowed = KEYS[key].metadata[ALLOWED]
    if allowed.whole:
        assert "whole number" in refused(tmp_path, key, f"{allowed.high}.0")
    else:
        value = read(tmp_path, key, f"{allowed.high:g}")
        assert (type(value), value) == (float, allowed.high)


@pytest.mark.parametrize("key", keys_of(Choice))
def test_a_choice_takes_its_words_and_no_other(tmp_path, key):
    words = KEYS[key].metadata[ALLOWED].words
    assert [read(tmp_path, key, f'"{word}"') for word in words] == [*words]
    for value in (f'"{words[0]}x"', f'" {words[0].upper()}"', '""', "1", "true", f'["{words[0]}"]'):
        assert " / ".join(words) in refused(tmp_path, key, value)


@pytest.mark.parametrize("key", keys_of(Flag))
def test_a_flag_is_true_or_false(tmp_path, key):
    assert [read(tmp_path, key, value) for value in ("true", "false")] == [True, False]
    for value in ('"true"', "1", "0", '""', "[true]"):
        assert "true or false" in refused(tmp_path, key, value)


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_is_one_line_without_control_characters(tmp_path, key):
    assert read(tmp_path, key, '"สพจ. บุรีรัมย์/a b.xlsx"') == "สพจ. บุรีรัมย์/a b.xlsx"
    for value in (
        r'"a\u0000b"',
        r'"a\nb"',
        r'"a\u007F"',
        r'"a\u2028b"',
        "1",
        "true",
        '["a"]',
        f'"{"a/" * 501}"',
    ):
        refused(tmp_path, key, value)


@pytest.mark.parametrize("key", keys_of(Place))
def test_a_path_is_blank_only_where_the_key_may_do_without(tmp_path, key):
    if KEYS[key].default == "":
        assert read(tmp_path, key, '""') == ""
    else:
        for blank in ('""', '" "'):
            assert "not blank" in refused(tmp_path, key, blank)


@pytest.mark.parametrize("letter", ["a", "ก"])
def test_a_name_in_a_path_is_as_long_as_disks_allow(tmp_path, letter):
    most = 255 // len(letter.encode())
    assert read(tmp_path, "workspace.output", f'"x/{letter * most}"') == f"x/{letter * most}"
    assert "255 bytes" in refused(tmp_path, "workspace.output", f'"x/{letter * (most + 1)}/y"')


def test_a_text_is_as_long_as_a_line_may_be(tmp_path):
    assert len(read(tmp_path, "mail.username", f'"{"a" * 1000}"')) == 1000
    refused(tmp_path, "mail.username", f'"{"a" * 1001}"')


@pytest.mark.parametrize("key", keys_of(Lines))
def test_a_list_holds_lines(tmp_path, key):
    assert read(tmp_path, key, '["T", "T1"]') == ("T", "T1")
    assert read(tmp_path, key, "[]") == ()
    for value in ('"T"', "[1]", '[["T"]]', '[""]', r'["a\u0000"]', "{}"):
        refused(tmp_path, key, value)


def test_every_key_has_a_range_in_which_its_default_lies():
    for spec in KEYS.values():
        default = [*spec.default] if isinstance(spec.default, tuple) else spec.default
        assert spec.metadata[ALLOWED].read(default) == spec.default


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mail = 1", "config-section"),
        ("[[mail]]", "config-section"),
        ("[mial]", "config-key"),
        ("[mail]\nprot = 25", "config-key"),
        ("language: th", "config-statement"),
        ("[mail]\nport = 1\nport = 2", "config-twice"),
        ("[mail]\nport = 1\n[mail]", "config-twice"),
        ('[mail]\nhost = "x', "config-statement"),
        (f"[mail]\nport = {'1' * 5000}", "config-unreadable"),
        (f"[mail]\nport = 0x{'f' * 5000}", "config-whole"),
        (f"[mail]\nport = {'[' * 5000}", "config-unreadable"),
        (f"mail.port = {{{'a.' * 4_000}a = 1}}", DEEP or "config-whole"),
        (f"{'a.' * 4_000}a = 1", DEEP or "config-key-new"),
        ("[mail]\nport = nan", "config-whole"),
        ("[mail]\nattempts = 1e400", "config-whole"),
        ("[intake]\ndate_years_after = 100000000000000000000000", "config-whole"),
        ("[intake]\nseconds = 10000-01-01", "config-statement"),
        ("[intake]\nseconds = 2565-01-01", "config-number"),
        ("[intake]\nseconds = 2565-02-30", "config-statement"),
        ("[workspace]\noutput = 'a\0b'", "config-statement"),
        ('"a\\u0000\\n" = 1', "config-key-new"),
        (f"[workspace]\noutput = '{'a/' * 600}'", "config-place"),
        ("[mail]\nretention = 5", "config-key-new"),
        ("[seal_of_office]\nkey = 'x'", "config-key-new"),
        ('[workspace]\nsubmissions = "C:\\Users\\งาน"', "config-backslash"),
        ('[workspace]\nsubmissions = "D:\\ข้อมูล"', "config-backslash"),
        ('[workspace]\nsubmissions = "C:\\temp"', "config-escape"),
        ('[mail]\ntoken_command = ["x", "C:\\bin\\token.exe"]', "config-escape"),
        ("[workspace]\nsubmissions = 'C:\x01'", "config-statement"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_line(tmp_path, text, name):
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigFault) as caught:
        read_config(tmp_path)
    assert caught.value.name == name
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp874", "cp1252"])
def test_another_encoding_is_told_with_how_to_mend_it(tmp_path, encoding):
    text = '[workspace]\noutput = "ผล"\n' if encoding != "cp1252" else '[workspace]\noutput = "é"\n'
    (tmp_path / FILE).write_bytes(text.encode(encoding))
    with pytest.raises(ConfigFault) as caught:
        read_config(tmp_path)
    if encoding not in ("utf-16-le", "utf-16-be"):  # without its mark it may be UTF-8 all the same
        assert caught.value.name == "config-encoding"
        assert "UTF-8" in caught.value.message("th")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_notepad_saves_as_utf_8_is_read(tmp_path, mark):
    (tmp_path / FILE).write_bytes(mark + '[workspace]\r\noutput = "ผล"\r\n'.encode())
    assert read_config(tmp_path).workspace.output == "ผล"


def test_a_path_of_windows_is_told_with_its_line_and_two_ways_to_write_it(tmp_path):
    (tmp_path / FILE).write_text('[workspace]\n\noutput = "C:\\Users\\a"\n', encoding="utf-8")
    with pytest.raises(ConfigFault) as caught:
        read_config(tmp_path)
    assert " 3:" in caught.value.message("th")
    assert "C:/Users" in caught.value.message("th")
    assert "'C:\\Users" in caught.value.message("th")
    for written in ("'C:\\Users\\a'", '"C:/Users/a"'):
        (tmp_path / FILE).write_text(f"[workspace]\noutput = {written}\n", encoding="utf-8")
        assert read_config(tmp_path).workspace.output in ("C:\\Users\\a", "C:/Users/a")


@pytest.mark.parametrize(
    ("key", "nearest"), [("prot", "port"), ("per_minuet", "per_minute"), ("retention_days", ""), ("x", "")]
)
def test_a_key_is_proposed_only_where_it_is_near(tmp_path, key, nearest):
    (tmp_path / FILE).write_text(f"[mail]\n{key} = 1\n", encoding="utf-8")
    with pytest.raises(ConfigFault) as caught:
        read_config(tmp_path)
    assert caught.value.name == ("config-key" if nearest else "config-key-new")
    assert (f"“{nearest}”" if nearest else "per_minute, province") in caught.value.message("en")


def test_a_folder_without_the_file_is_no_workspace(tmp_path):
    with pytest.raises(NoWorkspace):
        read_config(tmp_path)


@pytest.mark.parametrize(("key", "value"), [("intake.max_file_mb", "-1.0"), ("intake.max_ratio", "nan")])
def test_a_value_out_of_range_stops_a_run_before_anything_is_touched(tmp_path, key, value):
    section, name = key.split(".")
    (tmp_path / FILE).write_text(
        f'[workspace]\nlanguage = "en"\n[{section}]\n{name} = {value}\n', encoding="utf-8"
    )
    result = CliRunner().invoke(commands, ["-C", str(tmp_path), "run"])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert key in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "path",
    [ROOT / FILE, *sorted((ROOT / "input_samples").glob(f"*/{FILE}"))],
    ids=lambda path: path.parent.name,
)
def test_the_commented_file_states_each_range(path):
    stated = dict(re.findall(r"(?m)^(\w+) = \S+  # (.+)$", path.read_text(encoding="utf-8")))
    ranges = {key.split(".")[1]: KEYS[key].metadata[ALLOWED] for key in NUMBERS}
    assert stated == {key: f"{allowed.low:g} ถึง {allowed.high:.10g}" for key, allowed in ranges.items()}
