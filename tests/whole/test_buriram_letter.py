"""Every level worked out by hand from the letter of Buriram province, บร 0019/ว 3262 of 9 June 2565 (round
2), not from a workbook.
"""

from datetime import date

import pytest

pytestmark = pytest.mark.slow  # a thousand of them

# Measures are written without their KPI's prefix: "spent" under T1 is T1.spent; staff has none. None means
# not reported.
# T4 has two cases, so it has two starting points. Dates are Gregorian: 2022 is 2565, 2021 is 2564.
# fmt: off

FULL = {  # values that reach level 5
    "T1": {"allocated": 10_000, "spent": 10_000, "loan_docs": True},
    "T2": {"planned": 10_000, "done": 9_800},
    "T3": {"activities": True, "published": True, "summary": True, "reported": True, "evidence_date": date(2022, 9, 1)},
    "T4 default": {
        "has_default": True, "default_2564": 100_000, "recovered": 35_000,
        "debt_report_date": date(2022, 8, 15), "bigdata_date": date(2022, 9, 15),
    },
    "T4 normal": {
        "has_default": False, "funds": 100, "funds_supported": 50, "outstanding_2564": 100_000, "collected": 35_000,
        "action_report": True, "debt_report_date": date(2022, 8, 15), "bigdata_date": date(2022, 9, 15),
    },
    "T5": {"staff": 9, "news": 20},
    "T6": {
        "mechanism": True, "pr_channels": 4, "pr_days": 3, "roadmap": True, "database": True,
        "tpmap_support": True, "logbook_problem_date": date(2022, 4, 10), "logbook_report_date": date(2022, 4, 12),
        "households": 10_000, "verified": 9_000, "classified": True,
        "solutions_date": date(2022, 4, 20), "meeting_date": date(2022, 4, 22),
        "agency_plans": True, "menu_used": True, "helped_off_menu": 30, "intensive_care": True, "logbook_monthly": True,
        "visits": 3, "progress_monthly": True, "solved_date": date(2022, 9, 15), "logbook_result_date": date(2022, 9, 16),
        "system_monthly": True,
    },
    "T7": {"requested": 1_000, "submitted": 800},
    "T8": {
        "kinds": 7, "checklist": True, "leaders1": True, "leaders2": True, "teams": True, "roles": True,
        "households": 10_000, "growing": 9_500, "advice": True, "examples": True, "visits": True,
        "network_date": date(2022, 9, 1),
    },
    "I1": {"target": 1_000, "remaining": 100},
    "I2": {"selected": 30, "restructured": 25},
    "I3": {"villages": 1_000, "improved": 1_000},
    "I4": {"debt_base": 1_000_000, "debt_now": 600_000},
    "I5": {
        "trained": 1_000, "earning": 900, "groups_funded": 200, "groups_registered": 200, "groups_financed": 200,
        "reports_due": 2, "reports": 2,
    },
    "I6": {
        "channels": 2, "registered": 1_000, "joined": 60, "events": 20, "online_base": 1_000_000, "online_now": 1_200_000,
        "fabric_base": 1_000_000, "fabric_now": 1_150_000, "otop_base": 1_000_000, "otop_now": 1_080_000,
    },
    "I7": {"plan": True, "recorded": True, "projects": 3, "published": True, "reported": True},
    "I8": {
        "mechanism": True, "target_db": True, "pr_channels": 3, "collectors": True, "training": True,
        "target_hh": 10_000, "collected_hh": 10_000, "budget": 100_000, "budget_spent": 100_000,
        "certified_date": date(2022, 9, 1),
    },
    "I9": {
        "complaints": 1_000, "resolved": 1_000, "database": True, "pr_channels": 5, "pr_days": 5, "result_analysis": True,
        "progress_monthly": True, "data_items": 9, "analysis_monthly": True,
    },
    "I10": {
        "mechanism": True, "plan": True, "company_plan": True, "plan_items": 1_000, "plan_done": 400, "statements": True,
        "company_items": 1_000, "company_done": 400, "progress_report": True, "summary_monthly": True,
    },
    "I11": {
        "mechanism": True, "training": True, "db_updated_date": date(2021, 12, 1), "pr_channels": 3, "pr_monthly": 2,
        "activities": 3, "activities_monthly": 2, "partners": True, "households": 10_000, "uses": 400,
        "evidence_monthly": True, "report_monthly": True,
    },
    "I12": {"goal": True, "plan": True, "report": True, "groups": 2, "recorded": True, "knowledge": True},
}

# The level left when this one item is ไม่ใช่, and when it is missing, with everything else at level 5.
YES_NO = {
    "T1": {"loan_docs": 0},
    "T3": {"activities": 0, "published": 1, "summary": 2, "reported": 3},
    "T4 normal": {"action_report": 4},
    "T6": {
        "mechanism": 0, "roadmap": 0, "database": 0, "tpmap_support": 1, "classified": 2,
        "agency_plans": 3, "menu_used": 3, "intensive_care": 3, "logbook_monthly": 3, "progress_monthly": 4, "system_monthly": 4,
    },
    "T8": {"checklist": 0, "leaders1": 1, "leaders2": 1, "teams": 2, "roles": 2, "advice": 3, "examples": 3, "visits": 3},
    "I7": {"plan": 0, "recorded": 1, "published": 3, "reported": 4},
    "I8": {"mechanism": 0, "target_db": 0, "collectors": 1, "training": 1},
    "I9": {"database": 0, "result_analysis": 2, "progress_monthly": 3, "analysis_monthly": 4},
    "I10": {"mechanism": 0, "plan": 0, "company_plan": 1, "statements": 2, "progress_report": 4, "summary_monthly": 4},
    "I11": {"mechanism": 0, "training": 0, "partners": 3, "evidence_monthly": 4, "report_monthly": 4},
    "I12": {"goal": 0, "plan": 1, "report": 2, "recorded": 3, "knowledge": 4},
}

# One measure moves and the rest stays at level 5: KPI, measure, {value: expected level}, why.
SWEEPS = [
    # T1 ใช้จ่ายงบประมาณ
    ("T1", "spent", {0: 0, 7_999: 0, 8_000: 1, 8_001: 1, 8_499: 1, 8_500: 2, 8_501: 2}, "at least 80, 85 %"),
    ("T1", "spent", {8_999: 2, 9_000: 3, 9_001: 3, 9_499: 3, 9_500: 4, 9_501: 4}, "at least 90, 95 %"),
    ("T1", "spent", {9_999: 4, 10_000: 5, 10_001: 5, None: 0}, "100 % reached, and overspent"),
    ("T1", "allocated", {0: 0, None: 0}, "a zero denominator does not pass"),
    # T2 ดำเนินงานตามแผน: strictly more than
    ("T2", "done", {0: 0, 7_499: 0, 7_500: 0, 7_501: 1, 7_999: 1, 8_000: 1, 8_001: 2}, "more than 75, 80 %"),
    ("T2", "done", {8_499: 2, 8_500: 2, 8_501: 3, 8_999: 3, 9_000: 3, 9_001: 4}, "more than 85, 90 %"),
    ("T2", "done", {9_499: 4, 9_500: 4, 9_501: 5, 10_000: 5, None: 0}, "more than 95 %"),
    ("T2", "planned", {0: 0, None: 0}, "a zero denominator does not pass"),
    # T3 ความโปร่งใส
    ("T3", "evidence_date", {date(2022, 9, 9): 5, date(2022, 9, 10): 5, date(2022, 9, 11): 4, None: 4}, "by 10 Sep 2565"),
    # T4 กข.คจ., with defaults or losses
    ("T4 default", "recovered", {0: 0, 9_999: 0, 10_000: 1, 10_001: 1, 14_999: 1, 15_000: 2, 15_001: 2}, "10, 15 %"),
    ("T4 default", "recovered", {19_999: 2, 20_000: 3, 20_001: 3, 24_999: 3, 25_000: 4, 25_001: 4}, "20, 25 %"),
    ("T4 default", "recovered", {29_999: 4, 30_000: 5, 30_001: 5, None: 0}, "30 %"),
    ("T4 default", "default_2564", {0: 0, None: 0}, "a zero denominator does not pass"),
    ("T4 default", "debt_report_date", {date(2022, 8, 30): 5, date(2022, 8, 31): 5}, "by 31 Aug 2565"),
    ("T4 default", "debt_report_date", {date(2022, 9, 1): 3, None: 3}, "late or missing, levels 4 and 5 fail"),
    ("T4 default", "bigdata_date", {date(2022, 9, 29): 5, date(2022, 9, 30): 5, date(2022, 10, 1): 4, None: 4}, "by 30 Sep 2565"),
    ("T4 default", "has_default", {None: 0}, "which case is unknown"),
    ("T4 default", "action_report", {False: 5, None: 5}, "asked only where there is no default"),
    ("T4 default", "collected", {0: 5, None: 5}, "asked only where there is no default"),
    ("T4 default", "funds_supported", {0: 5, None: 5}, "asked only where there is no default"),
    # T4, no defaults
    ("T4 normal", "funds_supported", {0: 0, 19: 0, 20: 5, 21: 5, None: 0}, "level 1: 20 % of the funds"),
    ("T4 normal", "funds", {0: 0, None: 0}, "a zero denominator does not pass"),
    ("T4 normal", "collected", {0: 1, 19_999: 1, 20_000: 3, 20_001: 3}, "levels 2 and 3 both ask for 20 %"),
    ("T4 normal", "collected", {24_999: 3, 25_000: 4, 25_001: 4, 29_999: 4, 30_000: 5, 30_001: 5, None: 1}, "25, 30 %"),
    ("T4 normal", "outstanding_2564", {0: 1, None: 1}, "a zero denominator does not pass"),
    ("T4 normal", "debt_report_date", {date(2022, 8, 30): 5, date(2022, 8, 31): 5}, "by 31 Aug 2565"),
    ("T4 normal", "debt_report_date", {date(2022, 9, 1): 3, None: 3}, "late or missing, levels 4 and 5 fail"),
    ("T4 normal", "bigdata_date", {date(2022, 9, 29): 5, date(2022, 9, 30): 5, date(2022, 10, 1): 4, None: 4}, "by 30 Sep 2565"),
    ("T4 normal", "has_default", {None: 0}, "which case is unknown"),
    ("T4 normal", "recovered", {0: 5, None: 5}, "asked only where there are defaults"),
    # T6 ขจัดความยากจน
    ("T6", "pr_channels", {0: 0, 2: 0, 3: 5, 4: 5, None: 0}, "level 1: 3 channels"),
    ("T6", "pr_days", {0: 0, 1: 0, 2: 5, 3: 5, None: 0}, "level 1: 2 days a week"),
    ("T6", "logbook_problem_date", {date(2022, 4, 14): 5, date(2022, 4, 15): 5, date(2022, 4, 16): 1, None: 1}, "by 15 Apr 2565"),
    ("T6", "logbook_report_date", {date(2022, 4, 19): 5, date(2022, 4, 20): 5, date(2022, 4, 21): 1, None: 1}, "by 20 Apr 2565"),
    ("T6", "verified", {0: 2, 8_499: 2, 8_500: 5, 8_501: 5, 10_000: 5, None: 2}, "level 3: 85 % of households"),
    ("T6", "households", {0: 2, None: 2}, "a zero denominator does not pass"),
    ("T6", "solutions_date", {date(2022, 4, 24): 5, date(2022, 4, 25): 5, date(2022, 4, 26): 2, None: 2}, "by 25 Apr 2565"),
    ("T6", "meeting_date", {date(2022, 4, 29): 5, date(2022, 4, 30): 5, date(2022, 5, 1): 2, None: 2}, "by 30 Apr 2565"),
    ("T6", "helped_off_menu", {0: 3, 19: 3, 20: 5, 21: 5, None: 3}, "level 4: 20 households or persons"),
    ("T6", "visits", {0: 4, 1: 4, 2: 5, 3: 5, None: 4}, "level 5: 2 visits in the poorest month"),
    ("T6", "solved_date", {date(2022, 9, 29): 5, date(2022, 9, 30): 5, date(2022, 10, 1): 4, None: 4}, "by 30 Sep 2565"),
    ("T6", "logbook_result_date", {date(2022, 9, 29): 5, date(2022, 9, 30): 5, date(2022, 10, 1): 4, None: 4}, "by 30 Sep 2565"),
    # T7 ส่งรายงาน
    ("T7", "submitted", {0: 0, 499: 0, 500: 1, 501: 1, 549: 1, 550: 2, 551: 2, 599: 2, 600: 3, 601: 3}, "50, 55, 60 %"),
    ("T7", "submitted", {649: 3, 650: 4, 651: 4, 699: 4, 700: 5, 701: 5, 1_000: 5, None: 0}, "65, 70 %"),
    ("T7", "requested", {0: 0, None: 0}, "a zero denominator does not pass"),
    # T8 ผักสวนครัว
    ("T8", "kinds", {0: 0, 4: 0, 5: 5, 6: 5, None: 0}, "level 1: 5 kinds"),
    ("T8", "growing", {0: 2, 6_999: 2, 7_000: 3, 7_001: 3, 7_999: 3, 8_000: 4, 8_001: 4}, "level 3: 70 %, level 4: 80 %"),
    ("T8", "growing", {8_999: 4, 9_000: 5, 9_001: 5, 10_000: 5, None: 2}, "level 5: 90 %"),
    ("T8", "households", {0: 2, None: 2}, "a zero denominator does not pass"),
    ("T8", "network_date", {date(2022, 9, 29): 5, date(2022, 9, 30): 5, date(2022, 10, 1): 4, None: 4}, "by 30 Sep 2565"),
    # I1 ครัวเรือนยากจนคงเหลือ: lower is better
    ("I1", "remaining", {1_000: 0, 351: 0, 350: 1, 349: 1, 301: 1, 300: 2, 299: 2, 251: 2, 250: 3, 249: 3}, "35, 30, 25 % at most"),
    ("I1", "remaining", {201: 3, 200: 4, 199: 4, 151: 4, 150: 5, 149: 5, 0: 5, None: 0}, "20, 15 % at most; none left"),
    ("I1", "target", {0: 0, None: 0}, "a zero denominator does not pass, though fewer is better"),
    # I2 ลดหนี้/ปลดหนี้: of 30 households both conditions move together
    ("I2", "restructured", {0: 0, 13: 0, 14: 1, 15: 2, 16: 2, 17: 3, 18: 4, 19: 4, 20: 5, 21: 5, None: 0}, "14, 15, 17, 18, 20"),
    ("I2", "selected", {0: 0, None: 0}, "a zero denominator does not pass"),
    # I3 หมู่บ้านเศรษฐกิจพอเพียง
    ("I3", "improved", {0: 0, 799: 0, 800: 1, 801: 1, 849: 1, 850: 2, 851: 2, 899: 2, 900: 3, 901: 3}, "80, 85, 90 %"),
    ("I3", "improved", {949: 3, 950: 4, 951: 4, 999: 4, 1_000: 5, None: 0}, "95, 100 %"),
    ("I3", "villages", {0: 0, None: 0}, "a zero denominator does not pass"),
    # I4 หนี้เกินกำหนด: the reduction counts
    ("I4", "debt_now", {1_100_000: 0, 1_000_000: 0}, "debt grown by 10 %, debt unchanged"),
    ("I4", "debt_now", {900_001: 0, 900_000: 1, 899_999: 1, 850_001: 1, 850_000: 2, 849_999: 2}, "down 10, 15 %"),
    ("I4", "debt_now", {800_001: 2, 800_000: 3, 799_999: 3, 750_001: 3, 750_000: 4, 749_999: 4}, "down 20, 25 %"),
    ("I4", "debt_now", {700_001: 4, 700_000: 5, 699_999: 5, 0: 5, None: 0}, "down 30 %; all repaid"),
    ("I4", "debt_base", {0: 0, None: 0}, "a zero denominator does not pass"),
    # I5 สัมมาชีพชุมชน
    ("I5", "earning", {0: 0, 749: 0, 750: 1, 751: 1, 849: 1, 850: 5, 851: 5, 1_000: 5, None: 0}, "75 %, then 85 %"),
    ("I5", "trained", {0: 0, None: 0}, "a zero denominator does not pass"),
    ("I5", "groups_registered", {0: 2, 199: 2, 200: 5, None: 2}, "level 3: all funded groups"),
    ("I5", "groups_funded", {0: 2, None: 2}, "a zero denominator does not pass"),
    ("I5", "groups_financed", {0: 3, 199: 3, 200: 5, None: 3}, "level 4: all registered groups"),
    ("I5", "reports", {0: 4, 1: 4, 2: 5, None: 4}, "level 5: both instalments reported"),
    ("I5", "reports_due", {0: 4, None: 4}, "a zero denominator does not pass"),
    # I6 OTOP: five items at every level
    ("I6", "channels", {0: 0, 1: 5, 2: 5, None: 0}, "1 channel at every level"),
    ("I6", "joined", {0: 0, 9: 0, 10: 1, 11: 1, 19: 1, 20: 2, 21: 2, 29: 2, 30: 3, 31: 3}, "1, 2, 3 % of those registered"),
    ("I6", "joined", {39: 3, 40: 4, 41: 4, 49: 4, 50: 5, 51: 5, None: 0}, "4, 5 % of those registered"),
    ("I6", "registered", {0: 0, None: 0}, "a zero denominator does not pass"),
    ("I6", "events", {0: 0, 3: 0, 4: 1, 5: 1, 6: 2, 7: 2, 8: 3, 9: 3, 11: 3, 12: 4, 13: 4, 15: 4, 16: 5, 17: 5, None: 0}, "4 6 8 12 16"),
    ("I6", "online_now", {900_000: 0, 1_000_000: 0, 1_109_999: 0, 1_110_000: 1, 1_110_001: 1}, "-10, 0, 11 %"),
    ("I6", "online_now", {1_119_999: 1, 1_120_000: 2, 1_120_001: 2, 1_129_999: 2, 1_130_000: 3, 1_130_001: 3}, "12, 13 %"),
    ("I6", "online_now", {1_139_999: 3, 1_140_000: 4, 1_140_001: 4, 1_149_999: 4, 1_150_000: 5, 1_150_001: 5, None: 0}, "14, 15 %"),
    ("I6", "online_base", {0: 0, None: 0}, "a zero denominator does not pass"),
    ("I6", "fabric_now", {900_000: 0, 1_000_000: 0, 1_039_999: 0, 1_040_000: 2, 1_040_001: 2}, "levels 1 and 2 both ask for 4 %"),
    ("I6", "fabric_now", {1_059_999: 2, 1_060_000: 3, 1_060_001: 3, 1_079_999: 3, 1_080_000: 4, 1_080_001: 4}, "6, 8 %"),
    ("I6", "fabric_now", {1_099_999: 4, 1_100_000: 5, 1_100_001: 5, None: 0}, "10 %"),
    ("I6", "fabric_base", {0: 0, None: 0}, "a zero denominator does not pass"),
    ("I6", "otop_now", {900_000: 0, 1_000_000: 0, 1_039_999: 0, 1_040_000: 1, 1_040_001: 1}, "-10, 0, 4 %"),
    ("I6", "otop_now", {1_049_999: 1, 1_050_000: 3, 1_050_001: 3}, "levels 2 and 3 both ask for 5 %"),
    ("I6", "otop_now", {1_054_999: 3, 1_055_000: 4, 1_055_001: 4, 1_059_999: 4, 1_060_000: 5, 1_060_001: 5, None: 0}, "5.5, 6 %"),
    ("I6", "otop_base", {0: 0, None: 0}, "a zero denominator does not pass"),
    # I7 Big Data
    ("I7", "projects", {0: 2, 1: 5, 2: 5, None: 2}, "level 3: 1 project"),
    # I8 จปฐ.
    ("I8", "pr_channels", {0: 0, 1: 0, 2: 5, 3: 5, None: 0}, "level 1: 2 channels"),
    ("I8", "collected_hh", {0: 2, 9_499: 2, 9_500: 3, 9_501: 3}, "level 3: 95 %"),
    ("I8", "collected_hh", {9_999: 3, 10_000: 5, 10_001: 5, None: 2}, "levels 4 and 5: the whole target"),
    ("I8", "target_hh", {0: 2, None: 2}, "a zero denominator does not pass"),
    ("I8", "budget_spent", {0: 2, 97_999: 2, 98_000: 4, 98_001: 4, 99_999: 4, 100_000: 5, None: 2}, "98, 98, 100 % of the budget"),
    ("I8", "budget", {0: 2, None: 2}, "a zero denominator does not pass"),
    ("I8", "certified_date", {date(2022, 9, 9): 5, date(2022, 9, 10): 5, date(2022, 9, 11): 3, None: 3}, "by 10 Sep 2565"),
    # I9 โคก หนอง นา
    ("I9", "resolved", {0: 0, 799: 0, 800: 1, 801: 1, 999: 1, 1_000: 5, None: 0}, "80 % of complaints, then all"),
    ("I9", "complaints", {None: 0}, "not known whether there were complaints"),
    ("I9", "pr_channels", {0: 1, 1: 2, 2: 3, 3: 5, 4: 5, None: 1}, "1, 2, 3 channels at levels 2, 3, 4"),
    ("I9", "pr_days", {0: 1, 1: 1, 2: 3, 3: 5, 4: 5, None: 1}, "2, 2, 3 days a week at levels 2, 3, 4"),
    ("I9", "data_items", {0: 4, 8: 4, 9: 5, None: 4}, "level 5: all 9 items"),
    # I10 เศรษฐกิจฐานราก
    ("I10", "plan_done", {0: 1, 199: 1, 200: 3, 201: 3, 299: 3, 300: 5, 301: 5, None: 1}, "level 2: 20 %, level 4: 30 %"),
    ("I10", "plan_items", {0: 1, None: 1}, "a zero denominator does not pass"),
    ("I10", "company_done", {0: 2, 199: 2, 200: 3, 201: 3, 299: 3, 300: 5, 301: 5, None: 2}, "level 3: 20 %, level 4: 30 %"),
    ("I10", "company_items", {0: 2, None: 2}, "a zero denominator does not pass"),
    # I11 Click ชุมชน
    ("I11", "db_updated_date", {date(2021, 12, 30): 5, date(2021, 12, 31): 1}, "before 31 Dec 2564, that day too late"),
    ("I11", "db_updated_date", {date(2022, 1, 1): 1, date(2022, 6, 30): 1, None: 1}, "later"),
    ("I11", "pr_channels", {0: 1, 1: 1, 2: 5, 3: 5, None: 1}, "level 2: 2 channels"),
    ("I11", "pr_monthly", {0: 1, 1: 5, 2: 5, None: 1}, "level 2: once in the poorest month"),
    ("I11", "activities", {0: 2, 1: 2, 2: 5, 3: 5, None: 2}, "level 3: 2 activities"),
    ("I11", "activities_monthly", {0: 2, 1: 5, 2: 5, None: 2}, "level 3: one in the poorest month"),
    ("I11", "uses", {0: 3, 299: 3, 300: 5, 301: 5, None: 3}, "levels 4 and 5: 3 % of households, no count of uses"),
    ("I11", "households", {0: 3, None: 3}, "a zero denominator does not pass"),
    # I12 กลุ่มออมทรัพย์
    ("I12", "groups", {0: 3, 1: 5, 2: 5, None: 3}, "level 4: 1 group"),
]

# Several measures move: KPI, changes, expected level, why.
CASES = [
    ("T1", {"spent": 8_000, "loan_docs": False}, 0, "80 % without the loan documents"),
    ("T1", {"spent": 9_500, "loan_docs": False}, 0, "95 % without the loan documents"),
    ("T1", {"spent": 0, "allocated": 0}, 0, "0 of 0 does not pass"),
    ("T1", {"spent": 57, "allocated": 60}, 4, "57 of 60 is exactly 95 %"),
    ("T2", {"done": 3, "planned": 4}, 0, "3 of 4 is exactly 75 %, not more"),
    ("T2", {"done": 19, "planned": 20}, 4, "19 of 20 is exactly 95 %, not more"),
    ("T2", {"done": 0, "planned": 0}, 0, "0 of 0 does not pass"),
    ("T3", {"summary": False, "evidence_date": None}, 2, "met 1, 2 and 4"),
    ("T3", {"published": False, "evidence_date": None}, 1, "met 1, 3 and 4"),
    ("T4 default", {"recovered": 20_000, "debt_report_date": None, "bigdata_date": None}, 3, "up to level 3 no dates are asked"),
    ("T4 default", {"recovered": 25_000, "bigdata_date": None}, 4, "level 4 does not ask for Big Data"),
    ("T4 default", {"recovered": 25_000, "debt_report_date": date(2022, 9, 1)}, 3, "25 % with a late debt report"),
    ("T4 default", {"recovered": 10_000, "collected": 100_000, "outstanding_2564": 100_000}, 1, "normal collection does not count"),
    ("T4 default", {"recovered": 0, "default_2564": 0}, 0, "0 of 0 does not pass"),
    ("T4 normal", {"collected": 20_000, "debt_report_date": None, "bigdata_date": None, "action_report": None}, 3, "level 3 and no more"),
    ("T4 normal", {"collected": 25_000, "bigdata_date": None, "action_report": None}, 4, "level 4 asks for no Big Data, no action report"),
    ("T4 normal", {"collected": 19_999, "funds_supported": 20}, 1, "level 1 only"),
    ("T4 normal", {"collected": 100_000, "funds_supported": 19}, 0, "met 2 to 5 but not 1"),
    ("T4 normal", {"recovered": 0, "default_2564": 0}, 5, "nothing in default to recover"),
    ("T4 normal", {"collected": 0, "outstanding_2564": 0}, 1, "0 of 0 does not pass"),
    ("T6", {"mechanism": False, "roadmap": False}, 0, "met 2 to 5 but not 1"),
    ("T6", {"meeting_date": date(2022, 5, 1), "visits": 1}, 2, "met 1, 2 and 4"),
    ("T6", {"verified": 0, "households": 0}, 2, "0 of 0 does not pass"),
    ("T6", {"verified": 17, "households": 20}, 5, "17 of 20 is exactly 85 %"),
    ("T7", {"submitted": 11, "requested": 20}, 2, "11 of 20 is exactly 55 %"),
    ("T7", {"submitted": 57, "requested": 100}, 2, "57 %"),
    ("T7", {"submitted": 7, "requested": 10}, 5, "7 of 10 is exactly 70 %"),
    ("T7", {"submitted": 0, "requested": 0}, 0, "0 of 0 does not pass"),
    ("T8", {"growing": 8_000, "teams": False}, 2, "met 1, 2 and 4"),
    ("T8", {"growing": 9_000, "advice": False}, 3, "met 1, 2, 3 and 5"),
    ("T8", {"growing": 0, "households": 0}, 2, "0 of 0 does not pass"),
    ("I1", {"remaining": 7, "target": 20}, 1, "7 of 20 is exactly 35 %"),
    ("I1", {"remaining": 3, "target": 20}, 5, "3 of 20 is exactly 15 %"),
    ("I1", {"remaining": 0, "target": 0}, 0, "0 of 0 does not pass"),
    ("I2", {"selected": 1_000, "restructured": 449}, 0, "44.9 %, the count is ample"),
    ("I2", {"selected": 1_000, "restructured": 450}, 1, "45 %"),
    ("I2", {"selected": 1_000, "restructured": 451}, 1, "45.1 %"),
    ("I2", {"selected": 1_000, "restructured": 499}, 1, "49.9 %"),
    ("I2", {"selected": 1_000, "restructured": 500}, 2, "50 %"),
    ("I2", {"selected": 1_000, "restructured": 501}, 2, "50.1 %"),
    ("I2", {"selected": 1_000, "restructured": 549}, 2, "54.9 %"),
    ("I2", {"selected": 1_000, "restructured": 550}, 3, "55 %"),
    ("I2", {"selected": 1_000, "restructured": 551}, 3, "55.1 %"),
    ("I2", {"selected": 1_000, "restructured": 599}, 3, "59.9 %"),
    ("I2", {"selected": 1_000, "restructured": 600}, 4, "60 %"),
    ("I2", {"selected": 1_000, "restructured": 601}, 4, "60.1 %"),
    ("I2", {"selected": 1_000, "restructured": 649}, 4, "64.9 %"),
    ("I2", {"selected": 1_000, "restructured": 650}, 5, "65 %"),
    ("I2", {"selected": 1_000, "restructured": 651}, 5, "65.1 %"),
    ("I2", {"selected": 13, "restructured": 13}, 0, "100 % but 13 households"),
    ("I2", {"selected": 14, "restructured": 14}, 1, "100 %, 14 households"),
    ("I2", {"selected": 15, "restructured": 15}, 2, "100 %, 15 households"),
    ("I2", {"selected": 16, "restructured": 16}, 2, "100 % but 16 households"),
    ("I2", {"selected": 17, "restructured": 17}, 3, "100 %, 17 households"),
    ("I2", {"selected": 18, "restructured": 18}, 4, "100 %, 18 households"),
    ("I2", {"selected": 19, "restructured": 19}, 4, "100 % but 19 households"),
    ("I2", {"selected": 20, "restructured": 20}, 5, "100 %, 20 households"),
    ("I2", {"selected": 21, "restructured": 21}, 5, "100 %, 21 households"),
    ("I2", {"selected": 0, "restructured": 0}, 0, "0 of 0 does not pass"),
    ("I3", {"villages": 20, "improved": 17}, 2, "17 of 20 is exactly 85 %"),
    ("I3", {"villages": 20, "improved": 19}, 4, "19 of 20 is exactly 95 %"),
    ("I3", {"villages": 0, "improved": 0}, 0, "0 of 0 does not pass"),
    ("I4", {"debt_base": 123_456.70, "debt_now": 111_111.03}, 1, "down by exactly 10 %, in satang"),
    ("I4", {"debt_base": 123_456.70, "debt_now": 111_111.04}, 0, "one satang short of 10 %"),
    ("I4", {"debt_base": 0, "debt_now": 0}, 0, "0 of 0 does not pass"),
    ("I5", {"earning": 750, "groups_financed": 0, "reports": 0}, 1, "met 1 and 3"),
    ("I5", {"earning": 850, "groups_registered": 199, "groups_financed": 199}, 2, "met 1, 2, 4 and 5"),
    ("I5", {"earning": 850, "groups_financed": 199}, 3, "met 1, 2, 3 and 5"),
    ("I5", {"groups_funded": 0, "groups_registered": 0, "groups_financed": 0}, 2, "0 of 0 does not pass"),
    ("I5", {"reports": 199, "reports_due": 200}, 4, "99.5 % of the reports"),
    ("I5", {"reports": 0, "reports_due": 0}, 4, "0 of 0 does not pass"),
    ("I6", {"channels": 1, "joined": 10, "events": 4, "online_now": 1_110_000, "fabric_now": 1_040_000, "otop_now": 1_040_000}, 1,
     "all five items exactly at level 1: 1 4 11 4 4"),
    ("I6", {"channels": 1, "joined": 20, "events": 6, "online_now": 1_120_000, "fabric_now": 1_040_000, "otop_now": 1_050_000}, 2,
     "all five items exactly at level 2: 2 6 12 4 5"),
    ("I6", {"channels": 1, "joined": 30, "events": 8, "online_now": 1_130_000, "fabric_now": 1_060_000, "otop_now": 1_050_000}, 3,
     "all five items exactly at level 3: 3 8 13 6 5"),
    ("I6", {"channels": 1, "joined": 40, "events": 12, "online_now": 1_140_000, "fabric_now": 1_080_000, "otop_now": 1_055_000}, 4,
     "all five items exactly at level 4: 4 12 14 8 5.5"),
    ("I6", {"channels": 1, "joined": 50, "events": 16, "online_now": 1_150_000, "fabric_now": 1_100_000, "otop_now": 1_060_000}, 5,
     "all five items exactly at level 5: 5 16 15 10 6"),
    ("I6", {"joined": 0, "registered": 0}, 0, "0 of 0 does not pass"),
    ("I6", {"online_now": 0, "online_base": 0}, 0, "growth from 0 to 0 does not pass"),
    ("I6", {"fabric_now": 0, "fabric_base": 0}, 0, "growth from 0 to 0 does not pass"),
    ("I6", {"otop_now": 0, "otop_base": 0}, 0, "growth from 0 to 0 does not pass"),
    ("I6", {"otop_now": 1_301.87, "otop_base": 1_234.00}, 4, "exactly 5.5 %, in satang"),
    ("I6", {"otop_now": 1_301.86, "otop_base": 1_234.00}, 3, "one satang short of 5.5 %"),
    ("I7", {"projects": 0, "reported": False}, 2, "met 1, 2 and 4"),
    ("I8", {"collected_hh": 9_499, "budget_spent": 98_000}, 2, "level 3 asks for 95 and 98 %"),
    ("I8", {"collected_hh": 9_500, "budget_spent": 97_999}, 2, "level 3 asks for 95 and 98 %"),
    ("I8", {"collected_hh": 9_500, "budget_spent": 98_000}, 3, "exactly level 3"),
    ("I8", {"collected_hh": 9_500, "budget_spent": 98_000, "certified_date": None}, 3, "level 3 asks for no certificate"),
    ("I8", {"collected_hh": 9_500, "budget_spent": 100_000}, 3, "the whole budget, 95 % collected"),
    ("I8", {"collected_hh": 9_999, "budget_spent": 98_000}, 3, "level 4 asks for the whole target"),
    ("I8", {"collected_hh": 10_000, "budget_spent": 97_999}, 2, "the whole target, too little spent"),
    ("I8", {"collected_hh": 10_000, "budget_spent": 98_000}, 4, "exactly level 4"),
    ("I8", {"budget_spent": 98_000, "certified_date": date(2022, 9, 11)}, 3, "certified a day late"),
    ("I8", {"collected_hh": 0, "target_hh": 0}, 2, "0 of 0 does not pass"),
    ("I8", {"budget_spent": 0, "budget": 0}, 2, "0 of 0 does not pass"),
    ("I9", {"complaints": 0, "resolved": 0}, 5, "no complaint at all passes"),
    ("I9", {"complaints": 0, "resolved": 0, "database": False}, 0, "no complaint, but no database"),
    ("I9", {"complaints": 0, "resolved": 0, "pr_channels": 1}, 2, "no complaint, one channel"),
    ("I9", {"complaints": 5, "resolved": 4}, 1, "4 of 5 is exactly 80 %"),
    ("I9", {"complaints": 1, "resolved": 0}, 0, "the only complaint unresolved"),
    ("I9", {"pr_channels": 1, "pr_days": 2}, 2, "exactly level 2"),
    ("I9", {"pr_channels": 2, "pr_days": 2}, 3, "exactly level 3"),
    ("I9", {"pr_channels": 3, "pr_days": 2}, 3, "level 4 asks for 3 days"),
    ("I9", {"pr_channels": 2, "pr_days": 3}, 3, "level 4 asks for 3 channels"),
    ("I9", {"pr_channels": 3, "pr_days": 3}, 5, "exactly levels 4 and 5"),
    ("I9", {"result_analysis": False, "data_items": 8}, 2, "met 1, 2 and 4"),
    ("I10", {"plan_done": 200, "company_done": 200}, 3, "20 % of both"),
    ("I10", {"plan_done": 300, "company_done": 300}, 5, "30 % of both"),
    ("I10", {"plan_done": 300, "company_done": 299}, 3, "30 % of one"),
    ("I10", {"statements": False, "progress_report": False}, 2, "met 1, 2 and 4"),
    ("I10", {"plan_done": 0, "plan_items": 0}, 1, "0 of 0 does not pass"),
    ("I10", {"company_done": 0, "company_items": 0}, 2, "0 of 0 does not pass"),
    ("I11", {"uses": 10_033, "households": 1_000_000}, 3, "10,033 uses are not enough where they are 1 %"),
    ("I11", {"uses": 3, "households": 100}, 5, "3 uses are enough where they are 3 %"),
    ("I11", {"activities": 1, "report_monthly": False}, 2, "met 1, 2 and 4"),
    ("I11", {"uses": 0, "households": 0}, 3, "0 of 0 does not pass"),
    ("I12", {"report": False, "knowledge": False}, 2, "met 1, 2 and 4"),
    ("I12", {"groups": 0, "recorded": True}, 3, "recorded without a group"),
]

# T5: staff, then the expected level for 0, 1, 2 … news in the poorest month.
NEWS = {
    1: [0, 1, 2, 3, 4, 5, 5],
    2: [0, 1, 2, 3, 4, 5, 5],
    3: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
    4: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
    5: [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5],
    9: [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5],
    None: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
}

# What each level adds: its measures, the level when only these and the lines above are reported, the level
# when only these are not.
LADDER = {
    "T3": [("activities", 1, 0), ("published", 2, 1), ("summary", 3, 2), ("reported", 4, 3), ("evidence_date", 5, 4)],
    "T4 default": [("has_default default_2564 recovered", 3, 0), ("debt_report_date", 4, 3), ("bigdata_date", 5, 4)],
    "T4 normal": [
        ("has_default funds funds_supported", 1, 0),
        ("outstanding_2564 collected", 3, 1),
        ("debt_report_date", 4, 3),
        ("action_report bigdata_date", 5, 4),
    ],
    "T6": [
        ("mechanism pr_channels pr_days roadmap database", 1, 0),
        ("tpmap_support logbook_problem_date logbook_report_date", 2, 1),
        ("households verified classified solutions_date meeting_date", 3, 2),
        ("agency_plans menu_used helped_off_menu intensive_care logbook_monthly", 4, 3),
        ("visits progress_monthly solved_date logbook_result_date system_monthly", 5, 4),
    ],
    "T8": [
        ("kinds checklist", 1, 0),
        ("leaders1 leaders2", 2, 1),
        ("teams roles households growing", 3, 2),
        ("advice examples visits", 4, 3),
        ("network_date", 5, 4),
    ],
    "I5": [
        ("trained earning", 2, 0),
        ("groups_funded groups_registered", 3, 2),
        ("groups_financed", 4, 3),
        ("reports_due reports", 5, 4),
    ],
    "I7": [("plan", 1, 0), ("recorded", 2, 1), ("projects", 3, 2), ("published", 4, 3), ("reported", 5, 4)],
    "I8": [
        ("mechanism target_db pr_channels", 1, 0),
        ("collectors training", 2, 1),
        ("target_hh collected_hh budget budget_spent", 3, 2),
        ("certified_date", 5, 3),
    ],
    "I9": [
        ("database complaints resolved", 1, 0),
        ("pr_channels pr_days", 2, 1),
        ("result_analysis", 3, 2),
        ("progress_monthly", 4, 3),
        ("data_items analysis_monthly", 5, 4),
    ],
    "I10": [
        ("mechanism plan", 1, 0),
        ("company_plan plan_items plan_done", 2, 1),
        ("statements company_items company_done", 4, 2),
        ("progress_report summary_monthly", 5, 4),
    ],
    "I11": [
        ("mechanism training", 1, 0),
        ("db_updated_date pr_channels pr_monthly", 2, 1),
        ("activities activities_monthly", 3, 2),
        ("partners households uses", 4, 3),
        ("evidence_monthly report_monthly", 5, 4),
    ],
    "I12": [("goal", 1, 0), ("plan", 2, 1), ("report", 3, 2), ("groups recorded", 4, 3), ("knowledge", 5, 4)],
}

# fmt: on


def rows():
    """Every table above as (KPI, changes, expected level, why)."""
    for key, full in FULL.items():
        yield key, {}, 5, "everything reached"
        yield key, dict.fromkeys(full), 0, "nothing reported"
    for key, items in YES_NO.items():
        for measure, level in items.items():
            yield key, {measure: False}, level, "ไม่ใช่"
            yield key, {measure: None}, level, "missing"
    for key, measure, levels, why in SWEEPS:
        for value, level in levels.items():
            yield key, {measure: value}, level, why
    yield from CASES
    for staff, levels in NEWS.items():
        for news, level in enumerate(levels):
            yield "T5", {"staff": staff, "news": news}, level, "news a month by staff"
        yield "T5", {"staff": staff, "news": None}, 0, "news not reported"
    for key, steps in LADDER.items():
        nothing, given = dict.fromkeys(FULL[key]), {}
        for names, up_to_here, without in steps:
            step = {name: FULL[key][name] for name in names.split()}
            given |= step
            yield key, nothing | given, up_to_here, f"reported up to {names}"
            yield key, dict.fromkeys(step), without, f"all but {names}"


ROWS = list(rows())


@pytest.mark.parametrize("key", dict.fromkeys(key for key, *_ in ROWS))
def test_level_as_the_letter_says(level_of, key):
    kpi, wrong = key.split()[0], []
    for changes, expected, why in (rest for each, *rest in ROWS if each == key):
        known = {measure: value for measure, value in (FULL[key] | changes).items() if value is not None}
        values = {
            measure if measure == "staff" else f"{kpi}.{measure}": value for measure, value in known.items()
        }
        level = level_of(kpi, values)
        wrong += [(changes, level, expected, why)] if level != expected else []
    assert wrong == []
