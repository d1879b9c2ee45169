// The transparent page over the gallery: one chip on each tile that was read. Also an OBS browser source.
//
// Options in the address: fit=contain|fill (how the frame lies on the page), style=chips|borders|gauge (gauge: the
// room's summary, and nothing of single tiles), animations=false (chips change at once), hz (at most this many
// messages a second, else 10).

import { byId, el, onNextFrame, setAttribute, setStyle, setSymbol, setText } from "./dom.js";
import { Feed, wantedRate } from "./feed.js";
import { LABELS, ORDER, describe, symbol } from "./palette.js";
import { frameToPage, placeChip, sizesOf, toPage } from "./chip_placement.js";
import { takeToken } from "./token.js";
import {
  EXCLUDED,
  STATUS_TEXTS,
  NOT_INFERRED,
  attentionWord,
  infers,
  isEverybodyExcluded,
  moodOf,
  readText,
  sourceCondition,
  valenceWord,
  valuesOf,
} from "./words.js";

const FADE_MS = 400;
// Long enough for somebody who opened the page by itself to read, short enough for programs other than OBS.
const NOTE_MS = 15000;
const STYLES = ["chips", "borders", "gauge"];
const FITS = ["contain", "fill"];

const options = new URLSearchParams(window.location.search);
const { value: fit, complaint: unknownFit } = option("fit", FITS);
const { value: style, complaint: unknownStyle } = option("style", STYLES);
document.body.dataset.style = style;
document.body.dataset.animations = options.get("animations") === "false" ? "off" : "on";

// The value of an option in the address. An unknown value gives the first known one, and a complaint.
function option(name, known) {
  const wanted = options.get(name) ?? known[0];
  if (known.includes(wanted)) return { value: wanted, complaint: "" };
  const complaint = `There is no ${name} “${wanted.slice(0, 40)}” but ${known.join(", ")}: this is ${known[0]}`;
  return { value: known[0], complaint };
}

const shares = Object.fromEntries(ORDER.map((label) => [label, el("span", `part label-${label}`)]));
byId("summary-shares").append(...Object.values(shares));

const chips = new Map();
let latest = null;
let hello = null;
const soon = onNextFrame(draw);
let link = { state: "connecting", open: false };

function makeChip(id) {
  const level = el("span", "level");
  const mark = el("span", "mark");
  const holder = el("span");
  mark.append(holder);
  const word = el("span", "word");
  const root = el(
    "div",
    "chip new",
    null,
    mark,
    el("span", "said", null, word, el("span", "meter", null, level)),
  );
  const frame = el("div", "frame new");
  root.dataset.id = id;
  byId("chips").append(frame, root);
  return { root, frame, holder, word, level, place: null };
}

function dress(chip, tile) {
  const seen = describe(tile);
  const read = tile.emotion !== null;
  for (const label of LABELS) chip.root.classList.toggle(`label-${label}`, read && seen.symbol === label);
  chip.frame.className = `frame ${read ? `label-${seen.symbol}` : "gone"}`;
  setAttribute(chip.root, "data-read", read ? "yes" : "no");
  setSymbol(chip.holder, seen.symbol, symbol);
  setText(chip.word, seen.word);
  setAttribute(
    chip.root,
    "title",
    read ? `${seen.word}, ${Math.round(tile.emotion.confidence * 100)} %` : seen.text,
  );
  const level = read ? tile.emotion.confidence : 0;
  setStyle(chip.level, "transform", `scaleX(${level.toFixed(2)})`);
}

function move(node, box) {
  setStyle(node, "width", `${box.width.toFixed(1)}px`);
  setStyle(node, "height", `${box.height.toFixed(1)}px`);
  setStyle(node, "transform", `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`);
}

function show(tile, map) {
  const fresh = !chips.has(tile.id);
  if (fresh) chips.set(tile.id, makeChip(tile.id));
  const chip = chips.get(tile.id);
  const box = toPage(tile.box, map);
  const sizes = sizesOf(describe(tile).word, tile.emotion !== null);
  chip.place = placeChip(box, tile.face && toPage(tile.face.box, map), sizes, chip.place);
  setAttribute(chip.root, "data-form", chip.place.form);
  setAttribute(chip.root, "data-corner", chip.place.corner);
  setStyle(chip.root, "font-size", `${chip.place.font.toFixed(1)}px`);
  dress(chip, tile);
  move(chip.root, chip.place);
  move(chip.frame, box);
  // Without this the browser would join both styles and a new chip would not fade in.
  if (fresh) void chip.root.offsetWidth;
  chip.root.classList.remove("new");
}

function drop(id) {
  const chip = chips.get(id);
  chips.delete(id);
  for (const node of [chip.root, chip.frame]) {
    node.classList.add("gone");
    setTimeout(() => node.remove(), FADE_MS);
  }
}

const sourceNow = () => sourceCondition(hello?.source.kind, latest);
const isSeen = ({ state }) => state === "face" || state === "no_face";

function draw() {
  const page = { width: window.innerWidth, height: window.innerHeight };
  const map = latest && frameToPage(latest.frame, page, fit);
  const shown = map && style !== "gauge" ? latest.tiles.filter(isSeen) : [];
  const ids = new Set(shown.map((tile) => tile.id));
  for (const id of [...chips.keys()]) if (!ids.has(id)) drop(id);
  for (const tile of shown) show(tile, map);
  drawSummary();
  drawMark();
}

// The room's own reading: in the style "gauge", and where single tiles are private, it is all there is to show.
function drawSummary() {
  const isAlone = latest !== null && (style === "gauge" || latest.tiles.length === 0);
  const mood = isAlone ? moodOf(latest) : null;
  const isMute = latest !== null && isEverybodyExcluded(latest.tiles);
  const tells = style === "gauge" && isAlone && ["live", "stalled", "failing"].includes(sourceNow());
  byId("summary").hidden = mood === null && (!tells || isMute);
  if (byId("summary").hidden) return;
  byId("summary-mark").className = `mark label-${mood?.label}`;
  setSymbol(byId("summary-mark"), mood?.label ?? "abstained", symbol);
  byId("summary-mark").hidden = byId("summary-shares").hidden = !infers(hello);
  setText(byId("summary-text"), summaryWords(mood, latest.room));
  const values = valuesOf(latest);
  for (const label of ORDER) setStyle(shares[label], "flex-grow", (values?.[label] ?? 0).toFixed(4));
}

function summaryWords(mood, room) {
  if (room.tiles === 0) return "No gallery in sight";
  if (!infers(hello)) {
    const turned = room.attention === null ? null : `attention: ${attentionWord(room.attention, room.faces)}`;
    return [NOT_INFERRED, readText(room, false), turned].filter(Boolean).join(" · ");
  }
  const pleasant = room.valence === null ? null : `valence: ${valenceWord(room.valence)}`;
  return [mood?.text, readText(room), pleasant].filter(Boolean).join(" · ");
}

function markText() {
  if (link.state === "refused") return "Not let in: open the address that the agent printed at its start";
  if (link.state === "connecting") return STATUS_TEXTS.connecting;
  if (link.state === "stale")
    return link.open ? STATUS_TEXTS.stale : "The agent does not answer: trying again…";
  const said = latest ? STATUS_TEXTS[sourceNow()] : "";
  if (!said && latest && isEverybodyExcluded(latest.tiles)) return `${EXCLUDED[0]}: on the dashboard ${EXCLUDED[1]}`;
  return said || unknownStyle || unknownFit;
}

function drawMark() {
  const said = markText();
  const node = byId("mark");
  node.hidden = said === "";
  setText(node, said);
  setAttribute(
    node,
    "data-grave",
    link.state === "refused" || said === STATUS_TEXTS.lost ? "yes" : "no",
  );
  setAttribute(document.body, "data-connection", link.state);
  setAttribute(document.body, "data-source", latest?.source.state ?? "none");
}

// OBS brings this object along; the share page has the overlay in a frame.
if (!window.obsstudio && window.top === window) {
  byId("note").hidden = false;
  setTimeout(() => {
    byId("note").hidden = true;
  }, NOTE_MS);
}

window.addEventListener("resize", soon);
new Feed(
  takeToken(window.location, window.history),
  {
    hello: (message) => {
      hello = message;
      soon();
    },
    room: (message) => {
      latest = message;
      soon();
    },
    state: (state, open) => {
      link = { state, open };
      soon();
    },
  },
  wantedRate(options, 10),
).start();
