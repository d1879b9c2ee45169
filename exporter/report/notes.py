"""The report's texts around the charts: how to interpret them, what was not read, the recording. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from agent.values import POLICY_PLACES
from exporter.recorder.session import RecordedSession
from exporter.report import reliability
from exporter.report.figures import OUTCOMES, READ, Summary
from exporter.report.formatting import OUTCOME_WORDS, zone
from exporter.words import duration, percent

NOT_FOR = (
    "<b>In the European Union</b> inferring emotions of people in education or at work is prohibited, save "
    "for medical or safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f)).",
    "Never use it to grade, rank, discipline or select anybody, or to judge a single person, in any country.",
    "It measures no interest, no learning and no effort. An expression is not a feeling: people smile out of "
    "politeness and frown when they think.",
    "Do not pass it on without asking those who are in it. Whoever asks may see their own line, and have it "
    "deleted: <code>readtheroom forget SESSION --participant ID</code>.",
)


NOT_A_FEELING = (
    "<b>An expression is not a feeling.</b> This page says which of seven acted-out expressions faces "
    "resembled, in the eyes of a small model that is often wrong. It helps to remember a lesson, and is "
    "no measurement of people."
)
NOT_INFERRED = (
    "<b>No expression was inferred.</b> It was recorded under <code>privacy.policy: {policy}</code>: "
    "the EU AI Act (Regulation (EU) 2024/1689, Article 5(1)(f)) forbids to infer emotions of people {place}, "
    "except for medical or safety reasons. This page says who was in sight and which way heads pointed."
)


def before(session: RecordedSession) -> str:
    """How to interpret the page, to be read first."""
    details = session.details
    place = POLICY_PLACES.get(details.policy, "where it is used")
    told = NOT_INFERRED.format(policy=escape(details.policy), place=place)
    notes = [NOT_A_FEELING if details.infers else told]
    if not session.is_finished:
        notes.append(
            "<b>This session has no proper end:</b> it still runs, or the program was stopped by force. What "
            "was recorded until then is complete but for the last second."
        )
    if details.privacy_mode == "room":
        notes.append("It was recorded in the mode “room”: nothing was kept of single participants.")
    return '<aside class="before">' + "".join(f"<p>{note}</p>" for note in notes) + "</aside>"


def unread(session: RecordedSession, summary: Summary) -> str:
    """How much was not read, and why; if inferring is forbidden, what was in sight."""
    total = float(summary.time.sum())
    if not total:
        return ""
    title, told = "What was not read, and why", f"<p>{reliability.abstention_sentence(summary)}</p>"
    if not session.details.infers:
        title, told = "What was in sight", ""
    rows = [("read", "read", "an expression was read", float(summary.time[:READ].sum()))]
    rows += [
        (name, *OUTCOME_WORDS[name], float(summary.time[OUTCOMES.index(name)])) for name in OUTCOMES[READ:]
    ]
    lines = "".join(
        f"<tr><th>{word}</th><td>{escape(text)}</td>"
        f'<td class="bar"><i class="{name}" style="width:{seconds / total * 100:.1f}%"></i></td>'
        f"<td>{percent(seconds / total) if seconds / total >= 0.005 else '&lt; 1 %'}</td></tr>"
        for name, word, text, seconds in rows
        if seconds > 0
    )
    return section(
        title,
        f'{told}<table class="fates"><tbody>{lines}</tbody></table>'
        f"<p><small>Shares of {duration(total)} of tile time: ten tiles for one minute are ten minutes."
        "</small></p>",
    )


def about(session: RecordedSession, summary: Summary) -> str:
    """The facts of the recording, and of the model if it was used."""
    details, model = session.details, session.details.model
    rate = len(session.seconds) / max(summary.seen, 1e-9)
    facts = (
        ("session", details.name),
        ("source", ", ".join(filter(None, (details.source_kind, details.source_name)))),
        ("readings", f"{len(session.seconds):,} of the room, {len(session.said):,} of single tiles"),
        ("rate", f"{rate:.1f} a second"),
        ("times", f"local, {zone(session.utc_offset)}" if details.is_live else ""),
        ("frames left out", f"{int(session.counts[-1, 3]):,}"),
        ("privacy", f"mode {details.privacy_mode}, at least {details.min_group} faces in mode room"),
        ("policy", details.policy),
        ("model", f"{model.name}, sha256 {model.sha256[:16]}…" if details.infers else ""),
        ("trained on", model.trained_on if details.infers else ""),
        ("its limits", model.limits if details.infers else ""),
        ("pictures", "none: no picture is ever recorded"),
    )
    lines = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
    return section("About this recording", f"<dl>{lines}</dl>")


def section(title: str, inner: str, kind: str = "") -> str:
    """One section of the page; empty without content."""
    return f'<section class="{kind}"><h2>{escape(title)}</h2>{inner}</section>' if inner else ""


def bullet_list(items: Iterable[str]) -> str:
    """Paragraphs of HTML as a list."""
    return '<ul class="plain">' + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
