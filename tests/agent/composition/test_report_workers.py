"""Reports of several recordings at once: one that is broken, and how the cores are shared out."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agent.composition.offline import Done, ReportJob
from agent.composition.report_workers import shared_out, write_reports
from agent.configuration.config import AnalysisConfig
from agent.errors import PictureError, ReadTheRoomError
from tests.agent.composition.drawn import configured


def test_of_several_the_bad_one_fails_alone(files: Path, tmp_path: Path) -> None:
    """In worker processes, which send their news and their errors back."""
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video" * 100)
    jobs = [
        ReportJob(str(bad), tmp_path / "bad.html"),
        ReportJob(str(files / "moment.png"), tmp_path / "good.html"),
    ]
    outcomes: list[Done | ReadTheRoomError] = list(write_reports(configured(), jobs, lambda *_: None))
    (failed,) = [one for one in outcomes if isinstance(one, ReadTheRoomError)]
    (done,) = [one for one in outcomes if isinstance(one, Done)]
    assert isinstance(failed, PictureError)
    assert "bad.mp4" in str(failed)
    assert done.job == jobs[1]
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["good.html"]


@pytest.mark.parametrize(
    ("jobs", "free", "wanted", "found"),
    [
        (2, 2, (2, 1), (2, 1)),
        (9, 4, (2, 1), (4, 1)),
        (2, 8, (2, 1), (2, 2)),
        (3, 8, (8, 1), (3, 2)),
        (2, 8, (8, 2), (2, 2)),
        (9, 8, (2, 3), (2, 1)),
        (2, 1, (2, 1), (1, 1)),
        (2, 1, (2, 4), (1, 1)),
    ],
)
def test_the_threads_of_all_workers_together_have_a_core_each(
    jobs: int, free: int, wanted: tuple[int, int], found: tuple[int, int]
) -> None:
    """``wanted``: tile workers and the threads of each; ``found``: processes and their tile workers."""
    cores, threads = wanted
    analysis = msgspec.convert({"cores": cores, "threads": threads}, AnalysisConfig)
    config = msgspec.structs.replace(configured("room"), analysis=analysis)
    workers, theirs = shared_out(config, jobs, free)
    assert (workers, theirs.analysis.cores) == found
    assert workers * theirs.analysis.cores * threads <= max(free, threads)
    assert theirs == msgspec.structs.replace(
        config, analysis=msgspec.structs.replace(analysis, cores=theirs.analysis.cores)
    )
