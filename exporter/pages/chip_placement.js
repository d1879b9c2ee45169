// Where a chip goes: geometry only, in CSS pixels of the page, no DOM. The desktop overlay does the same, except for
// four rules near a face, which exporter/native/chips.py lists.

const FORMS = ["full", "slim", "mini"];
const CORNERS = ["top-left", "top-right", "bottom-right", "right", "left"];

// Sizes of each form in em of the chip's font. "slim" is one low line, used where a large face leaves little room;
// "mini" is the symbol with its bar, for small tiles; "quiet" is for a tile without a reading.
const SIZES = {
  read: { full: [7.3, 2], slim: [6.4, 1.45], mini: [2, 2.2] },
  quiet: { full: [2.5, 1.6], slim: [2.1, 1.3], mini: [1.5, 1.5] },
};

// The width of a letter of a quiet chip, in em. Other chips are as wide as the longest word, so that they do not
// change their width.
const LETTER = 0.51;

export function sizesOf(word, isRead) {
  if (isRead) return SIZES.read;
  const wider = ([width, height]) => [width + LETTER * word.length, height];
  const { full, slim, mini } = SIZES.quiet;
  return { full: wider(full), slim: wider(slim), mini };
}

// The least height of a tile, in pixels, that has room for a readable word.
const LEAST_HEIGHT = 60;

// The part of a tile that is kept free for the name, which Zoom, Meet and Teams draw at the bottom left.
const NAME = { width: 0.62, height: 0.17, leastHeight: 14 };

// How a frame is laid over the page: like CSS object-fit, "contain" keeps the shape and centres, "fill"
// stretches.
export function frameToPage(frame, page, fit) {
  if (!(frame.width > 0 && frame.height > 0)) return null;
  const x = page.width / frame.width;
  const y = page.height / frame.height;
  if (fit === "fill") return { x, y, left: 0, top: 0 };
  const scale = Math.min(x, y);
  return {
    x: scale,
    y: scale,
    left: (page.width - frame.width * scale) / 2,
    top: (page.height - frame.height * scale) / 2,
  };
}

export function toPage(box, map) {
  return {
    left: map.left + box.left * map.x,
    top: map.top + box.top * map.y,
    width: box.width * map.x,
    height: box.height * map.y,
  };
}

// The font grows with the tile, from 9 px (still readable in an 80x45 tile) to 30 px: in a tile as large as the page
// a larger chip would look like a headline.
export function fontSize(tile) {
  return Math.min(Math.max(tile.height * 0.088, 9), Math.max(30, tile.height * 0.03));
}

export function nameZone(tile) {
  const height = Math.max(tile.height * NAME.height, NAME.leastHeight);
  return { left: tile.left, top: tile.top + tile.height - height, width: tile.width * NAME.width, height };
}

function shared(a, b) {
  const wide = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const high = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return Math.max(wide, 0) * Math.max(high, 0);
}

function grown(box, by) {
  const x = box.width * by;
  const y = box.height * by;
  return { left: box.left - x, top: box.top - y, width: box.width + 2 * x, height: box.height + 2 * y };
}

// Hair and forehead lie outside a detector's box, which reaches from the brows to the chin.
function headOf(face) {
  return {
    left: face.left - 0.2 * face.width,
    top: face.top - 0.5 * face.height,
    width: 1.4 * face.width,
    height: 1.5 * face.height,
  };
}

function cornerBox(tile, corner, width, height, margin) {
  const left = tile.left + margin;
  const right = tile.left + tile.width - width - margin;
  const top = tile.top + margin;
  const bottom = tile.top + tile.height - height - margin;
  const middle = (top + bottom) / 2;
  const at = {
    "top-left": [left, top],
    "top-right": [right, top],
    "bottom-right": [right, bottom],
    right: [right, middle],
    left: [left, middle],
  }[corner];
  return { left: at[0], top: at[1], width, height };
}

function candidates(tile, sizes, before) {
  const font = fontSize(tile);
  const margin = Math.max(3, Math.min(tile.width, tile.height) * 0.035);
  const corners = before ? [before.corner, ...CORNERS.filter((corner) => corner !== before.corner)] : CORNERS;
  return FORMS.flatMap((form) => {
    const [width, height] = sizes[form].map((size) => size * font);
    if (form !== "mini" && (width + 2 * margin > tile.width * 0.72 || tile.height < LEAST_HEIGHT)) return [];
    return corners.map((corner) => ({
      corner,
      form,
      font,
      ...cornerBox(tile, corner, width, height, Math.min(margin, Math.max(0, (tile.height - height) / 2))),
    }));
  });
}

// The place of a tile's chip: {left, top, width, height, corner, form, font}. The chip avoids the face, the name and,
// in the upper corners, the hair. Where nothing is free it covers as little of the face as possible. `before` is the
// place that the chip had, or null: its corner is kept while it is free, and its form changes back only when there is
// room to spare, so that chips do not jump.
export function placeChip(tile, face, sizes, before = null) {
  const name = nameZone(tile);
  const open = candidates(tile, sizes, before);
  const covered = (place) => {
    const slack = before && before.form !== place.form ? 0.15 : 0.04;
    return (face ? shared(place, grown(face, slack)) : 0) + shared(place, name);
  };
  const free = open.filter((place) => covered(place) === 0);
  if (free.length === 0) return open.reduce((best, place) => (covered(place) < covered(best) ? place : best));
  if (!face || free[0].corner === before?.corner) return free[0];
  const head = headOf(face);
  const isBetter = ({ corner, form }) => form === free[0].form && corner.startsWith("top");
  return free.find((place) => isBetter(place) && shared(place, head) === 0) ?? free[0];
}
