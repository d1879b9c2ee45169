"""Descriptions of message fields for the schema, one line each, where name and type are not enough.

exporter/FEED.md has more detail. A test compares the keys with the existing fields.
"""

from __future__ import annotations

VALENCE = "how pleasant the expression looks, -1 (unpleasant) to 1"
AROUSAL = "how lively the expression looks, -1 (calm) to 1"
MOTIVATION = "0 to 1, a proxy from expression and direction of the head, no measure of a person"

DESCRIPTIONS: dict[str, dict[str, str]] = {
    "HelloMessage": {
        "protocol": "the format's name and version",
        "session": "random, another one at each start of the agent",
        "started": "when the agent started",
        "labels": "the seven expressions",
    },
    "SourcePart": {
        "kind": "screen, media, camera, webrtc or demo",
        "name": "of the file, window or device; empty except in privacy mode tiles",
        "width": "pixels, at the start",
        "height": "pixels, at the start",
    },
    "ModelPart": {
        "name": "of the classifier's card",
        "sha256": "of the classifier's file, hexadecimal",
        "input": "height, width and channels of one face, in pixels",
    },
    "PrivacyPart": {
        "mode": "what leaves the agent: all tiles, the room alone, or nothing",
        "min_group": "minimum number of faces for figures in mode room: read or, under a policy, found",
        "policy": "the law at the place of use; all values except none forbid inferring expressions",
    },
    "RoomMessage": {
        "time": "when the frame was captured",
        "tiles": "the tiles in sight, in reading order; empty except in privacy mode tiles",
        "alerts": "the rules that hold now",
        "markers": "the newest 50, oldest first",
        "seq": "counts the messages of the session; a client that asked for fewer misses some numbers",
        "age_ms": "from the capture of the frame to the end of its analysis, milliseconds",
    },
    "AckMessage": {"seq": "of the message that was received: the next one may come"},
    "FramePart": {"width": "pixels", "height": "pixels"},
    "StatusPart": {
        "dropped": "frames left out: overwritten before they could be read, or never decoded",
        "paused": "nothing is read because a client asked for a pause",
        "place": "of the frame on the agent's desktop; null for a source that is not the screen",
        "failed": "frames that could not be read",
        "failing": "no frame can be read now; the last readings are repeated",
    },
    "TilePart": {
        "id": "of a participant in this session; random, no name",
        "row": "from 0 at the top",
        "col": "from 0 at the left",
        "speaking": "whether a speaker's border was seen around the tile",
        "face": "null while none is seen, or the participant is excluded",
        "emotion": "the expression; null while nothing is said",
        "reason": "null with an emotion, and without a face, except of who is excluded",
        "since": "when the present label or reason began; where there is neither, the present state",
        "motivation": MOTIVATION + "; null without an emotion",
    },
    "FacePart": {
        "confidence": "how sure the detector is that this is a face, 0 to 1",
        "facing": "1 looks at the camera, 0 is a profile",
    },
    "EmotionPart": {
        "label": "the expression that is said",
        "confidence": "the probability of label, which is not always the largest",
        "valence": VALENCE,
        "arousal": AROUSAL,
    },
    "RoomPart": {
        "tiles": "tiles in sight",
        "faces": "tiles with a face",
        "read": "faces of which an expression is said",
        "scores": "the mean over the faces that were read; null while there is none",
        "label": "the largest of scores",
        "valence": VALENCE + "; the mean",
        "arousal": AROUSAL + "; the mean",
        "attention": "0 to 1: the mean of facing over the tiles with the camera on, 0 where no face shows",
        "motivation": MOTIVATION + "; the mean",
        "intervals": "null while no face is read",
        "trend": "null until enough was seen",
        "advice": "null where a policy forbids inferring expressions",
    },
    "ChangePart": {"change": "the last minute minus the minutes before it, in the figure's own unit"},
    "AdvicePart": {"text": "a plain sentence: a hint, no finding", "evidence": "the figures behind it"},
    "AlertPart": {
        "name": "of the rule in the configuration",
        "text": "what holds now, with its evidence",
        "tiles": "the ids on which the alert is based",
        "since": "when the rule began to hold",
    },
    "LoadPart": {
        "used": "share of one core that the analysis used over the last seconds",
        "budget": "share of one core that it may use; null: no limit",
        "waiting": "tiles whose turn has not come yet",
    },
    "MarkerPart": {"text": "what somebody wrote or chose", "time": "the moment that was marked"},
    "RecordPart": {"reason": "why the last write failed; null where none did"},
    "OverlayCommand": {"boxes": "what an overlay draws over the frame now, for the agent to leave out"},
}

WORDS: dict[str, str] = {
    "TileState": "What a tile shows. camera_off: also a photo, a picture that stood still for half a minute.",
    "Reason": "Why nothing is said of a face. small: too few pixels. blurred, dark: the picture. turned: the "
    "head. covered: by a mask. unsure: no expression is likely enough. warming_up: seen for less than half a "
    "second. private: excluded, or a policy forbids it.",
}
"""Descriptions of the types whose values are words."""
