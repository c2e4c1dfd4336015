"""Where the parts of a computed value stand in a workbook, as its formula names them."""

import pytest

from kpibatch.rules.computations import Cells


@pytest.mark.parametrize(
    ("cells", "together"),
    [
        (("$C5", "$D5", "$E5"), "$C5:$E5"),
        (("E5", "C5", "D5"), "C5:E5"),
        (("C5", "E5"), "(C5,E5)"),
        (("C5", "D6"), "(C5,D6)"),
        (("C5", "C5"), "(C5,C5)"),
        (("C5", "'K 1'!D5"), "(C5,'K 1'!D5)"),
    ],
)
def test_cells_side_by_side_are_one_range(cells, together):
    assert Cells(cells, "").together == together
