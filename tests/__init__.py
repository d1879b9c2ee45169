"""Tests of the three packages, beside them what runs over all of them."""

import os

# As the program itself does it (see agent.__main__): NumPy's threads wait for each other in a busy loop, and
# several tests run at a time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

# No test is timed, whatever else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
