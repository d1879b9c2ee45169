// The lesson's parts of the dashboard: the sentence on the pace with its evidence, alerts, and markers.

import { byId, el, setAttribute, setText } from "./dom.js";
import { clock, percent, unbroken } from "./words.js";

// The most ids that are listed; more are counted.
const MOST_IDS = 6;
// How long the confirmation of a marker is shown.
const SAID_MS = 4000;
// The widest interval that is shown. That of a single face goes from 1 to 88 % and says nothing.
const WIDEST = 60;

// --- the sentence ------------------------------------------------------------------------------------------

export function showAdvice(advice) {
  const node = byId("advice");
  node.hidden = advice === null;
  if (advice === null) return;
  setAttribute(node, "data-tempo", advice.tempo);
  setText(byId("advice-text"), unbroken(advice.text));
  setText(byId("advice-evidence"), unbroken(advice.evidence));
  node.setAttribute("aria-label", `${advice.text} Evidence: ${advice.evidence}`);
}

// How uncertain the room's mean is, of the label that leads it: its 95 % confidence interval in plain words.
export function intervalText(room) {
  const ends = room.intervals?.[room.label];
  if (!ends) return "";
  const [low, high] = ends.map((end) => Math.round(end * 100));
  if (high - low > WIDEST) return "";
  return `Uncertain: ${room.label} may be anywhere from ${low} to ${high}\u00a0%.`;
}

// --- alerts ------------------------------------------------------------------------------------------------

// A participant's id, which shows their tile when it is pressed: nobody knows whose id it is.
function idButton(id) {
  const button = el("button", "", id);
  button.type = "button";
  button.dataset.id = id;
  button.title = "Show this tile";
  button.setAttribute("aria-label", `${id}, show this tile`);
  return button;
}

// Whom an alert rests on; in the gallery's order, which is no ranking.
function named({ tiles, scope }) {
  if (!tiles.length) return [];
  if (scope === "room" || tiles.length > MOST_IDS) {
    return [`${tiles.length} ${tiles.length === 1 ? "tile" : "tiles"}`];
  }
  return tiles.flatMap((id, index) => (index ? [", ", idButton(id)] : [idButton(id)]));
}

// An item of the list. An id that stands in the text is not said again after it.
function alertItem(alert) {
  const [text, [first]] = [unbroken(alert.text || alert.name), alert.tiles];
  const isSaid = alert.tiles.length === 1 && text.includes(first);
  const [before, ...after] = isSaid ? text.split(first) : [text];
  const words = isSaid ? [before, idButton(first), after.join(first)] : [before];
  const [since, ids] = [sinceText(alert), isSaid ? [] : named(alert)];
  const note = el("span", "note", null, el("span", "when", since), since && ids.length ? " · " : "", ...ids);
  const item = el("li", "", null, el("b", "", null, ...words), " ", note);
  item.dataset.scope = alert.scope;
  return item;
}

// Alerts on single participants that say the same are one item of the list.
export function joined(alerts) {
  const items = [];
  for (const alert of alerts) {
    const isSame = ({ name, text, scope }) => scope !== "room" && name === alert.name && text === alert.text;
    const same = alert.scope === "room" ? null : items.find(isSame);
    if (!same) items.push({ ...alert, each: [alert.since] });
    else {
      same.tiles = [...same.tiles, ...alert.tiles];
      same.each.push(alert.since);
    }
  }
  return items;
}

// "since 10:31", or from when to when the joined ones began.
function sinceText({ each }) {
  const known = each.filter((since) => since !== null);
  if (!known.length) return "";
  const [first, last] = [Math.min(...known), Math.max(...known)].map((since) => clock(since, false));
  return first === last ? `since ${first}` : `since ${first} to ${last}`;
}

export function showAlerts(alerts) {
  const list = byId("alerts");
  const key = JSON.stringify(alerts);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  const items = joined(alerts).map(alertItem);
  // A replaced button takes the keyboard's focus with it.
  const held = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  list.replaceChildren(...items);
  if (held) list.querySelector(`[data-id="${CSS.escape(held)}"]`)?.focus();
  // Before measuring: where there are alerts their panel is wider.
  setAttribute(list.parentNode, "data-any", alerts.length ? "yes" : "no");
  // Says that there are more alerts than can be seen: not every system shows a scroll bar.
  const isCut = list.scrollHeight > list.clientHeight + 1;
  setText(byId("alerts-note"), items.length ? `${items.length}${isCut ? ", scroll to see all" : ""}` : "none");
}

// Calls `show(id)` when an id in the list is pressed. Already at the press: until the release the item may be replaced.
export function onAlertId(show) {
  const tell = ({ target }) => target.dataset.id && show(target.dataset.id);
  for (const kind of ["pointerdown", "click"]) byId("alerts").addEventListener(kind, tell);
}

// The tiles to outline. Those of an alert on the whole room are not: half of the gallery would be.
export const outlined = (alerts) =>
  new Set(alerts.filter(({ scope }) => scope !== "room").flatMap(({ tiles }) => tiles));

// --- markers -----------------------------------------------------------------------------------------------

export class Markers {
  // `send(command)` asks the agent to set a marker or to take one back, and returns whether it could.
  constructor(send) {
    this.send = send;
    this.said = 0;
    this.key = "[]";
    this.open = false;
    const list = byId("marker-list");
    // The newest is what was set by mistake, mostly.
    list.addEventListener("toggle", () => (list.scrollTop = list.scrollHeight));
    for (const button of document.querySelectorAll("#markers button[data-text]")) {
      button.addEventListener("click", () => this.#send(button.dataset.text));
    }
    byId("marker-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = byId("marker-text");
      const text = field.value.trim();
      if (!text) field.focus();
      else if (this.#send(text)) field.value = "";
    });
  }

  // Without a connection nobody would receive a marker: the buttons are disabled.
  enable(open) {
    this.open = open;
    for (const node of document.querySelectorAll("#markers :is(button, input), #marker-list button"))
      node.disabled = !open;
  }

  // Where privacy drops the marker's words, none are asked for.
  takeWords(kept) {
    byId("marker-form").hidden = !kept;
    byId("marker-other").hidden = kept;
  }

  // The button that opens the list of all markers. Their flags in the chart are cut, and nobody can read them from a
  // picture.
  show(markers) {
    const key = JSON.stringify(markers);
    if (key === this.key) return;
    this.key = key;
    const [button, list] = [byId("marker-count"), byId("marker-list")];
    button.hidden = markers.length === 0;
    const said = `${markers.length} ${markers.length === 1 ? "marker" : "markers"}: show or hide the list`;
    setAttribute(button, "aria-label", said);
    // A removed item takes the keyboard's focus with it: the next one has it then.
    const held = [...list.children].findIndex((item) => item.contains(document.activeElement));
    list.replaceChildren(...markers.map((marker, index) => this.#item(marker, index + 1)));
    if (markers.length === 0) list.hidePopover?.();
    else if (held >= 0) list.children[Math.min(held, markers.length - 1)].querySelector("button").focus();
  }

  #item({ text, time }, number) {
    const remove = el("button", "", null, "Remove");
    remove.type = "button";
    remove.disabled = !this.open;
    remove.setAttribute("aria-label", `Remove marker ${number}: ${text}`);
    remove.addEventListener("click", () => {
      const sent = this.send({ type: "unmark", time: new Date(time).toISOString() });
      this.#say(sent ? `Removed “${text}”` : "Not removed: the agent does not answer");
    });
    return el("li", "", null, el("time", "", clock(time)), el("span", "", text), remove);
  }

  #send(text) {
    const sent = this.send({ type: "marker", text });
    this.#say(sent ? `Marked “${text}”` : "Not marked: the agent does not answer");
    return sent;
  }

  #say(text) {
    setText(byId("marker-said"), text);
    clearTimeout(this.said);
    this.said = setTimeout(() => setText(byId("marker-said"), ""), SAID_MS);
  }
}

// --- trend -------------------------------------------------------------------------------------------------

const ARROWS = { rising: "↗", falling: "↘", steady: "" };

// An arrow for a gauge and what it means.
export function trendMark(change) {
  if (!change || change.direction === "steady") return { arrow: "", text: "" };
  const by = percent(Math.abs(change.change)).replace(" %", " points");
  return { arrow: ARROWS[change.direction], text: `${change.direction} by ${by} in the last minute` };
}
