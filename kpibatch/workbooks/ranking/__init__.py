"""``ranking.xlsx``: live from the measure to the rank.

In: ``Outcome``.
Out: the workbook.

score_formulas.py  the formulas from the KPIs' scores to the rank, and where all they refer to stands
kpi_paper.py       a KPI's sheet on paper
apart/             units of other kinds: where their results stand, the parts that sums are made of
level_block.py     the head of a KPI's sheet: its level table and its cases
criteria_sheet.py  เกณฑ์: the tables in words, วันหยุด; ข้อค้นพบ
kpi_marks.py       its colours
kpi_results.py     what a KPI came to for a unit
kpi_sheet.py       one KPI: each unit's values, result, level, below its level table
charts.py          what the charts have in common
compared.py        what caps, means and T-scores need there
score_sheet.py     คะแนนรายตัวชี้วัด: units × nodes, rolled up live
months/            แนวโน้ม, ความอ่อนไหว
front/             around the list: the podium, the panel, the map
few_units.py       a kind of few units on one sheet: scores, months, what its ranks hang on
list_sheet.py      อันดับ: the list, and page one as a whole
book.py            the sheets in order
"""
