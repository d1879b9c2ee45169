"""What is around and over the tiles of ``scenes``: windows, bars, panels, shared slides, captions."""

from __future__ import annotations

from tests.agent.layout.scenes import Area, Scene


def tools(scene: Scene, area: Area, back: str, style: str = "") -> None:
    """A bar with round buttons in its middle and a title at its left."""
    left, top, wide, high = area
    scene.box(area, f"background:{back};{style}")
    side = min(40.0, high - 12)
    for k in range(-4, 5):
        colour = "#e04646" if k == 4 else "rgba(140,140,150,.5)"
        place = (left + wide / 2 + k * (side + 12) - side / 2, top + (high - side) / 2, side, side)
        scene.box(place, f"border-radius:50%;background:{colour}")
    scene.text(left + 18, top + high / 2 - 9, "9:41 | Biology", "font-size:14px")


def wallpaper(scene: Scene) -> None:
    """What is behind windows: a photo, or a gradient."""
    whole = (0.0, 0.0, scene.width, scene.height)
    if scene.chance(0.6):
        scene.photo(whole)
    else:
        tints = [int(value) for value in scene.rng.integers(0, 360, 2)]
        scene.box(
            whole,
            f"background:linear-gradient({tints[0]}deg,hsl({tints[0]},60%,30%),hsl({tints[1]},70%,65%))",
        )


def window(scene: Scene, area: Area, bar: str, high: float = 30) -> Area:
    """A window with a title bar; gives what is left of its area."""
    left, top, wide, tall = area
    shadow = "box-shadow:0 8px 30px rgba(0,0,0,.5)"
    scene.box(area, f"background:{bar};border-radius:9px 9px 0 0;{shadow}")
    if scene.chance(0.5):
        for k, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
            scene.box(
                (left + 12 + 20 * k, top + high / 2 - 6, 12, 12), f"background:{colour};border-radius:50%"
            )
    else:
        scene.text(left + wide - 110, top + high / 2 - 9, "&#8211; &#9633; &#10005;", f"color:{ink(bar)}")
    scene.text(left + wide / 2 - 50, top + high / 2 - 8, "Meeting 9b", f"font-size:13px;color:{ink(bar)}")
    return left, top + high, wide, tall - high


def browser(scene: Scene, area: Area) -> Area:
    """A browser with tabs, address and bookmarks; gives what is left of its area."""
    left, top, wide, tall = area
    dark = scene.chance(0.5)
    back, field, ink = ("#202124", "#35363a", "#ddd") if dark else ("#dee1e6", "#ffffff", "#333")
    scene.box((left, top, wide, 112), f"background:{back}")
    scene.box((left, top + 40, wide, 72), f"background:{field}")
    for k in range(4):
        place = (left + 90 + 200 * k, top + 8, 192, 33)
        scene.box(place, f"background:{field if k == 1 else back};border-radius:8px 8px 0 0")
        scene.text(place[0] + 12, place[1] + 8, ("Meet", "Grades - School", "Mail (3)", "Timetable")[k],
                   f"font-size:12px;color:{ink}")  # fmt: skip
    scene.box((left + 110, top + 46, wide - 260, 28), f"background:{back};border-radius:14px")
    scene.text(left + 130, top + 52, "meet.example/abc-defg-hij", f"font-size:13px;color:{ink}")
    for k in range(7):
        scene.box(
            (left + 14 + 120 * k, top + 86, 16, 16), f"background:hsl({k * 50},60%,50%);border-radius:3px"
        )
        scene.text(left + 36 + 120 * k, top + 86, "Bookmark", f"font-size:12px;color:{ink}")
    return left, top + 112, wide, tall - 112


def side_panel(scene: Scene, area: Area, back: str) -> None:
    """A chat, or the list of participants."""
    left, top, wide, high = area
    scene.box(area, f"background:{back};border-radius:10px")
    colour = ink(back)
    chat = scene.chance(0.5)
    scene.text(left + 16, top + 14, "Chat" if chat else "Participants (25)", f"color:{colour}")
    y, k = top + 50, 0
    while y < top + high - 90:
        name = scene.names[k % len(scene.names)]
        scene.box((left + 14, y, 28, 28), f"border-radius:50%;background:hsl({k * 67 % 360},45%,50%)")
        scene.text(left + 52, y, name, f"color:{colour};font-size:13px")
        if chat:
            words = "I did not get the second question, sorry" if k % 2 else "yes!"
            style = f"color:{colour};font-size:13px;width:{wide - 70}px;white-space:normal"
            scene.text(left + 52, y + 20, words, style)
        y, k = y + (64 if chat else 40), k + 1
    scene.box(
        (left + 12, top + high - 54, wide - 24, 40),
        f"border:1px solid #888;border-radius:20px;background:{back}",
    )


def over(scene: Scene, area: Area) -> str:
    """Things that programs draw over the lower or left tiles; says which."""
    left, top, wide, high = area
    kind = str(scene.rng.choice(["", "", "captions", "reactions", "toast", "toolbar", "timer"]))
    if kind == "captions":
        place = (left + wide * 0.2, top + high - 100, wide * 0.6, 76)
        scene.box(place, "background:rgba(0,0,0,.75);border-radius:8px")
        for line in range(2):
            words = "so the cell takes up water until the pressure is the same on both"
            scene.text(place[0] + 24, place[1] + 12 + 28 * line, words, "font-size:18px;color:#fff")
    if kind == "reactions":
        for k in range(6):
            x, y = left + 20 + scene.rng.uniform(0, 130), top + high - 60 - k * high / 9
            tint = ("#f9c74f", "#f4a261", "#e63946")[k % 3]
            scene.box((x, y, 34, 34), f"background:{tint};border-radius:50%")
    if kind == "toast":
        place = (left + wide / 2 - 170, top + high - 74, 340, 48)
        scene.box(place, "background:rgba(40,40,44,.95);border-radius:24px")
        scene.text(place[0] + 30, place[1] + 14, "Your hand is raised.", "font-size:15px")
    if kind == "toolbar":
        tools(scene, (left + wide / 2 - 280, top + high - 66, 560, 54), "#1d1e20", "border-radius:12px")
    if kind == "timer":
        place = (left + wide / 2 - 60, top + 6, 120, 30)
        scene.box(place, "background:rgba(200,30,30,.9);border-radius:6px")
        scene.text(place[0] + 18, place[1] + 6, "&#9679; REC 12:04", "font-size:13px;color:#fff")
    return kind


def shared(scene: Scene, area: Area) -> None:
    """What somebody shares: a slide with text, a slide with pictures, or a text."""
    left, top, wide, high = area
    scene.box(area, "background:#fff")
    scene.text(
        left + wide * 0.07,
        top + high * 0.06,
        "Osmosis in plant cells",
        f"color:#123;font-size:{high / 16:.0f}px",
    )
    kind = int(scene.rng.integers(3))
    if kind == 1:
        for k in range(int(scene.rng.choice([1, 2, 4]))):
            place = (
                left + wide * (0.07 + 0.45 * (k % 2)),
                top + high * (0.22 + 0.37 * (k // 2)),
                wide * 0.4,
                high * 0.33,
            )
            scene.photo(place)
    else:
        for k in range(10 if kind else 5):
            line = "&#8226; water moves through the membrane"
            scene.text(left + wide * 0.08, top + high * (0.22 + 0.07 * k), line,
                       f"color:#333;font-size:{high / 30:.0f}px")  # fmt: skip


def ink(back: str) -> str:
    return "#222" if back in {"#ffffff", "#f5f5f5", "#ebebeb", "#f7f7f7"} else "#ddd"
