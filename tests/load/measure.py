"""How long messages take to fast clients, alone and beside slow and stopped ones: a benchmark, not a test.

Run as ``python -m tests.load.measure``.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.exporter.samples import serving
from tests.load.clients import Load, percentile, run_load


def main() -> None:
    """Print p50 and p95 in ms for 150 fast clients, without and with 50 that are slow or stopped."""
    with tempfile.TemporaryDirectory() as folder:
        for name, load in (("alone", Load(slow=0, stopped=0)), ("beside 50 slow or stopped", Load())):
            with serving(Path(folder)) as server:
                ages = run_load(server, load).ages
            figures = {
                f"p{share:.0%}"[:-1]: round(percentile(ages, share) * 1000, 1) for share in (0.5, 0.95)
            }
            print(json.dumps({"clients": name, "ms": figures}))


if __name__ == "__main__":
    main()
