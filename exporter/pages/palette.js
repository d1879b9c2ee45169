// What every label and state looks like and is called, for both pages. Colours are in palette.css.
//
// A label differs from the others in four ways, so that no single one has to be seen: the word, the outline
// of its symbol, the face drawn in it, and the colour.

import { svg } from "./dom.js";

// FER-2013's order, as in the feed.
export const LABELS = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];

// The order of bars and stacks: from pleasant to unpleasant, so that a shift of the room reads as a shift.
export const ORDER = ["happy", "surprise", "neutral", "sad", "fear", "disgust", "angry"];

export const REASONS = {
  small: { word: "too small", text: "the face is too small on the screen" },
  blurred: { word: "blurred", text: "the picture of the face is blurred" },
  turned: { word: "turned away", text: "the face is turned away from the camera" },
  dark: { word: "too dark", text: "the picture is too dark" },
  unsure: { word: "unsure", text: "no expression stands out clearly enough" },
  warming_up: { word: "warming up", text: "too few pictures of this face so far" },
  private: { word: "face", text: "a face is in sight, of which no expression is inferred" },
  covered: { word: "covered", text: "a mask covers the face" },
};

const UNKNOWN_REASON = { word: "not read", text: "the agent gives no reading" };

const STATES = {
  no_face: { word: "no face", text: "no face is in sight" },
  camera_off: { word: "camera off", text: "the camera is off" },
  excluded: { word: "excluded", text: "this participant is not read" },
};

// One tile in words: `symbol` names what symbol() draws, `word` is short, `text` is the end of a sentence.
export function describe(tile) {
  if (tile.state !== "face") return { symbol: tile.state, ...STATES[tile.state] };
  if (tile.emotion) return { symbol: tile.emotion.label, word: tile.emotion.label, text: tile.emotion.label };
  const name = tile.reason === "private" ? "present" : "abstained";
  return { symbol: name, ...(REASONS[tile.reason] ?? UNKNOWN_REASON) };
}

function star(points, outer, inner) {
  const corners = Array.from({ length: points * 2 }, (_, i) => {
    const radius = i % 2 ? inner : outer;
    const angle = (Math.PI * i) / points;
    return `${(12 + radius * Math.sin(angle)).toFixed(2)} ${(12 - radius * Math.cos(angle)).toFixed(2)}`;
  });
  return `M${corners.join("L")}Z`;
}

// Outline and features on a 24x24 grid; `eyes` are dots, `lines` are strokes, `mouth` is filled.
const FACES = {
  happy: {
    shape: "M12 1.5a10.5 10.5 0 1 0 0 21a10.5 10.5 0 1 0 0-21Z",
    eyes: [
      [8.3, 9.4],
      [15.7, 9.4],
    ],
    lines: "M6.6 13.6c1.8 4.6 9 4.6 10.8 0",
  },
  surprise: {
    shape: star(9, 11.8, 9.2),
    eyes: [
      [8.6, 9],
      [15.4, 9],
    ],
    mouth: "M12 12.2a2.3 2.9 0 1 0 0 5.8a2.3 2.9 0 1 0 0-5.8Z",
  },
  neutral: {
    shape:
      "M7 2.2h10a4.8 4.8 0 0 1 4.8 4.8v10a4.8 4.8 0 0 1-4.8 4.8h-10a4.8 4.8 0 0 1-4.8-4.8v-10a4.8 4.8 0 0 1 4.8-4.8Z",
    eyes: [
      [8, 9.6],
      [16, 9.6],
    ],
    lines: "M7.2 15.4h9.6",
  },
  sad: {
    shape: "M12 .8c2.6 4.6 9.4 8.4 9.4 13.8a9.4 8.6 0 0 1-18.8 0c0-5.4 6.8-9.2 9.4-13.8Z",
    eyes: [
      [8.6, 12.6],
      [15.4, 12.6],
    ],
    lines: "M8 19c1.4-3.4 6.6-3.4 8 0",
  },
  fear: {
    shape: "M12 .6 23.4 12 12 23.4.6 12Z",
    eyes: [
      [8.8, 10],
      [15.2, 10],
    ],
    lines: "M7 15.2l2.5-1.9 2.5 1.9 2.5-1.9 2.5 1.9",
  },
  disgust: {
    shape: "M6.4 2.2h11.2L23.2 12l-5.6 9.8H6.4L.8 12Z",
    lines: "M6.6 8.6l3.8 1.6M17.4 8.6l-3.8 1.6M6.8 16.4c2.6-3.4 4.6 1.4 10.2-2.6",
  },
  angry: {
    shape: "M12 1 23.4 22H.6Z",
    lines: "M7.9 12l3 2.2M16.1 12l-3 2.2M8 18.6h8",
  },
};

const SIGNS = {
  camera_off: "M3 7.5h11v9h-11ZM14 10.8l6-3v8.4l-6-3M3.2 3.4l17 17.4",
  no_face: "M12 3.5a4.6 5 0 1 0 0 10a4.6 5 0 1 0 0-10ZM3.5 21c1-5.6 16-5.6 17 0",
  excluded: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM5.8 5.8l12.4 12.4",
  abstained: "M5 12h.01M12 12h.01M19 12h.01",
  present: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18ZM8.8 10.5h.01M15.2 10.5h.01",
  speaking: "M4 10v4M8 7v10M12 4v16M16 7v10M20 10v4",
};

function face({ shape, eyes = [], lines = null, mouth = null }) {
  const dots = eyes.map(([x, y]) => svg("circle", { class: "ink", cx: x, cy: y, r: 1.6 }));
  const parts = [svg("path", { class: "shape", d: shape }), ...dots];
  if (lines) parts.push(svg("path", { class: "line", d: lines }));
  if (mouth) parts.push(svg("path", { class: "ink", d: mouth }));
  return parts;
}

// The drawing for a label, a state or "speaking"; decoration only, since the word is always beside it or in
// a label.
export function symbol(name) {
  const root = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: `symbol symbol-${name}` });
  root.append(...(FACES[name] ? face(FACES[name]) : [svg("path", { class: "sign", d: SIGNS[name] })]));
  return root;
}
