// Numbers in plain words: pure functions, no DOM.

import { ORDER, REASONS } from "./palette.js";

const pick = (steps, value) => steps.find(([least]) => value >= least)[1];

const VALENCE = [
  [0.5, "pleasant"],
  [0.15, "slightly pleasant"],
  [-0.15, "in between"],
  [-0.5, "slightly unpleasant"],
  [-Infinity, "unpleasant"],
];
const AROUSAL = [
  [0.5, "lively"],
  [0.2, "slightly lively"],
  [-0.1, "calm"],
  [-Infinity, "very calm"],
];
const ATTENTION = [
  [0.85, "nearly all faces"],
  [0.6, "most faces"],
  [0.35, "half of the faces"],
  [-Infinity, "few faces"],
];
// With a single face, "most faces" would be wrong.
const FACING = [
  [0.85, "to the camera"],
  [0.6, "slightly aside"],
  [0.35, "half aside"],
  [-Infinity, "turned away"],
];

const MOTIVATION = [
  [0.75, "high"],
  [0.5, "medium"],
  [0.25, "rather low"],
  [-Infinity, "low"],
];

const OF_FACES = ["Most faces:", "Mixed faces, often"];
const OF_ONE = ["One face:", "One face:"];
const OF_MEAN = ["Mean: mostly", "Mean: mixed, often"];

export const motivationWord = (value) => pick(MOTIVATION, value);
export const valenceWord = (value) => pick(VALENCE, value);
export const arousalWord = (value) => pick(AROUSAL, value);
export const attentionWord = (value, faces) => pick(faces === 1 ? FACING : ATTENTION, value);

export const percent = (share) => `${Math.round(share * 100)} %`;

// A text whose shares are not torn from their signs at the end of a line.
export const unbroken = (text) => text.replace(/(\d) %/g, "$1\u00a0%");

// As 19:02:03, in every language, as in the terminal and the report.
export const clock = (ms, seconds = true) =>
  new Date(ms).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
  });

export function ageText(ms) {
  if (ms === null) return "";
  return ms < 1000 ? `${Math.round(ms)} ms old` : `${(ms / 1000).toFixed(1)} s old`;
}

// Rounded, such as "2 minutes": seconds would change while they are read.
export function durationText(ms) {
  const minutes = Math.round(ms / 60_000);
  return ms < 60_000 ? "less than a minute" : `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

const SEEN = [
  [0.8, "clearly"],
  [0.6, "fairly well"],
  [-Infinity, "poorly"],
];
const LOOKS = [
  [0.85, (share) => `looks at the camera (${share})`],
  [0.6, (share) => `looks slightly aside (${share} to the camera)`],
  [0.35, (share) => `looks half aside (${share} to the camera)`],
  [-Infinity, (share) => `is turned away (${share} to the camera)`],
];

// How well one face is seen: {confidence, facing}, 0..1 each.
export const faceText = ({ confidence, facing }) =>
  `The face is seen ${pick(SEEN, confidence)} (${percent(confidence)}) and ` +
  `${pick(LOOKS, facing)(percent(facing))}.`;

export const placeText = (tile) => `row ${tile.row + 1}, place ${tile.col + 1}`;

// What a screen reader says of one tile.
export function tileText(tile, seen) {
  const said = tile.emotion ? `${seen.word}, ${percent(tile.emotion.confidence)}` : seen.text;
  return `Participant ${tile.id}, ${placeText(tile)}: ${said}${tile.speaking ? ", speaking" : ""}`;
}

// The source's condition: its state in the feed; or "failing" while no picture can be read; "waiting" before the
// first picture (a frame of no size); "unshared" where people send the picture and nobody does.
export function sourceCondition(kind, { source, frame }) {
  if (source.paused) return "paused";
  if (source.failing) return "failing";
  const waits = source.state === "stalled" && frame.width === 0;
  if (kind === "webrtc" && (waits || source.state === "lost")) return "unshared";
  return waits ? "waiting" : source.state;
}

// What the overlays say about their connection and about the source's condition.
export const STATUS_TEXTS = {
  connecting: "Connecting to the agent…",
  stale: "No news from the agent",
  lost: "Source lost: the agent is trying to get the picture back",
  unshared: "Nobody shares a picture now: use the share page, or OBS",
  stalled: "No new picture for a while",
  failing: "The pictures cannot be read: the agent's log says why",
  waiting: "Waiting for the first picture",
  paused: "Paused: nothing is read",
};

// Said once where a policy forbids inferring expressions: nothing that rests on them is shown there.
export const NOT_INFERRED = "Expressions are not inferred here";

// Whether a hello's policy lets expressions be read; before the first hello they are taken to be.
export const infers = (hello) => (hello?.privacy.policy ?? "none") === "none";

// Said where nobody may be read, so that nobody waits for readings; the second part says what to do.
export const EXCLUDED = ["Everybody is excluded", "select a tile and press Read again"];

// Whether all whose camera is on are left alone.
export const isEverybodyExcluded = (tiles) =>
  tiles.some(({ state }) => state === "excluded") &&
  tiles.every(({ state }) => state === "excluded" || state === "camera_off");

// How many faces were read or, where none may be, are in sight.
export function readText(room, inferred = true) {
  if (room.faces === 0) return room.tiles ? "no face in sight" : "no tiles in sight";
  const faces = `${room.faces} ${room.faces === 1 ? "face" : "faces"}`;
  return inferred ? `${room.read} of ${faces} read` : `${faces} in sight`;
}

// What the bar shows of each label: how many tiles carry it or, where single tiles are private, its mean score;
// null where nothing was read.
export const valuesOf = ({ tiles, room }) => countLabels(tiles, ORDER) ?? room.scores;

// The largest part of the bar: {label, text}; null where nothing was read. The text counts faces ("Most faces" means
// more than half) and says so, because another label may lead the mean of their probabilities.
export function moodOf(message) {
  const values = valuesOf(message);
  const total = values ? ORDER.reduce((sum, label) => sum + values[label], 0) : 0;
  if (total === 0) return null;
  const first = message.room.label ?? ORDER[0];
  const label = ORDER.reduce((top, other) => (values[other] > values[top] ? other : top), first);
  const isMost = values[label] > total / 2;
  const ofFaces = total === 1 ? OF_ONE : OF_FACES;
  const [most, mixed] = countLabels(message.tiles, ORDER) ? ofFaces : OF_MEAN;
  return { label, text: `${isMost ? most : mixed} ${label}` };
}

export function summaryText(message, inferred = true) {
  const { room, alerts } = message;
  const seen = moodOf(message);
  const mood = seen ? `${seen.text}; ` : "";
  const told = alerts.length ? `; ${alerts.length} ${alerts.length === 1 ? "alert" : "alerts"}` : "";
  return `${mood}${readText(room, inferred)}${told}.`;
}

// How many tiles carry each label; null where single tiles are not sent.
export function countLabels(tiles, labels) {
  if (!tiles.some((tile) => tile.emotion)) return null;
  return Object.fromEntries(
    labels.map((label) => [label, tiles.filter((tile) => tile.emotion?.label === label).length]),
  );
}

// Why faces were not read, most frequent first: "3 too small, 1 blurred".
export function abstainText(tiles) {
  const counts = new Map();
  for (const tile of tiles) {
    if (tile.state !== "face" || tile.emotion || tile.reason === "private") continue;
    const word = REASONS[tile.reason]?.word ?? "not read";
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}
