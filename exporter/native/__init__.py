"""The overlay on the teacher's screen: a feed client in a separate process.

Placement, looks, fading and motion are decided in modules without Qt; only modules named ``qt_*`` import Qt.
"""
