"""The workbooks that a run leaves are those listed, and no others."""

from pathlib import Path

from small_workspace import MONTH, published_workspace

from kpibatch.workbooks.outputs import OUTPUTS


def test_a_run_leaves_every_output_and_no_other_workbook(tmp_path: Path) -> None:
    folder = published_workspace(tmp_path) / "output" / MONTH
    assert all((folder / output.name).exists() for output in OUTPUTS)
    listed = {output.name for output in OUTPUTS} | {"level_tables.xlsx"}
    assert {path.relative_to(folder).parts[0] for path in folder.rglob("*.xlsx")} == listed


def test_each_output_has_a_step_and_a_name_of_its_own() -> None:
    assert (
        len({output.step for output in OUTPUTS}) == len({output.name for output in OUTPUTS}) == len(OUTPUTS)
    )
