"""The place where everything of a process meets: jobs, decisions and marks on one ledger."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from jobplace import write
from sqlalchemy import update

from imagestolive.config import load_config
from imagestolive.jobs.workplace import Workplace, workplace
from imagestolive.ledger.schema import told

PATIENCE_S = 120


def test_whoever_works_deletes_what_visitors_wrote_once_its_time_is_over(tmp_path: Path) -> None:
    with closing(Workplace(tmp_path)) as place:
        entry = place.decisions.opt_out(target="photo", dataset=None, value="1", contact="a@example.org")
        with place.ledger.writing() as connection:
            connection.execute(update(told).values(until_s=1.0))
        with place.working(write):
            end_s = time.monotonic() + PATIENCE_S
            while place.decisions.find(entry.id).contact is not None:
                assert time.monotonic() < end_s
                time.sleep(0.02)
        assert "1" in place.decisions.blocked().photos


def test_a_configuration_says_how_long_a_job_may_stand_still(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"data_folder: {tmp_path / 'data'}\nlimits:\n  stuck_minutes: 90\n", encoding="utf-8")
    with closing(workplace(load_config(path), {})) as place:
        assert place.pace.stuck_s == 90 * 60
