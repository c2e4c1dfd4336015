"""The months in the ranking: how percents, ranks and levels went, and what would change a rank now.

In: ``Outcome``, ``Trend``, where the scores and the KPIs stand.
Out: แนวโน้ม and ความอ่อนไหว.

kpi_trend.py          each KPI's levels and values through the months
trend_sheet.py        แนวโน้ม
sensitivity_sheet.py  ความอ่อนไหว
"""
