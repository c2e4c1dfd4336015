"""A text as a cell of a CSV that Excel may open, and back."""

import math


def harmless(cell: str) -> str:
    """The text; with a leading apostrophe where Excel would take it for a formula, or where that of the text
    itself would be taken for such a one.
    """
    if cell.startswith("'") and harmless(cell[1:]) == cell:
        return "'" + cell
    if not cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return cell
    try:
        return cell if math.isfinite(float(cell)) else "'" + cell
    except ValueError:
        return "'" + cell


def as_meant(cell: str) -> str:
    """The text that ``harmless`` wrote, without its apostrophe.

    >>> as_meant(harmless("=1+1")), as_meant(harmless("-5")), as_meant("'quoted'")
    ('=1+1', '-5', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell
