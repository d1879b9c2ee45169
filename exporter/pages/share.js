// The share page: picks a window, screen or camera, sends it to the agent, and shows what is read of it.

import { byId, el, onNextFrame, setAttribute, setSymbol, setText } from "./dom.js";
import { Feed, wantedRate } from "./feed.js";
import { ORDER, describe, symbol } from "./palette.js";
import { takeToken } from "./token.js";
import { SharingError, Whip } from "./whip.js";
import { NOT_INFERRED, infers, percent, placeText, readText } from "./words.js";

const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const FEW = 3;

const SCREEN = {
  // The browser shows its own list of windows, without this page: it would be a picture of a picture.
  selfBrowserSurface: "exclude",
  surfaceSwitching: "include",
  // A 4K screen is sent at 1440p, in which the faces of 49 tiles are still large enough.
  video: { frameRate: { ideal: 10, max: 15 }, width: { max: 2560 }, height: { max: 1440 } },
  audio: false,
};
const CAMERA = {
  video: { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 15, max: 30 } },
  audio: false,
};

const REFUSALS = {
  NotAllowedError: {
    screen: "Nothing was chosen, or the browser may not show it. Try again and choose a window or screen.",
    camera: "The browser was not allowed to use the camera. Allow it in the address bar, then try again.",
  },
  NotFoundError: { screen: "There is nothing to share.", camera: "No camera was found. Is it plugged in?" },
  NotReadableError: {
    screen: "The system does not let the browser see the screen. Allow screen recording for it.",
    camera: "The camera cannot be used: another program may have it.",
  },
  OverconstrainedError: { screen: "This picture cannot be shared.", camera: "This camera cannot be used." },
};

// WebKitGTK is mostly built without it, and Safari's Lockdown Mode switches it off.
const CAN_SEND = typeof window.RTCPeerConnection === "function";

const token = takeToken(window.location, window.history);
const view = {
  stream: null,
  kind: null,
  // Counts what was begun and ended.
  turn: 0,
  whip: null,
  message: null,
  attempt: 0,
  since: 0,
  inferred: true,
};

const soon = onNextFrame(draw);

// --- sharing -----------------------------------------------------------------------------------------------

function say(state, word, note = "") {
  setAttribute(document.body, "data-sharing", state);
  setAttribute(byId("state"), "data-state", state === "sharing" ? "live" : state);
  setText(byId("state-word"), word);
  setText(byId("state-note"), note);
  const busy = state !== "idle" && state !== "failed";
  byId("stop").hidden = !busy;
  byId("screen").hidden = busy || !CAN_SEND || !canCapture("getDisplayMedia");
  byId("camera").hidden = busy || !CAN_SEND || !canCapture("getUserMedia");
  byId("welcome").hidden = view.stream !== null;
  byId("overlay").hidden = view.stream === null;
}

function complain(text) {
  const node = byId("trouble");
  node.hidden = text === "";
  setText(node, text);
}

const canCapture = (name) => typeof navigator.mediaDevices?.[name] === "function";

async function begin(kind) {
  complain("");
  say("choosing", kind === "screen" ? "choosing what to share" : "asking for the camera");
  view.turn += 1;
  const { turn } = view;
  let stream;
  try {
    const media = navigator.mediaDevices;
    stream = await (kind === "screen" ? media.getDisplayMedia(SCREEN) : media.getUserMedia(CAMERA));
  } catch (error) {
    if (view.turn !== turn) return;
    say("idle", "not sharing");
    complain(REFUSALS[error.name]?.[kind] ?? `This cannot be shared: ${error.message || error.name}.`);
    return;
  }
  // Stop may be pressed while the browser's question is open: what it allows later must not be shared.
  if (view.turn !== turn) {
    stopTracks(stream);
    return;
  }
  const [track] = stream.getVideoTracks();
  // Not "detail": with it Chromium stops at a coarser quantizer (15). In libvpx 12 of 72 real faces then got another
  // label than on the screen; with "motion", which reaches quantizer 2, it was 6. whip.js asks to keep the size.
  if ("contentHint" in track) track.contentHint = "motion";
  track.onended = () => end("The browser ended the sharing.");
  Object.assign(view, { stream, kind, attempt: 0 });
  const video = byId("video");
  video.srcObject = stream;
  video.play().catch(() => null);
  if (!byId("overlay").src) byId("overlay").src = "/overlay";
  await connect();
}

async function connect() {
  const { stream } = view;
  const whip = new Whip(token, (text, final) => retry(whip, text, final), view.kind === "camera");
  view.whip = whip;
  say("connecting", "connecting…");
  try {
    await whip.start(stream);
  } catch (error) {
    await whip.stop();
    if (!(error instanceof SharingError)) console.error(error);
    retry(whip, error instanceof SharingError ? error.message : "The picture cannot be sent.", error.final);
    return;
  }
  if (view.whip !== whip || whip.over) return;
  view.attempt = 0;
  view.since = Date.now();
  soon();
  setTimeout(soon, LOOKING_MS);
  complain("");
  const { width, height } = stream.getVideoTracks()[0].getSettings();
  say("sharing", "sharing", width ? `${width} × ${height}` : "");
}

// Connects again with the same picture after a break, a few times, unless the agent refuses.
function retry(whip, text, final) {
  if (view.whip !== whip || view.stream === null) return;
  if (final || view.attempt >= RETRY_MS.length) {
    end(text, "failed");
    return;
  }
  complain(`${text} Trying again…`);
  say("connecting", "connecting…");
  setTimeout(() => view.whip === whip && view.stream && connect(), RETRY_MS[view.attempt]);
  view.attempt += 1;
}

function stopTracks(stream) {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}

function end(text = "", state = "idle") {
  const { stream, whip } = view;
  Object.assign(view, { stream: null, turn: view.turn + 1, whip: null, message: null });
  if (stream) stopTracks(stream);
  byId("video").srcObject = null;
  whip?.stop();
  say(state, "not sharing");
  complain(text);
  soon();
}

// --- the faces ---------------------------------------------------------------------------------------------

const FACES_COME = "The seven probabilities of each face appear here.";
const NO_GALLERY =
  "No gallery in sight. Put the meeting into gallery view and share its window, or sit in front of the camera.";
const LOOKING = "Looking for the gallery in your picture…";
const LOOKING_MS = 5000;
const NO_FACE = "No face in sight. Is it light enough, and does somebody look at the camera?";

const rows = new Map();

function makeRow() {
  const mark = el("span", "mark");
  const word = el("span", "text");
  const place = el("small");
  const seven = el("div", "seven");
  const bars = {};
  for (const label of ORDER) {
    const fill = el("span", "fill");
    const value = el("span", "value");
    const track = el("span", "track", null, fill);
    bars[label] = { node: el("div", `bar label-${label}`, null, el("span", "name", label), track, value), value };
    seven.append(bars[label].node);
  }
  const root = el("li", "", null, mark, el("span", "word", null, word, place), seven);
  return { root, mark, word, place, seven, bars };
}

function showFace(row, tile) {
  const seen = describe(tile);
  row.mark.className = `mark label-${seen.symbol}`;
  setSymbol(row.mark, seen.symbol, symbol);
  // A figure and its sign stay on one line.
  const sure = tile.emotion && percent(tile.emotion.confidence).replace(" ", "\u00a0");
  setText(row.word, sure ? `${seen.word} ${sure}` : seen.word);
  setText(row.place, placeText(tile));
  for (const label of ORDER) {
    const share = tile.emotion?.scores[label] ?? 0;
    const { node, value } = row.bars[label];
    node.style.setProperty("--share", share.toFixed(3));
    setText(value, tile.emotion ? percent(share) : "–");
    setAttribute(node, "title", `${label} ${percent(share)}`);
  }
}

// Why no face is found, and what helps. Said only once the agent has seen this page's picture.
function emptyText(message) {
  const isSharing = view.stream && document.body.dataset.sharing === "sharing";
  if (isSharing && (!message || message.frame.width === 0)) return LOOKING;
  if (!view.stream || !message || message.source.state !== "live") {
    return view.inferred ? FACES_COME : `${NOT_INFERRED}: faces that are found are named here.`;
  }
  if (message.tiles.length === 0) return Date.now() - view.since < LOOKING_MS ? LOOKING : NO_GALLERY;
  return message.tiles.every((tile) => tile.state === "camera_off") ? "No camera is on." : NO_FACE;
}

function draw() {
  const { message } = view;
  const faces = message ? message.tiles.filter((tile) => tile.state === "face") : [];
  for (const [id, row] of [...rows]) {
    if (faces.some((tile) => tile.id === id)) continue;
    rows.delete(id);
    row.root.remove();
  }
  for (const tile of faces) {
    if (!rows.has(tile.id)) {
      rows.set(tile.id, makeRow());
      byId("faces").append(rows.get(tile.id).root);
    }
    showFace(rows.get(tile.id), tile);
  }
  setAttribute(byId("faces"), "data-size", faces.length <= FEW ? "few" : "many");
  setText(byId("faces-note"), message ? readText(message.room, view.inferred) : "");
  byId("faces-empty").hidden = faces.length > 0;
  setText(byId("faces-empty"), emptyText(message));
}

new Feed(
  token,
  {
    hello: (message) => {
      view.inferred = infers(message);
      setAttribute(document.body, "data-infers", view.inferred ? "yes" : "no");
      soon();
    },
    room: (message) => {
      // What was read before belongs to somebody else's picture.
      view.message = document.body.dataset.sharing === "sharing" ? message : null;
      soon();
    },
    state: (state) => setAttribute(document.body, "data-connection", state),
  },
  wantedRate(new URLSearchParams(window.location.search), 5),
).start();

byId("screen").addEventListener("click", () => begin("screen"));
byId("camera").addEventListener("click", () => begin("camera"));
byId("stop").addEventListener("click", () => end());
window.addEventListener("pagehide", () => view.whip?.stop());
say("idle", "not sharing");
if (!canCapture("getUserMedia")) {
  complain(
    "Browsers show screens and cameras only to secure pages. Open this page on the agent's own machine as " +
      "http://localhost, or start the agent with --lan and open the https address.",
  );
} else if (!CAN_SEND) {
  complain(
    "This browser cannot send pictures: it has no WebRTC, or Lockdown Mode switched it off. Open this page in " +
      "Chrome, Edge, Firefox or Safari, or share from OBS.",
  );
} else if (!canCapture("getDisplayMedia")) {
  setText(byId("state-note"), "this browser cannot share windows, only a camera");
}
