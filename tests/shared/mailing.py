"""Workspaces whose month is published, and their mails: what the tests of the mail share."""

import io
import re
import shutil
import zipfile
from functools import cache
from pathlib import Path

from made_once import made_once
from workspace import BURIRAM, change, configure, copy_sample, keep_units, run, submission

from kpibatch.base.config import Config, read_config
from kpibatch.mail.message import Message
from kpibatch.mail.plan import Plan, Selection, plan_mail
from kpibatch.months.folder import Published, published_months, read_published
from kpibatch.rules.levels import LevelTables
from kpibatch.scoring.examples.sound import sound_levels

PROVINCE_ADDRESS = "kpi@province.example"
MONTH = "2565-06"
FEW = ("3101", "3102", "3103", "3104", "3105", "3109", "3112", "3117", "3120", "3119")
MAILS = len(FEW)  # of those but the last, which has sent nothing, and the province's
PLANTED = {"3101": 918273.64, "3102": 827364.55, "3109": 736455.46}


@cache
def small_june() -> Path:
    """Buriram's June, published, of a few units, one of which has sent nothing, and with a figure in some
    reports that stands in no other; run once for all tests, which only read it.
    """
    return made_once("June to be mailed", _june) / BURIRAM


def _june(folder: Path) -> None:
    workspace = keep_units(sample_workspace(folder, BURIRAM), *FEW)
    for unit, figure in PLANTED.items():
        change(
            submission(workspace, unit, MONTH),
            {("T1.spent", MONTH): figure, ("T1.spent", "หลักฐาน"): f"ลับเฉพาะ{unit}x"},
        )
    run(workspace)


def copied(workspace: Path, folder: Path) -> Path:
    """A published workspace to spoil."""
    shutil.copytree(workspace, folder / workspace.name)
    return folder / workspace.name


def sample_workspace(folder: Path, name: str) -> Path:
    """A sample with an address of the province."""
    workspace = copy_sample(folder, name)
    configure(workspace, province=f'["{PROVINCE_ADDRESS}"]')
    return workspace


def state(workspace: Path) -> tuple[Config, LevelTables, Published]:
    config = read_config(workspace)
    return config, sound_levels(config), read_published(list(published_months(config.output))[-1])


def planned(workspace: Path, **selection: object) -> Plan:
    """The plan of the newest published month."""
    return plan_mail(*state(workspace), Selection(**selection))  # type: ignore[arg-type]


def mail_to(plan: Plan, unit: str) -> Message:
    return next(one for one in plan.messages if one.unit == unit)


def codes(plan: Plan) -> list[tuple[str, str]]:
    return [(one.code, one.unit) for one in plan.problems]


def everything_in(message: Message) -> dict[str, str]:
    """Every text a mail holds: its own, the names of its files, and every part of every workbook,
    unpacked.
    """
    texts = {"subject": message.subject, "plain": message.plain, "html": message.html}
    for file in message.attachments:
        assert file.name not in texts
        texts[file.name] = file.name
        with zipfile.ZipFile(io.BytesIO(file.content)) as package:
            for part in package.namelist():
                texts[f"{file.name}!{part}"] = f"{part} {package.read(part).decode('utf-8', 'replace')}"
    return texts


def whole(word: str) -> re.Pattern[str]:
    """A code or number that is not a part of a longer one."""
    return re.compile(rf"(?<![\w.,]){re.escape(word)}(?![\w.,]\w)")
