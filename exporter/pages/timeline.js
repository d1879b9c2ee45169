// The last five minutes of the room as stacked areas on a canvas: the expressions or, where none are inferred, the
// attention. The minutes before the page was opened come from the agent, which keeps them in memory only.

import { ORDER } from "./palette.js";
import { clock } from "./words.js";

export const SPAN_MS = 300_000;
const STEP_MS = 500;
// What is drawn where no expression is inferred.
const ATTENTION = ["attention", "away"];
const ALT = {
  yes: "Share of each expression over the last five minutes",
  no: "Attention over the last five minutes: how far faces are turned to the camera",
};
// The most letters of a marker's text that its flag shows; the canvas's tooltip has the whole text.
const MOST_LETTERS = 20;
// The least height of a plot, in pixels, for a second row of flags with texts: it would hide half of a lower one.
const LOW = 120;
const FLAG = { height: 18, rows: 2, near: 5 };
// A longer silence is drawn as a gap rather than bridged.
const GAP_MS = 4000;

// Adds a sample {time, scores or null} to `samples` (oldest first), at most one in STEP_MS: a newer one replaces the
// last. Returns the samples of the last five minutes. Where the clock went back (another session) it begins anew.
export function remember(samples, sample) {
  const last = samples.at(-1);
  if (last && sample.time < last.time) return [sample];
  const before = samples.at(-2);
  const kept = before && sample.time - before.time <= STEP_MS ? samples.slice(0, -1) : samples;
  return [...kept.filter(({ time }) => time > sample.time - SPAN_MS - GAP_MS), sample];
}

// `samples` with those of `before` that fill a gap, up to the time `until`. Both oldest first.
export function filled(samples, before, until) {
  const isNew = ({ time }) =>
    time < until && !samples.some((own) => Math.abs(own.time - time) < GAP_MS / 2);
  const missing = before.filter(isNew);
  return missing.length ? [...samples, ...missing].sort((a, b) => a.time - b.time) : samples;
}

// Cuts samples into runs without gaps. A gap is where nothing was read, or no sample came.
export function runs(samples) {
  const cut = [];
  let run = [];
  for (const sample of samples) {
    const late = run.length && sample.time - run.at(-1).time > GAP_MS;
    if (late || !sample.scores) {
      if (run.length) cut.push(run);
      run = [];
    }
    if (sample.scores) run.push(sample);
  }
  return run.length ? [...cut, run] : cut;
}

// The shares of a sample that are drawn: {attention, away} where no expression is inferred; null for none.
function sharesOf({ scores, attention }, inferred) {
  if (inferred) return scores;
  return attention === null ? null : { attention, away: 1 - attention };
}

// Lower and upper edge, 0..1, of the band of each of `order` in one sample.
export function bands(scores, order = ORDER) {
  const total = order.reduce((sum, label) => sum + scores[label], 0) || 1;
  let low = 0;
  return Object.fromEntries(
    order.map((label) => {
      const edges = [low / total, (low + scores[label]) / total];
      low += scores[label];
      return [label, edges];
    }),
  );
}

// A marker's flag: its number, as in the report, and the beginning of its text.
export function flagText(text, number) {
  const letters = [...text];
  const cut = `${letters.slice(0, MOST_LETTERS - 1).join("").trimEnd()}…`;
  return `${number} ${letters.length > MOST_LETTERS ? cut : text}`;
}

// The places {left, row} of flags {at, width}, oldest first. A flag that would cover another one stands in a second
// row; null where there is no room, so that only the marker's line is drawn.
export function flagPlaces(flags, plot) {
  const free = Array.from({ length: FLAG.rows }, () => -Infinity);
  return flags.map(({ at, width }) => {
    const left = Math.max(Math.min(at, plot.left + plot.width - width), plot.left);
    const row = free.findIndex((end) => left >= end);
    if (row < 0) return null;
    free[row] = left + width + 2;
    return { left, row };
  });
}

export class Timeline {
  constructor(canvas) {
    this.canvas = canvas;
    this.samples = [];
    this.before = [];
    this.markers = [];
    this.offset = null;
    this.inferred = true;
    this.flags = [];
    canvas.addEventListener("pointermove", (event) => this.#tell(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    // Two steps a second: at five minutes a pixel is about half a second wide.
    setInterval(() => document.hidden || this.draw(), STEP_MS);
  }

  // Sets whether expressions are inferred; samples of the other kind are dropped.
  begin(inferred) {
    if (inferred !== this.inferred) this.samples = this.before = [];
    this.inferred = inferred;
    this.canvas.setAttribute("aria-label", ALT[inferred ? "yes" : "no"]);
  }

  // Takes the samples that the agent kept of the time before the newest message, or before the next message where
  // they are newer than that.
  fill(samples) {
    const before = samples.map((one) => ({ time: one.time, scores: sharesOf(one, this.inferred) }));
    this.before = before;
    if (this.samples.length) this.samples = filled(this.samples, before, this.samples.at(-1).time);
    this.canvas.dataset.samples = this.samples.length;
  }

  add(time, room, markers = []) {
    this.markers = markers;
    const scores = sharesOf(room, this.inferred);
    this.samples = remember(filled(this.samples, this.before, time), { time, scores });
    this.before = [];
    this.offset = time - performance.now();
    this.canvas.dataset.samples = this.samples.length;
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    if (!width || !height) return;
    if (
      this.canvas.width !== Math.round(width * ratio) ||
      this.canvas.height !== Math.round(height * ratio)
    ) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const look = getComputedStyle(this.canvas);
    const now = this.offset === null ? Date.now() : performance.now() + this.offset;
    const plot = { left: 44, top: 6, width: width - 56, height: height - 28, now };
    this.#axes(pen, look, plot);
    this.#areas(pen, look, plot);
    this.#flags(pen, look, plot);
  }

  #flags(pen, look, plot) {
    const at = ({ time }) =>
      Math.round(plot.left + plot.width * (1 - (plot.now - time) / SPAN_MS)) + 0.5;
    const shown = this.markers
      .map(({ text, time }, index) => ({ text, time, number: index + 1, said: flagText(text, index + 1), at: at({ time }) }))
      .filter((one) => one.time > plot.now - SPAN_MS && one.time <= plot.now + 1000);
    pen.font = `600 12px ${look.fontFamily}`;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.fillStyle = look.getPropertyValue("--text");
    for (const one of shown) pen.fillRect(one.at - 0.75, plot.top, 1.5, plot.height);
    this.canvas.dataset.flags = shown.length;
    const placed = (flags) => {
      const sized = flags.map((one) => ({ ...one, width: pen.measureText(one.said).width + 10 }));
      const places = flagPlaces(sized, plot);
      return sized.map((one, index) => ({ ...one, place: places[index] }));
    };
    this.flags = placed(shown);
    // There the tooltip has the texts.
    if (plot.height < LOW && this.flags.some(({ place }) => place?.row !== 0))
      this.flags = placed(shown.map((one) => ({ ...one, said: String(one.number) })));
    for (const { said, width, place } of this.flags) {
      if (!place) continue;
      const top = plot.top + place.row * (FLAG.height + 1);
      pen.fillStyle = look.getPropertyValue("--text");
      pen.fillRect(place.left, top, width, FLAG.height);
      pen.fillStyle = look.getPropertyValue("--panel");
      pen.fillText(said, place.left + 5, top + 9.5);
    }
  }

  // The whole text of the markers under the pointer, with their times.
  #tell({ offsetX: x, offsetY: y }) {
    const row = Math.floor(y / (FLAG.height + 1));
    const isUnder = ({ at, width, place }) =>
      Math.abs(x - at) <= FLAG.near ||
      (place && place.row === row && x >= place.left && x <= place.left + width);
    const said = this.flags.filter(isUnder).map(({ text, time }) => `${clock(time)} ${text}`);
    this.canvas.title = said.join("\n");
  }

  #areas(pen, look, plot) {
    const x = (time) => plot.left + plot.width * (1 - (plot.now - time) / SPAN_MS);
    const y = (share) => plot.top + plot.height * (1 - share);
    pen.save();
    pen.beginPath();
    pen.rect(plot.left, plot.top, plot.width, plot.height);
    pen.clip();
    const order = this.inferred ? ORDER : ATTENTION;
    for (const run of runs(this.samples)) {
      const edges = run.map(({ time, scores }) => ({ at: x(time), bands: bands(scores, order) }));
      // One sample alone has no width; it stands for the half second until the next.
      if (edges.length === 1) edges.push({ ...edges[0], at: x(run[0].time + STEP_MS) });
      for (const label of order) this.#band(pen, look, edges, label, y);
    }
    pen.restore();
  }

  #band(pen, look, edges, label, y) {
    pen.beginPath();
    edges.forEach(({ at, bands: all }, i) =>
      i ? pen.lineTo(at, y(all[label][1])) : pen.moveTo(at, y(all[label][1])),
    );
    for (const { at, bands: all } of [...edges].reverse()) pen.lineTo(at, y(all[label][0]));
    pen.closePath();
    pen.fillStyle = look.getPropertyValue(`--${label}`);
    pen.fill();
    pen.strokeStyle = look.getPropertyValue("--panel");
    pen.lineWidth = 1;
    pen.stroke();
  }

  #axes(pen, look, plot) {
    pen.fillStyle = look.getPropertyValue("--quiet");
    pen.strokeStyle = look.getPropertyValue("--line");
    pen.font = `12px ${look.fontFamily}`;
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const share of [0, 0.5, 1]) {
      const y = Math.round(plot.top + plot.height * (1 - share)) + 0.5;
      pen.fillText(`${share * 100} %`, plot.left - 6, share === 1 ? y + 5 : share === 0 ? y - 4 : y);
      pen.beginPath();
      pen.moveTo(plot.left, y);
      pen.lineTo(plot.left + plot.width, y);
      pen.stroke();
    }
    pen.textBaseline = "top";
    pen.textAlign = "center";
    const step = plot.width < 420 ? 120_000 : 60_000;
    for (let minute = Math.floor(plot.now / step) * step; minute > plot.now - SPAN_MS; minute -= step) {
      const x = Math.round(plot.left + plot.width * (1 - (plot.now - minute) / SPAN_MS)) + 0.5;
      pen.beginPath();
      pen.moveTo(x, plot.top);
      pen.lineTo(x, plot.top + plot.height + 4);
      pen.stroke();
      // At the left is the button of the markers, at the right "now".
      if (x > plot.left + 36 && x < plot.left + plot.width - 62)
        pen.fillText(clock(minute, false), x, plot.top + plot.height + 7);
    }
    pen.textAlign = "right";
    pen.fillText("now", plot.left + plot.width + 8, plot.top + plot.height + 7);
  }
}
