// The room's panel: the distribution, the three gauges, and the seven bars of whoever is looked at.

import { byId, el, setAttribute, setStyle, setSymbol, setText } from "./dom.js";
import { LABELS, ORDER, describe, symbol } from "./palette.js";
import { intervalText, trendMark } from "./lesson_panels.js";
import {
  EXCLUDED,
  arousalWord,
  attentionWord,
  countLabels,
  durationText,
  faceText,
  isEverybodyExcluded,
  moodOf,
  motivationWord,
  percent,
  placeText,
  readText,
  valenceWord,
  valuesOf,
} from "./words.js";

const GAUGES = [
  {
    key: "valence",
    title: "Pleasant?",
    low: -1,
    ends: ["unpleasant", "pleasant"],
    word: valenceWord,
    text: "how pleasant the expressions look (valence)",
  },
  {
    key: "arousal",
    title: "Lively?",
    low: -1,
    ends: ["calm", "lively"],
    word: arousalWord,
    text: "how lively the expressions look (arousal)",
  },
  {
    key: "attention",
    title: "Attention",
    low: 0,
    ends: ["none", "all"],
    word: attentionWord,
    text: "faces turned to the camera",
  },
  {
    key: "motivation",
    title: "Motivation",
    low: 0,
    ends: ["low", "high"],
    word: motivationWord,
    text: "a rough index from expressions and heads",
  },
];

// --- distribution ------------------------------------------------------------------------------------------

export class Distribution {
  constructor() {
    this.parts = {};
    for (const label of ORDER) {
      const count = el("span", "count");
      const part = el("span", `part label-${label}`, null, count);
      const number = el("b");
      byId("stack").append(part);
      byId("legend").append(
        el(
          "li",
          `label-${label}`,
          null,
          el("span", "mark", null, symbol(label)),
          number,
          el("span", "name", label),
        ),
      );
      this.parts[label] = { part, count, number };
    }
  }

  // `silence` says why nothing will be read; it is empty where nothing is read just now. `inferred`: whether
  // expressions may be inferred. `wasRead`: whether any were read since the agent's start.
  show({ tiles, room }, silence, inferred, wasRead) {
    const counts = countLabels(tiles, LABELS);
    const values = valuesOf({ tiles, room });
    const total = values ? ORDER.reduce((sum, label) => sum + values[label], 0) : 0;
    for (const label of ORDER) {
      const { part, count, number } = this.parts[label];
      const value = values?.[label] ?? 0;
      const share = total ? value / total : 0;
      const said = counts ? String(value) : percent(share);
      setStyle(part, "flex-grow", (share * 100).toFixed(2));
      setAttribute(part, "data-none", share > 0 ? "no" : "yes");
      setText(count, share > (counts ? 0.05 : 0.12) ? said : "");
      setText(number, total ? said : "–");
      setAttribute(number.parentNode, "data-none", value > 0 ? "no" : "yes");
    }
    const spoken = ORDER.filter((label) => values?.[label] > 0).map(
      (label) => `${this.parts[label].number.textContent} ${label}`,
    );
    setAttribute(byId("stack"), "aria-label", spoken.length ? spoken.join(", ") : "No reading");
    setAttribute(byId("stack"), "data-empty", total ? "no" : "yes");
    // Where no tiles or faces are looked for, "none in sight" would mean nothing.
    const isUnsought = (silence && room.tiles === 0) || isEverybodyExcluded(tiles);
    setText(byId("room-read"), isUnsought ? "" : readText(room, inferred));
    const otherwise = silence || `No expression read ${wasRead ? "now" : "yet"}`;
    this.#mood(room, moodOf({ tiles, room }), otherwise);
  }

  #mood(room, mood, otherwise) {
    setText(byId("mood"), mood?.text ?? (room.read ? "Too few faces to show" : otherwise));
    byId("mood-symbol").className = `big-symbol ${mood ? `label-${mood.label}` : ""}`;
    setSymbol(byId("mood-symbol"), mood?.label ?? "abstained", symbol);
  }
}

// --- gauges ------------------------------------------------------------------------------------------------

export class Gauges {
  constructor() {
    this.parts = GAUGES.map((gauge) => {
      const word = el("b", "word");
      const fill = el("span", "fill");
      const needle = el("span", "needle");
      const track = el("span", `track ${gauge.low < 0 ? "signed" : ""}`, null, fill, needle);
      const ends = el("span", "ends", null, el("span", "", gauge.ends[0]), el("span", "", gauge.ends[1]));
      const scale = el("span", "scale", null, track, ends);
      const root = el("div", "gauge", null, el("span", "title", gauge.title), scale, word);
      root.append(el("span", "explained", gauge.text));
      root.setAttribute("role", "meter");
      root.title = gauge.text;
      root.setAttribute("aria-label", `${gauge.title}: ${gauge.text}`);
      root.setAttribute("aria-valuemin", gauge.low);
      root.setAttribute("aria-valuemax", 1);
      root.dataset.gauge = gauge.key;
      byId("gauges").append(root);
      return { ...gauge, root, wordNode: word, fill, needle };
    });
  }

  show(room) {
    for (const { key, low, word, root, wordNode, fill, needle } of this.parts) {
      const value = room[key];
      const known = value !== null;
      const at = known ? (value - low) / (1 - low) : 0;
      const zero = low < 0 ? 0.5 : 0;
      const { arrow, text } = trendMark(room.trend?.[key]);
      const said = known ? word(value, room.faces) : "";
      setText(wordNode, known ? [said, arrow].filter(Boolean).join(" ") : "–");
      setAttribute(root, "data-known", known ? "yes" : "no");
      setAttribute(root, "aria-valuenow", known ? value.toFixed(2) : 0);
      setAttribute(root, "aria-valuetext", known ? [said, text].filter(Boolean).join(", ") : "not known");
      setStyle(needle, "left", percent(at).replace(" ", ""));
      setStyle(fill, "left", `${Math.min(at, zero) * 100}%`);
      setStyle(fill, "width", `${Math.abs(at - zero) * 100}%`);
    }
  }
}

// --- one participant ---------------------------------------------------------------------------------------

export class Person {
  // `send(command)` asks the agent to leave a participant out, or to read them again.
  constructor(send) {
    this.rows = {};
    byId("person-exclude").addEventListener("click", ({ currentTarget: { dataset } }) =>
      send({ type: dataset.ask, id: dataset.id }),
    );
    for (const label of ORDER) {
      const fill = el("span", "fill");
      const value = el("span", "value");
      const mark = el("span", "mark", null, symbol(label));
      const row = el(
        "div",
        `row label-${label}`,
        null,
        mark,
        el("span", "name", label),
        el("span", "track", null, fill),
        value,
      );
      byId("person-bars").append(row);
      this.rows[label] = { row, fill, value };
    }
  }

  // `id` is whom to show; without one, the room's mean stands here. `chosen`: the participant was
  // selected, not hovered over; only then a button is shown, so that it stays under the pointer. `inferred`: whether
  // expressions may be read.
  show(message, id, chosen, inferred) {
    const tile = id === null ? null : message.tiles.find((one) => one.id === id);
    this.#offer(chosen ? tile : null);
    if (id === null) this.#room(message, inferred);
    else if (tile) this.#tile(tile, message.time ?? Date.now());
    else this.#fill(`Participant ${id}`, "", null, "Not shown in the gallery right now.");
  }

  #offer(tile) {
    const button = byId("person-exclude");
    button.hidden = !tile;
    if (!tile) return;
    const excluded = tile.state === "excluded";
    button.dataset.id = tile.id;
    button.dataset.ask = excluded ? "include" : "exclude";
    setText(button, excluded ? "Read again" : "Do not read");
  }

  #room(message, inferred) {
    const { tiles, room } = message;
    const bars = inferred ? "its seven bars" : "which way the face looks";
    const known = tiles.length ? `Point at a tile or select it to see ${bars}.` : "";
    const hint = isEverybodyExcluded(tiles) ? `${EXCLUDED.join(": ")}.` : known;
    const isOther = room.scores && moodOf(message).label !== room.label;
    const why = isOther ? "It differs from the headline, which counts faces." : "";
    const text = [why, intervalText(room), hint].filter(Boolean).join(" ");
    if (inferred) this.#fill("The room's mean", "the average of all faces' bars", room.scores, text);
    else this.#fill("One participant", "", null, hint);
  }

  #tile(tile, now) {
    const seen = describe(tile);
    const title = `Participant ${tile.id}`;
    const note = placeText(tile) + (tile.speaking ? " · speaking" : "");
    const facing = tile.face ? faceText(tile.face) : "";
    if (!tile.emotion) {
      const normal = tile.state === "face" ? " That is normal." : "";
      const isWithheld = tile.state === "face" && tile.reason === "private";
      this.#fill(title, note, null, isWithheld ? facing : `No reading: ${seen.text}.${normal}`);
      return;
    }
    const since = tile.since ? ` for ${durationText(now - tile.since)}` : "";
    const word = seen.word[0].toUpperCase() + seen.word.slice(1);
    this.#fill(title, note, tile.emotion.scores, `${word}${since}. ${facing}`.trim());
  }

  #fill(title, note, scores, text) {
    setText(byId("person-title"), title);
    setText(byId("person-note"), note);
    setText(byId("person-text"), text);
    const top = scores ? ORDER.reduce((a, b) => (scores[b] > scores[a] ? b : a)) : null;
    for (const [label, { row, fill, value }] of Object.entries(this.rows)) {
      setStyle(fill, "transform", `scaleX(${(scores?.[label] ?? 0).toFixed(3)})`);
      setText(value, scores ? percent(scores[label]) : "–");
      setAttribute(row, "data-top", label === top ? "yes" : "no");
    }
  }
}
