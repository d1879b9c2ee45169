"""The first-run page: five lines on what the teacher sees and what it does not mean."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout

TITLE = "Read the Room"
LINES = (
    "<b>Each chip is a guess at one face</b>: which of seven acted-out expressions it resembles, how surely.",
    "<b>An expression is not a feeling</b>, and none of this measures interest, effort or learning.",
    "<b>“Unsure”, “too small”, “turned away”</b>: it says nothing rather than guess. That is normal.",
    "<b>Ask before you read</b>, and exclude whoever says no. In the EU it may not be used with students.",
    "<b>No picture is kept and nothing leaves this machine.</b> Pause and hide are in the menu{shortcut}.",
)


def introduction(shortcut: str) -> tuple[str, ...]:
    """The five lines; ``shortcut`` is the key that hides everything, empty without one."""
    key = f", {shortcut} hides at once" if shortcut else ""
    return tuple(line.format(shortcut=key) for line in LINES)


class Welcome(QDialog):
    """The page as a window that the teacher closes."""

    def __init__(self, shortcut: str) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 20)
        layout.setSpacing(12)
        title = QLabel(f"<span style='font-size:18pt; font-weight:600'>{TITLE}</span>")
        layout.addWidget(title)
        for line in introduction(shortcut):
            label = QLabel(line)
            label.setWordWrap(True)
            label.setMinimumWidth(480)
            layout.addWidget(label)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        layout.addWidget(buttons)
