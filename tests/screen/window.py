"""A meeting's window to test with: shows a picture, says where it is clicked, moves when told.

``python -m tests.screen.window PICTURE LEFT TOP``; reads ``LEFT TOP`` from stdin, writes ``click X Y``.
"""

from __future__ import annotations

import sys
import threading

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QLabel


class Window(QLabel):
    def __init__(self, picture: str, left: int, top: int) -> None:
        super().__init__()
        # Without a frame, so that the picture lies where it is asked to lie.
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        pixels = QPixmap(picture)
        self.setPixmap(pixels)
        self.setFixedSize(pixels.size())
        self.move(left, top)
        self.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        at = event.globalPosition()
        print(f"click {round(at.x())} {round(at.y())}", flush=True)


class Orders(QObject):
    place = Signal(int, int)

    def read(self) -> None:
        for line in sys.stdin:
            left, top = line.split()
            self.place.emit(int(left), int(top))


def main() -> None:
    app = QApplication(sys.argv[:1])
    window = Window(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    orders = Orders()
    orders.place.connect(window.move)
    threading.Thread(target=orders.read, daemon=True).start()
    print("shown", flush=True)
    app.exec()


if __name__ == "__main__":
    main()
