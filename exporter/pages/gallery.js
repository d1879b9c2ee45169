// The map of the gallery: every tile at its place, with its symbol, its word and its seven probabilities.

import { byId, el, setAttribute, setStyle, setSymbol, setText } from "./dom.js";
import { LABELS, ORDER, describe, symbol } from "./palette.js";
import { placeText, tileText } from "./words.js";

// Tile heights in CSS pixels from which there is room for more.
const LARGE = 84;
const MEDIUM = 50;
// Tiles are drawn so many times as high or as wide as in the meeting where there is room: bars and words need it.
const MOST_STRETCH = 1.35;

// The part of the frame that the tiles span, so that a gallery in a corner of the screen still fills the map.
export function hull(tiles) {
  const left = Math.min(...tiles.map(({ box }) => box.left));
  const top = Math.min(...tiles.map(({ box }) => box.top));
  const right = Math.max(...tiles.map(({ box }) => box.left + box.width));
  const bottom = Math.max(...tiles.map(({ box }) => box.top + box.height));
  return { left, top, width: right - left, height: bottom - top };
}

// The tile that an arrow key leads to from `from`: the nearest in that direction, sideways distance counting
// double.
export function neighbour(tiles, from, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [
    0, 0,
  ];
  const centre = ({ box }) => [box.left + box.width / 2, box.top + box.height / 2];
  const [x, y] = centre(from);
  const distance = (tile) => {
    const [tx, ty] = centre(tile);
    const along = (tx - x) * dx + (ty - y) * dy;
    const across = Math.abs((tx - x) * dy) + Math.abs((ty - y) * dx);
    return along > 1 ? along + 2 * across : Infinity;
  };
  const best = tiles.reduce((a, b) => (distance(b) < distance(a) ? b : a), from);
  return distance(best) < Infinity ? best : null;
}

function makeBars() {
  const bars = el("span", "bars");
  const fills = {};
  for (const label of ORDER) {
    fills[label] = el("span", "fill");
    bars.append(el("span", `bar label-${label}`, null, fills[label]));
  }
  return { bars, fills };
}

function makeTile(id) {
  const holder = el("span", "mark");
  const word = el("span", "word");
  const speaking = el("span", "speaking", null, symbol("speaking"));
  const { bars, fills } = makeBars();
  const root = el("div", "tile", null, el("span", "line", null, holder, word, speaking), bars);
  root.dataset.id = id;
  root.setAttribute("role", "option");
  root.tabIndex = -1;
  return { root, holder, word, fills };
}

export class Gallery {
  // `onPick(id or null, kind)` is told what is looked at; kind is "hover" or "select".
  constructor(onPick) {
    this.onPick = onPick;
    this.cells = new Map();
    this.tiles = [];
    this.selected = null;
    this.focused = null;
    this.named = new Set();
    const list = byId("tiles");
    list.addEventListener("click", (event) => this.#choose(event.target.closest(".tile")?.dataset.id));
    list.addEventListener("pointerover", (event) =>
      onPick(event.target.closest(".tile")?.dataset.id ?? null, "hover"),
    );
    list.addEventListener("pointerleave", () => onPick(null, "hover"));
    list.addEventListener("focusin", (event) => this.#focus(event.target.dataset.id));
    list.addEventListener("focusout", () => onPick(null, "hover"));
    list.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#leave());
    new ResizeObserver(() => this.#arrange(this.tiles)).observe(byId("map"));
  }

  // `named` are the ids that an alert speaks of.
  show(tiles, named) {
    this.tiles = [...tiles].sort((a, b) => a.row - b.row || a.col - b.col);
    this.named = named;
    const ids = new Set(this.tiles.map((tile) => tile.id));
    for (const [id, cell] of this.cells) {
      if (ids.has(id)) continue;
      cell.root.remove();
      this.cells.delete(id);
    }
    for (const tile of this.tiles) this.#dress(tile);
    // A new tile stands at its place before it is shown: otherwise it would slide there from the corner.
    this.#arrange(this.tiles.filter(({ id }) => !this.cells.get(id).root.isConnected));
    this.#order();
    this.#arrange(this.tiles);
  }

  #dress(tile) {
    if (!this.cells.has(tile.id)) this.cells.set(tile.id, makeTile(tile.id));
    const { root, holder, word, fills } = this.cells.get(tile.id);
    const seen = describe(tile);
    for (const label of LABELS) root.classList.toggle(`label-${label}`, tile.emotion?.label === label);
    setAttribute(
      root,
      "data-state",
      tile.emotion ? "read" : tile.state === "face" ? "abstained" : tile.state,
    );
    setAttribute(root, "data-speaking", tile.speaking ? "yes" : "no");
    setAttribute(root, "data-named", this.named.has(tile.id) ? "yes" : "no");
    setAttribute(root, "aria-label", tileText(tile, seen));
    setAttribute(root, "aria-selected", String(tile.id === this.selected));
    setAttribute(root, "title", `${tile.id}, ${placeText(tile)}: ${seen.text}`);
    setSymbol(holder, seen.symbol, symbol);
    setText(word, seen.word);
    for (const label of ORDER) {
      setStyle(fills[label], "transform", `scaleY(${(tile.emotion?.scores[label] ?? 0).toFixed(2)})`);
    }
  }

  // Reading order in the document, for the keyboard and for screen readers; one tile is in the tab order.
  #order() {
    const list = byId("tiles");
    const active = document.activeElement;
    this.tiles.forEach((tile, index) => {
      const { root } = this.cells.get(tile.id);
      if (list.children[index] !== root) list.insertBefore(root, list.children[index] ?? null);
    });
    // Moving an element takes the keyboard's focus from it.
    if (active !== document.activeElement && list.contains(active)) active.focus();
    const stop = this.cells.has(this.focused) ? this.focused : this.tiles[0]?.id;
    for (const [id, { root }] of this.cells) setAttribute(root, "tabindex", id === stop ? 0 : -1);
  }

  // Gives `tiles` their places in the map of all tiles.
  #arrange(tiles) {
    if (tiles.length === 0) return;
    const map = byId("map");
    const all = hull(this.tiles);
    const scale = Math.min(map.clientWidth / all.width, map.clientHeight / all.height);
    const across = Math.min(map.clientWidth / all.width, scale * MOST_STRETCH);
    const down = Math.min(map.clientHeight / all.height, scale * MOST_STRETCH);
    const x = (map.clientWidth - all.width * across) / 2 - all.left * across;
    const y = (map.clientHeight - all.height * down) / 2 - all.top * down;
    const gap = 1.5;
    for (const { id, box } of tiles) {
      const { root } = this.cells.get(id);
      const width = Math.max(box.width * across - 2 * gap, 8);
      const height = Math.max(box.height * down - 2 * gap, 8);
      setStyle(root, "width", `${width.toFixed(1)}px`);
      setStyle(root, "height", `${height.toFixed(1)}px`);
      setStyle(
        root,
        "transform",
        `translate(${(x + box.left * across + gap).toFixed(1)}px, ${(y + box.top * down + gap).toFixed(1)}px)`,
      );
      // Ten units of width hold the longest word between its symbol and the sign of who speaks.
      const unit = Math.min(height / 5.6, width / 10);
      setStyle(root, "--unit", `${Math.min(Math.max(unit, 8), 40).toFixed(1)}px`);
      setAttribute(
        root,
        "data-size",
        height >= LARGE && width >= 110 ? "large" : height >= MEDIUM && width >= 74 ? "medium" : "small",
      );
    }
  }

  // Shows a participant's tile, as if it were chosen.
  select(id) {
    if (this.selected !== id) this.#choose(id);
  }

  #choose(id) {
    if (!id) return;
    this.selected = this.selected === id ? null : id;
    for (const [other, { root }] of this.cells)
      setAttribute(root, "aria-selected", String(other === this.selected));
    this.onPick(this.selected, "select");
  }

  // The room stands there again, also while the keyboard's focus stays on a tile.
  #leave() {
    if (this.selected !== null) this.#choose(this.selected);
    this.onPick(null, "hover");
  }

  #focus(id) {
    this.focused = id ?? null;
    this.#order();
    this.onPick(this.focused, "hover");
  }

  #key(event) {
    const from = this.tiles.find((tile) => tile.id === event.target.dataset.id);
    if (!from) return;
    if (event.key === "Enter" || event.key === " ") this.#choose(from.id);
    else if (event.key === "Home") this.#step(this.tiles[0]);
    else if (event.key === "End") this.#step(this.tiles.at(-1));
    else if (event.key.startsWith("Arrow")) this.#step(neighbour(this.tiles, from, event.key));
    else return;
    event.preventDefault();
  }

  #step(tile) {
    if (tile) this.cells.get(tile.id).root.focus();
  }
}
