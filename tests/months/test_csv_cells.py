"""The apostrophe that keeps a CSV harmless stays in the file: nobody who reads it back sees it."""

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from workspace import digest

from kpibatch.base.findings import COLUMNS
from kpibatch.months.csv_cells import as_csv, as_meant, harmless
from kpibatch.months.folder import Published


@given(st.text(st.sampled_from("'=+-@5a"), max_size=5) | st.text())
@example("=1+1")
@example("-5 บาท")
@example("'=1")
@example("-nan")
def test_what_was_written_is_read_back(text):
    assert as_meant(harmless(text)) == text


def test_a_published_month_tells_what_was_found(tmp_path: Path):
    row = ("error", "not-a-number", "3101", "=แบบ.xlsx", "S", "G5", "T1.spent", "-5 บาท", "=5")
    (tmp_path / "findings.csv").write_bytes(as_csv(COLUMNS, [row]))
    assert b"'-5" in (tmp_path / "findings.csv").read_bytes()
    record = {"listings": {"findings.csv": digest(tmp_path / "findings.csv")}, "level_tables": {"sha256": ""}}
    (read,) = Published(tmp_path, "2565-06", record, "").findings
    assert tuple(read.values()) == row
