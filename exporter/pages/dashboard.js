// The dashboard: takes messages of the feed and hands them to its panels, at most once a drawn frame.

import { byId, onNextFrame, setAttribute, setText } from "./dom.js";
import { Feed, wantedRate } from "./feed.js";
import { parseHistory, parseMessage } from "./feed_message.js";
import { Gallery } from "./gallery.js";
import { Markers, onAlertId, outlined, showAdvice, showAlerts } from "./lesson_panels.js";
import { Distribution, Gauges, Person } from "./panels.js";
import { Timeline } from "./timeline.js";
import { REFUSED, authorised, takeToken } from "./token.js";
import {
  EXCLUDED,
  NOT_INFERRED,
  abstainText,
  ageText,
  infers,
  isEverybodyExcluded,
  sourceCondition,
  summaryText,
} from "./words.js";

// A screen reader is told of the room this often at most.
const SPEAK_MS = 15_000;
// The rate is measured over this long.
const RATE_MS = 5000;

const EMPTY = {
  connecting: ["Connecting to the agent…", "The readings appear here as soon as it answers."],
  refused: [
    "The agent did not let this page in",
    "Open the address that it printed at its start: it carries the key of this session.",
  ],
  waiting: ["Waiting for the first picture", "The source has not sent one yet."],
  unshared: [
    "Nobody shares a picture now",
    "On the share page pick the meeting's window, or start the stream in OBS.",
  ],
  gone: ["No answer from the agent", "What it says next appears here."],
  paused: ["Paused", "Press Resume to read again."],
  failing: ["The pictures cannot be read", "The agent's log says why. It goes on trying."],
  none: ["No gallery in sight", "Open the gallery view of your meeting and keep its window visible."],
  lost: [
    "The source is lost",
    "The agent tries to get the picture back by itself. Is the meeting still open?",
  ],
  off: ["Readings are switched off", "The privacy mode is “off”: nothing is read of anybody."],
};

const BANNERS = {
  stale: "No news from the agent: what you see is the last it said.",
  gone:
    "The agent does not answer. Trying again… If it was ended, start it and open the address that it prints.",
  refused: REFUSED,
  lost: "Source lost: the agent is trying to get the picture back.",
  stalled: "No new picture for a while: what you see is the last reading.",
  failing: "The pictures cannot be read (the agent's log says why): what you see is the last reading.",
  paused: "Paused: nothing is read until you resume.",
};

const RECORD_WORDS = {
  recording: "recording",
  paused: "recording paused",
  failed: "recording failed",
  stopped: "recording stopped",
};

const POLICY_WORDS = { eu_education: "EU AI Act: education", eu_work: "EU AI Act: work" };

const STATE_WORDS = { gone: "no answer", unshared: "nothing shared" };

// The conditions in which the panels do not show what was read before.
const FRESH = new Set(["live", "waiting", "connecting"]);

// What the panels show before the first message: everything unknown.
const NOTHING = parseMessage('{"type": "room"}');

const view = {
  hello: null,
  message: null,
  link: { state: "connecting", open: false },
  hover: null,
  selected: null,
  wasRead: false,
};
const soon = onNextFrame(draw);
let spoken = -Infinity;
let seqs = [];

const person = new Person((command) => feed.send(command));
const distribution = new Distribution();
const gauges = new Gauges();
const timeline = new Timeline(byId("timeline"));
const gallery = new Gallery((id, kind) => {
  view[kind === "select" ? "selected" : "hover"] = id;
  soon();
});

// --- what to say -------------------------------------------------------------------------------------------

// "live" if all is well, otherwise the worst of what is wrong.
function condition() {
  const { state, open } = view.link;
  if (state === "stale") return open ? "stale" : "gone";
  if (state !== "live") return state;
  return view.message ? sourceNow() : "connecting";
}

const sourceNow = () => sourceCondition(view.hello?.source.kind, view.message);

function emptyKind() {
  const mode = view.hello?.privacy.mode ?? "tiles";
  if (view.link.state === "refused") return "refused";
  if (!view.message) return "connecting";
  if (view.message.tiles.length) return null;
  // Without an agent neither Resume nor another view of the meeting helps.
  if (condition() === "gone") return mode === "room" ? mode : "gone";
  const source = sourceNow();
  if (["paused", "failing", "lost", "unshared"].includes(source)) return source;
  if (mode === "off") return mode;
  if (source === "waiting") return source;
  if (mode === "room") return mode;
  return "none";
}

// Frames analysed per second, from the messages' counter: not all messages reach this page.
function rate(message, now) {
  if (seqs.length && message.seq < seqs.at(-1).seq) seqs = [];
  seqs = [...seqs.filter(({ at }) => now - at < RATE_MS), { at: now, seq: message.seq }];
  const first = seqs[0];
  return now - first.at > 900 ? ((message.seq - first.seq) * 1000) / (now - first.at) : null;
}

// Why the room says nothing although all is well; empty: it will.
function silence() {
  if (view.hello?.privacy.mode === "off") return "Readings are switched off";
  if (view.message?.source.paused) return condition() === "gone" ? "No answer" : "Paused";
  if (!infers(view.hello)) return NOT_INFERRED;
  return isEverybodyExcluded(view.message?.tiles ?? []) ? EXCLUDED[0] : "";
}

// --- drawing -----------------------------------------------------------------------------------------------

// A failing recording must be noticed, and a running one must not be forgotten.
function drawRecord({ state: given, reason }, paused) {
  const state = given === "recording" && paused ? "paused" : given;
  const said = RECORD_WORDS[state];
  setText(byId("record"), said ? (state === "failed" && reason ? `${said}: ${reason}` : said) : "");
  setAttribute(byId("record"), "data-state", state);
}

// What the privacy settings hold back, as far as the page looks different for it.
function privacyText(privacy) {
  const { mode = "tiles", minGroup = 0, policy = "none" } = privacy ?? {};
  const least = policy === "none" && minGroup ? `, from ${minGroup} faces` : "";
  const parts = [mode === "room" ? `privacy: only the room is shown${least}` : ""];
  return [...parts, policy === "none" ? "" : (POLICY_WORDS[policy] ?? `policy ${policy}`)].filter(Boolean).join(" · ");
}

// The pause is shared: what the overlay paused can be resumed here, and vice versa.
function drawPause() {
  const button = byId("pause");
  button.disabled = !view.link.open || !view.message;
  setText(button, view.message?.source.paused ? "Resume" : "Pause");
}

function drawHeader(now) {
  const kind = condition();
  const { hello } = view;
  setAttribute(byId("source"), "data-state", kind);
  setText(byId("source-state"), STATE_WORDS[kind] ?? kind);
  setText(
    byId("source-name"),
    hello ? [hello.source.kind, hello.source.name].filter(Boolean).join(" · ") : "",
  );
  // Of no tiles there is nothing that could be old.
  const isShown = kind === "live" && view.message.room.tiles > 0;
  setText(byId("age"), isShown ? ageText(view.message.age) : "");
  const { record, source } = view.message ?? NOTHING;
  drawRecord(record, source.paused);
  setText(byId("policy"), privacyText(hello?.privacy));
  // Frames without a face have no readings.
  const isReading = view.message?.room.faces > 0 && kind === "live";
  const perSecond = isReading ? rate(view.message, now) : null;
  setText(byId("rate"), perSecond === null ? "" : `read ${perSecond.toFixed(1)} times a second`);
  byId("rate").title = hello?.model.name ? `Expressions by the model “${hello.model.name}”` : "";
  setAttribute(document.body, "data-condition", kind);
  setAttribute(document.body, "data-fresh", FRESH.has(kind) ? "yes" : "no");
  setAttribute(document.body, "data-connection", view.link.state);
  setAttribute(document.body, "data-mode", hello?.privacy.mode ?? "tiles");
  setAttribute(document.body, "data-infers", infers(hello) ? "yes" : "no");
  const banner = byId("banner");
  banner.hidden = !(kind in BANNERS) || !view.message;
  setText(banner, banner.hidden ? "" : BANNERS[kind]);
}

function drawEmpty() {
  const kind = emptyKind();
  setAttribute(document.body, "data-empty", kind ?? "no");
  byId("empty").hidden = kind === null;
  byId("tiles").hidden = kind !== null;
  // In mode room the whole panel is away.
  if (!(kind in EMPTY)) return;
  const [title, text] = EMPTY[kind];
  byId("empty-link").hidden = kind !== "unshared";
  setText(byId("empty-title"), title);
  setText(byId("empty-text"), text);
}

function speak(message, now) {
  const said = summaryText(message, infers(view.hello));
  if (now - spoken < SPEAK_MS || byId("spoken").textContent === said) return;
  spoken = now;
  setText(byId("spoken"), said);
}

function galleryNote({ tiles, room }) {
  const inState = (state) => tiles.filter((tile) => tile.state === state).length;
  const [off, excluded] = [inState("camera_off"), inState("excluded")];
  const parts = [`${room.tiles} ${room.tiles === 1 ? "tile" : "tiles"}`];
  if (off) parts.push(`${off} with the camera off`);
  if (excluded) parts.push(`${excluded} excluded`);
  const why = abstainText(tiles);
  if (why) parts.push(`not read: ${why}`);
  return room.tiles ? parts.join(" · ") : "";
}

function draw() {
  const now = performance.now();
  drawHeader(now);
  drawPause();
  drawEmpty();
  const message = view.message ?? NOTHING;
  gallery.show(message.tiles, outlined(message.alerts));
  setText(byId("gallery-note"), galleryNote(message));
  distribution.show(message, silence(), infers(view.hello), view.wasRead);
  gauges.show(message.room);
  const chosen = [null, view.selected].includes(view.hover);
  person.show(message, view.hover ?? view.selected, chosen, infers(view.hello));
  // It would speak of faces that cannot come.
  showAdvice(isEverybodyExcluded(message.tiles) ? null : message.room.advice);
  showAlerts(message.alerts);
  markers.show(message.markers);
  if (view.message) speak(message, now);
}

// What the room showed before this page came, or while it had no connection. Without it the chart begins empty.
async function recall() {
  try {
    const answer = await fetch("/history", { headers: authorised(token), cache: "no-store" });
    if (!answer.ok) return;
    const samples = parseHistory(await answer.json());
    view.wasRead ||= samples.some(({ scores }) => scores !== null);
    timeline.fill(samples);
  } catch {
    // The feed says what is wrong.
  }
}

const options = new URLSearchParams(window.location.search);
const token = takeToken(window.location, window.history);
const feed = new Feed(
  token,
  {
    hello: (message) => {
      view.hello = message;
      view.wasRead = false;
      timeline.begin(infers(message));
      markers.takeWords(message.privacy.mode !== "room");
      setText(byId("time-title"), infers(message) ? "Last 5 minutes" : "Attention, 5 min");
      recall();
      soon();
    },
    room: (message) => {
      view.message = message;
      view.wasRead ||= message.room.read > 0;
      timeline.add(message.time ?? Date.now(), message.room, message.markers);
      soon();
    },
    state: (state, open) => {
      view.link = { state, open };
      markers.enable(open);
      soon();
    },
  },
  wantedRate(options, 5),
);
const markers = new Markers((command) => feed.send(command));
onAlertId((id) => gallery.select(id));
byId("pause").addEventListener("click", () =>
  feed.send({ type: view.message?.source.paused ? "resume" : "pause" }),
);
feed.start();
