"""Records a lesson with 49 tiles until it is killed; ``python -m tests.exporter.recorder.feeder PATH``.

Says on stdout how many snapshots were handed to the recorder, and when by the recording's own clock.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from exporter.privacy import PrivacyPolicy
from exporter.recorder.live import Recorder
from exporter.recorder.store import Store
from tests.exporter.recorder.lessons import details, lesson


def main(path: Path) -> None:
    snapshots = list(lesson(40, 49, hz=20.0))
    recorder = Recorder(Store(path, details(hz=20.0)), PrivacyPolicy())
    start = time.monotonic()
    count = 0
    while True:
        recorder.publish(snapshots[count % len(snapshots)])
        count += 1
        # In one piece: whoever reads it kills this process at any moment.
        print(f"{count} {time.monotonic() - start}\n", end="", flush=True)
        time.sleep(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
