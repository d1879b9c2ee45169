// The connection to the feed, for all pages: connect, acknowledge, reconnect.
//
// States of a connection: "connecting" (not open yet, or lost and being tried again), "live", "stale" (open
// or not, but nothing came for STALE_MS) and "refused" (the agent answers and will not let this page in).

import { parseMessage } from "./feed_message.js";
import { authorised } from "./token.js";

// The agent repeats its message each second while it reads nothing.
export const STALE_MS = 3000;
const RETRY_MS = { first: 250, most: 5000, refused: 10000 };

// `link` holds {open, refused, last}: `last` is when the newest message came, null for never; times in ms.
export function connectionState(link, now) {
  if (link.refused) return "refused";
  if (link.last !== null && now - link.last > STALE_MS) return "stale";
  return link.open && link.last !== null ? "live" : "connecting";
}

export function retryDelay(attempt) {
  return Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** Math.min(attempt, 10));
}

// The feed's address for a page's location, with the options in `wanted`.
export function feedAddress(location, token, wanted = {}) {
  const address = new URL("/feed", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = new URLSearchParams({ ack: "1", ...wanted, ...(token ? { token } : {}) }).toString();
  return address.href;
}

// How many messages a second a page asks for: `hz` in its address, else `otherwise`. Drawing is what costs:
// at 5 a second the dashboard with 49 tiles takes an eighth of a core, and nobody reads faster.
export function wantedRate(options, otherwise) {
  const asked = Number(options.get("hz"));
  return { hz: String(asked > 0 && asked <= 60 ? asked : otherwise) };
}

export class Feed {
  // `handlers`: hello(message), room(message), state(name, open). `wanted` are options of the feed such as
  // {hz: "5"}.
  constructor(token, handlers, wanted = {}) {
    this.token = token;
    this.handlers = handlers;
    this.wanted = wanted;
    this.link = { open: false, refused: false, last: null };
    this.attempt = 0;
    this.told = "";
    this.socket = null;
  }

  start() {
    this.#tell();
    this.#connect();
    setInterval(() => this.#tell(), 250);
  }

  // Asks the agent for something, such as {type: "marker", text}; false when nobody is there to ask.
  send(command) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(command));
    return true;
  }

  #connect() {
    const socket = new WebSocket(feedAddress(window.location, this.token, this.wanted));
    this.socket = socket;
    socket.onopen = () => {
      this.link = { ...this.link, open: true, refused: false };
    };
    socket.onmessage = (event) => this.#take(socket, event.data);
    socket.onclose = (event) => this.#closed(event.code);
  }

  #take(socket, data) {
    const message = parseMessage(data);
    if (!message) return;
    this.attempt = 0;
    this.link = { ...this.link, last: performance.now() };
    this.handlers[message.type](message);
    // Acknowledged when taken, not when drawn: a hidden tab draws nothing and must still follow the lesson.
    if (message.type === "room") socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
    this.#tell();
  }

  async #closed(code) {
    const wasOpen = this.link.open;
    this.link = { ...this.link, open: false };
    const refused = code === 1008 || (!wasOpen && (await this.#isRefused()));
    this.link = { ...this.link, refused };
    this.#tell();
    setTimeout(() => this.#connect(), refused ? RETRY_MS.refused : retryDelay(this.attempt));
    this.attempt += 1;
  }

  // A browser does not say why a WebSocket failed; a plain request to the same place does.
  async #isRefused() {
    const address = new URL("/healthz", window.location.href);
    try {
      const answer = await fetch(address, { headers: authorised(this.token), cache: "no-store" });
      return answer.status === 401 || answer.status === 403;
    } catch {
      return false;
    }
  }

  #tell() {
    const state = connectionState(this.link, performance.now());
    const told = `${state} ${this.link.open}`;
    if (told === this.told) return;
    this.told = told;
    this.handlers.state(state, this.link.open);
  }
}
