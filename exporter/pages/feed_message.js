// Messages of the feed, version 1, as the pages use them. Nothing of a message is trusted: every value is brought into
// its range, and every key is there.

import { LABELS } from "./palette.js";

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
