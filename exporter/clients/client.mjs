// Follow the feed from JavaScript: always the newest message, at most one behind, across restarts of the agent.
//
// Runs in browsers and in Node 22 or newer, which have a WebSocket of their own; for another runtime hand one in.
//
//   import { follow } from "./client.mjs";
//   const stop = follow({ feed: "ws://127.0.0.1:8765/feed", token }, (message) => console.log(message));
//
// Feed and token stand in the file feed-8765.json in the agent's state folder. A page on another origin than the
// agent's own needs that origin in feed.allowed_origins.

export function follow(ticket, onMessage, { options = {}, pause = 1000, Socket = globalThis.WebSocket } = {}) {
  const address = new URL(ticket.feed);
  address.search = new URLSearchParams({ ack: "1", ...options, token: ticket.token }).toString();
  let stopped = false;
  let socket = null;
  let timer = null;

  function connect() {
    socket = new Socket(address.href);
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      onMessage(message);
      if (message.type === "room") socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
    };
    socket.onclose = () => {
      if (!stopped) timer = setTimeout(connect, pause);
    };
  }

  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket.close();
  };
}
