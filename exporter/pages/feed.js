// The feed, version 1, for both pages: connect, acknowledge, reconnect, and one way to read a message.
//
// States of a connection: "connecting" (not open yet, or lost and being tried again), "live", "stale" (open
// or not, but nothing came for STALE_MS) and "refused" (the agent answers and will not let this page in).

import { LABELS } from "./palette.js";

// The agent repeats its message each second while it reads nothing.
export const STALE_MS = 3000;
const RETRY_MS = { first: 250, most: 5000, refused: 10000 };
const MOST_TILES = 500;
const TILE_STATES = ["face", "no_face", "camera_off", "excluded"];
const SOURCE_STATES = ["live", "stalled", "lost"];
const RECORD_STATES = ["off", "recording", "failed", "stopped"];
const POLICIES = ["none", "eu_education", "eu_work"];
const SCOPES = ["room", "participant"];
const DIRECTIONS = ["rising", "steady", "falling"];
const FIGURES = ["valence", "arousal", "attention", "motivation"];
const TEMPOS = ["slower", "keep", "faster", "unknown"];
const MOST_MARKERS = 50;

// --- reading a message -------------------------------------------------------------------------------------

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value) => (isObject(value) ? value : {});
const list = (value) => (Array.isArray(value) ? value : []);
const text = (value, most = 200) => (typeof value === "string" ? value.slice(0, most) : "");
const oneOf = (value, choices, otherwise) => (choices.includes(value) ? value : otherwise);

const when = (value) => (typeof value === "string" ? Date.parse(value) || null : null);

function number(value, low, high, otherwise) {
  return typeof value === "number" && Number.isFinite(value)
    ? Math.min(Math.max(value, low), high)
    : otherwise;
}

function box(value) {
  const numbers = list(value)
    .slice(0, 4)
    .map((part) => number(part, -1e6, 1e6, NaN));
  const usable = numbers.length === 4 && !numbers.some(Number.isNaN) && numbers[2] > 0 && numbers[3] > 0;
  return usable ? { left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3] } : null;
}

function scores(value) {
  if (!isObject(value)) return null;
  return Object.fromEntries(LABELS.map((label) => [label, number(value[label], 0, 1, 0)]));
}

function emotion(value) {
  if (!isObject(value) || !LABELS.includes(value.label)) return null;
  return {
    label: value.label,
    confidence: number(value.confidence, 0, 1, 0),
    scores: scores(value.scores) ?? scores({}),
    valence: number(value.valence, -1, 1, 0),
    arousal: number(value.arousal, -1, 1, 0),
  };
}

function face(value) {
  const place = box(object(value).box);
  if (!place) return null;
  return { box: place, confidence: number(value.confidence, 0, 1, 0), facing: number(value.facing, 0, 1, 0) };
}

function tile(value) {
  const place = box(object(value).box);
  if (!place || typeof value.id !== "string") return null;
  const state = oneOf(value.state, TILE_STATES, "no_face");
  return {
    id: text(value.id, 60),
    row: number(value.row, 0, 1000, 0),
    col: number(value.col, 0, 1000, 0),
    box: place,
    state,
    speaking: value.speaking === true,
    face: face(value.face),
    emotion: state === "face" ? emotion(value.emotion) : null,
    reason: text(value.reason, 40),
    since: when(value.since),
    motivation: number(value.motivation, 0, 1, null),
  };
}

function alert(value) {
  const given = object(value);
  return {
    name: text(given.name, 60),
    text: text(given.text, 300),
    tiles: list(given.tiles)
      .filter((id) => typeof id === "string")
      .slice(0, MOST_TILES),
    since: when(given.since),
    scope: oneOf(given.scope, SCOPES, "participant"),
  };
}

function marker(value) {
  const given = object(value);
  const time = when(given.time);
  return time === null ? null : { text: text(given.text, 80), time };
}

function intervals(value) {
  if (!isObject(value)) return null;
  const ends = (label) => list(value[label]).map((end) => number(end, 0, 1, NaN));
  const known = LABELS.map((label) => [label, ends(label)]);
  const usable = known.every(([, pair]) => pair.length === 2 && !pair.some(Number.isNaN));
  return usable ? Object.fromEntries(known) : null;
}

function trend(value) {
  if (!isObject(value)) return null;
  const change = (given) => ({
    change: number(given.change, -2, 2, 0),
    direction: oneOf(given.direction, DIRECTIONS, "steady"),
  });
  return Object.fromEntries(FIGURES.map((name) => [name, change(object(value[name]))]));
}

function advice(value) {
  if (!isObject(value)) return null;
  return {
    tempo: oneOf(value.tempo, TEMPOS, "unknown"),
    text: text(value.text, 300),
    evidence: text(value.evidence, 400),
  };
}

function summary(value) {
  const given = object(value);
  return {
    tiles: number(given.tiles, 0, 1e6, 0),
    faces: number(given.faces, 0, 1e6, 0),
    read: number(given.read, 0, 1e6, 0),
    scores: scores(given.scores),
    label: oneOf(given.label, LABELS, null),
    valence: number(given.valence, -1, 1, null),
    arousal: number(given.arousal, -1, 1, null),
    attention: number(given.attention, 0, 1, null),
    motivation: number(given.motivation, 0, 1, null),
    intervals: intervals(given.intervals),
    trend: trend(given.trend),
    advice: advice(given.advice),
  };
}

function hello(given) {
  const source = object(given.source);
  const privacy = object(given.privacy);
  return {
    type: "hello",
    session: text(given.session),
    source: { kind: text(source.kind, 40), name: text(source.name, 120) },
    model: { name: text(object(given.model).name, 120) },
    privacy: {
      mode: text(privacy.mode, 20) || "tiles",
      minGroup: number(privacy.min_group, 0, 1e6, 0),
      policy: oneOf(privacy.policy, POLICIES, "none"),
    },
  };
}

function room(given) {
  const frame = object(given.frame);
  const tiles = list(given.tiles).slice(0, MOST_TILES).map(tile).filter(Boolean);
  return {
    type: "room",
    seq: number(given.seq, 0, Number.MAX_SAFE_INTEGER, 0),
    time: when(given.time),
    age: number(given.age_ms, 0, 1e9, null),
    frame: { width: number(frame.width, 0, 1e6, 0), height: number(frame.height, 0, 1e6, 0) },
    source: {
      state: oneOf(object(given.source).state, SOURCE_STATES, "live"),
      paused: object(given.source).paused === true,
      failing: object(given.source).failing === true,
    },
    tiles: [...new Map(tiles.map((one) => [one.id, one])).values()],
    room: summary(given.room),
    alerts: list(given.alerts).slice(0, 50).map(alert),
    markers: list(given.markers).slice(-MOST_MARKERS).map(marker).filter(Boolean),
    record: {
      state: oneOf(object(given.record).state, RECORD_STATES, "off"),
      reason: text(object(given.record).reason, 200),
    },
  };
}

// A message of the feed as the pages use it, every value in its range and every key there; null for anything
// else.
export function parseMessage(data) {
  if (typeof data !== "string") return null;
  let given;
  try {
    given = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isObject(given)) return null;
  if (given.type === "hello") return hello(given);
  return given.type === "room" ? room(given) : null;
}

// What /history answers as {time, scores or null}, oldest first; empty for anything else.
export function parseHistory(given) {
  return list(object(given).samples)
    .map(object)
    .map((sample) => ({
      time: when(sample.time),
      scores: scores(sample.scores),
      attention: number(sample.attention, 0, 1, null),
    }))
    .filter(({ time }) => time !== null);
}

// --- decisions ---------------------------------------------------------------------------------------------

// `link` holds {open, refused, last}: `last` is when the newest message came, null for never; times in ms.
export function connectionState(link, now) {
  if (link.refused) return "refused";
  if (link.last !== null && now - link.last > STALE_MS) return "stale";
  return link.open && link.last !== null ? "live" : "connecting";
}

export function retryDelay(attempt) {
  return Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** Math.min(attempt, 10));
}

// The feed's address for a page's location, with the options in `wanted`.
export function feedAddress(location, token, wanted = {}) {
  const address = new URL("/feed", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = new URLSearchParams({ ack: "1", ...wanted, ...(token ? { token } : {}) }).toString();
  return address.href;
}

// How many messages a second a page asks for: `hz` in its address, else `otherwise`. Drawing is what costs:
// at 5 a second the dashboard with 49 tiles takes an eighth of a core, and nobody reads faster.
export function wantedRate(options, otherwise) {
  const asked = Number(options.get("hz"));
  return { hz: String(asked > 0 && asked <= 60 ? asked : otherwise) };
}

// The headers of a request that shows the token, if there is one.
export const authorised = (token) => (token ? { Authorization: `Bearer ${token}` } : {});

// Takes the token out of the address bar, where screenshots and shared screens would show it, and keeps it for
// reloads where only this tab's pages of this port can read it: cookies go to every port of the machine. A pass
// that was used up goes from there as well.
export function takeToken(location, history, storage = () => window.sessionStorage) {
  const address = new URL(location.href);
  const token = address.searchParams.get("token") ?? "";
  if (token || address.searchParams.has("pass")) {
    address.searchParams.delete("token");
    address.searchParams.delete("pass");
    history.replaceState(null, "", address.pathname + address.search + address.hash);
  }
  try {
    if (token) storage().setItem("token", token);
    return token || (storage().getItem("token") ?? "");
  } catch {
    // A browser that keeps nothing for pages: the token serves until the page is reloaded.
    return token;
  }
}

// --- the connection ----------------------------------------------------------------------------------------

export class Feed {
  // `handlers`: hello(message), room(message), state(name, open). `wanted` are options of the feed such as
  // {hz: "5"}.
  constructor(token, handlers, wanted = {}) {
    this.token = token;
    this.handlers = handlers;
    this.wanted = wanted;
    this.link = { open: false, refused: false, last: null };
    this.attempt = 0;
    this.told = "";
    this.socket = null;
  }

  start() {
    this.#tell();
    this.#connect();
    setInterval(() => this.#tell(), 250);
  }

  // Asks the agent for something, such as {type: "marker", text}; false when nobody is there to ask.
  send(command) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(command));
    return true;
  }

  #connect() {
    const socket = new WebSocket(feedAddress(window.location, this.token, this.wanted));
    this.socket = socket;
    socket.onopen = () => {
      this.link = { ...this.link, open: true, refused: false };
    };
    socket.onmessage = (event) => this.#take(socket, event.data);
    socket.onclose = (event) => this.#closed(event.code);
  }

  #take(socket, data) {
    const message = parseMessage(data);
    if (!message) return;
    this.attempt = 0;
    this.link = { ...this.link, last: performance.now() };
    this.handlers[message.type](message);
    // Acknowledged when taken, not when drawn: a hidden tab draws nothing and must still follow the lesson.
    if (message.type === "room") socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
    this.#tell();
  }

  async #closed(code) {
    const wasOpen = this.link.open;
    this.link = { ...this.link, open: false };
    const refused = code === 1008 || (!wasOpen && (await this.#isRefused()));
    this.link = { ...this.link, refused };
    this.#tell();
    setTimeout(() => this.#connect(), refused ? RETRY_MS.refused : retryDelay(this.attempt));
    this.attempt += 1;
  }

  // A browser does not say why a WebSocket failed; a plain request to the same place does.
  async #isRefused() {
    const address = new URL("/healthz", window.location.href);
    try {
      const answer = await fetch(address, { headers: authorised(this.token), cache: "no-store" });
      return answer.status === 401 || answer.status === 403;
    } catch {
      return false;
    }
  }

  #tell() {
    const state = connectionState(this.link, performance.now());
    const told = `${state} ${this.link.open}`;
    if (told === this.told) return;
    this.told = told;
    this.handlers.state(state, this.link.open);
  }
}
