"""The formulas that read a day typed as a text, in the ways that forms ask for it; beside
``base.thai.read_date``.

What they can't read is no day to them, though the batch may read it.
"""

from collections.abc import Sequence

from kpibatch.base.thai import BUDDHIST, ENGLISH_MONTH_NAMES, MONTH_NAMES

_THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
LINES = 6  # cells that one day takes, the last its serial
MONTHS = (*(name.replace(".", "") for name in MONTH_NAMES), *ENGLISH_MONTH_NAMES)  # two names of each
THAI = len(MONTH_NAMES)  # so many of them, in front, are Thai


def day_lines(cell: str, lines: Sequence[str], names: str, english: str) -> list[str]:
    """The formulas of ``LINES`` cells: the text with spaces between its parts, what follows the first of
    them, day, month and year of the common era (0 where there is none), and the day's serial, empty where the
    cell holds none. ``names`` are where ``MONTHS`` stand, ``english`` those that are not Thai.
    """
    text, rest, day, month, year, _ = lines
    bare = f'SUBSTITUTE({cell},"พ.ศ.","")'
    for number, digit in enumerate(_THAI_DIGITS):
        bare = f'SUBSTITUTE({bare},"{digit}","{number}")'
    slashes = f'LEN({cell})-LEN(SUBSTITUTE({cell},"/",""))'
    second = f'LEFT({rest},FIND(" ",{rest})-1)'
    third = f'MID({rest},FIND(" ",{rest})+1,9)'
    name = f'SUBSTITUTE({second},".","")'
    named = f"INT(MOD(MATCH({name},{names},0)-1,{THAI})/2)+1"
    century = f"IF(VALUE({third})>40,VALUE({third})+{2500 - BUDDHIST},0)"
    era = f"IF(AND(VALUE({third})>=2400,VALUE({third})<2600),VALUE({third})-{BUDDHIST},0)"
    thai = f"IF(LEN({third})=2,{century},IF(LEN({third})=4,{era},0))"
    common = f"IF(AND(LEN({third})=4,VALUE({third})>=1900,VALUE({third})<2100),VALUE({third}),0)"
    date = f"DATE({year},{month},{day})"
    typed = f'IF({day}*{month}*{year}>0,IF(AND(DAY({date})={day},MONTH({date})={month}),{date},""),"")'
    real = f'IF(AND(LEFT(CELL("format",{cell}),1)="D",{cell}=INT({cell})),{cell},"")'
    return [
        f'IF(ISNUMBER({cell}),"",TRIM(SUBSTITUTE({bare},"/"," ")))',
        f'IFERROR(MID({text},FIND(" ",{text})+1,30),"")',
        f'IFERROR(VALUE(LEFT({text},FIND(" ",{text})-1)),0)',
        f"IFERROR(IF({slashes}=2,VALUE({second}),IF({slashes}=0,{named},0)),0)",
        f"IFERROR(IF(ISNUMBER(MATCH({name},{english},0)),{common},{thai}),0)",
        f"IF(ISNUMBER({cell}),{real},{typed})",
    ]
