"""FFmpeg's own WHIP muxer as a sender, a program of its own: its opening holds the interpreter's lock.

``python -m tests.ffmpeg_sender ADDRESS TOKEN SECONDS PROFILE [OPTION=VALUE ...]`` sends a plain red picture.
"""

from __future__ import annotations

import sys
import time

import av
import numpy as np

RED = (200, 40, 40)
SIZE = (640, 360)
FPS = 15


def main(address: str, token: str, seconds: float, profile: str, options: dict[str, str]) -> None:
    """Send for so many seconds, then end the session. Raises OSError when FFmpeg cannot send."""
    target = av.open(address, "w", format="whip", options={"authorization": token, **options})
    stream = target.add_stream(
        "libx264",
        rate=FPS,
        options={"preset": "ultrafast", "tune": "zerolatency", "profile": profile, "g": str(FPS)},
    )
    stream.width, stream.height = SIZE
    stream.pix_fmt = "yuv420p"
    picture = av.VideoFrame.from_ndarray(np.full((SIZE[1], SIZE[0], 3), RED, np.uint8), format="rgb24")
    for tick in range(int(seconds * FPS)):
        picture.pts = tick
        target.mux(stream.encode(picture))
        time.sleep(1 / FPS)
    target.close()


if __name__ == "__main__":
    where, key, duration, wanted, *rest = sys.argv[1:]
    try:
        main(where, key, float(duration), wanted, dict(option.split("=", 1) for option in rest))
    except OSError as error:
        sys.exit(str(error))
