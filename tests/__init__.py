"""Tests of the three packages, beside them what runs over all of them."""

import os
import sys

# As the program itself does it (see agent.__main__): NumPy's threads wait for each other in a busy loop, and
# several tests run at a time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    from hypothesis import settings
except ModuleNotFoundError as error:
    # README names commands such as ``python -m tests.agent.measure_baseline`` to those who only installed.
    print(
        f'error: {error.name} is not installed; tests need it: pip install ".[dev]" in the program\'s folder',
        file=sys.stderr,
    )
    raise SystemExit(2) from None

# No test is timed, whatever else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
