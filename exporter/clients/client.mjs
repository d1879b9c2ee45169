// Follow the feed from JavaScript: always the newest message, at most one behind, across restarts of the agent.
//
// Runs in browsers and in Node 22 or newer, which have a WebSocket of their own; for another runtime hand one in.
//
//   import { follow } from "./client.mjs";
//   const stop = follow({ feed: "ws://127.0.0.1:8765/feed", token }, (message) => console.log(message));
//
// Feed, token and certificate stand in the file feed-8765.json in the agent's state folder. A page on another origin
// than the agent's own needs that origin in feed.allowed_origins.
//
// An agent with --tls or --lan has a certificate of its own. Neither Node's WebSocket nor a browser's can be handed one
// to trust, or says that it was this: both try again and again. Node is told before it starts, with the path from the
// ticket: NODE_EXTRA_CA_CERTS=CERTIFICATE node program.mjs. In a browser, open the agent's dashboard once at the
// address in the ticket (https in place of wss) and accept the certificate there.

export function follow(ticket, onMessage, { options = {}, pause = 1000, Socket = globalThis.WebSocket } = {}) {
  if (!Socket) throw new Error("there is no WebSocket here: use Node 22 or newer, or hand one in as Socket");
  const address = new URL(ticket.feed);
  address.search = new URLSearchParams({ ack: "1", ...options, token: ticket.token }).toString();
  let stopped = false;
  let socket = null;
  let timer = null;

  // Of a connection that was never made Node 20 says that it failed, and not that it closed; others say both.
  function again() {
    socket.onclose = socket.onerror = null;
    if (!stopped) timer = setTimeout(connect, pause);
  }

  function connect() {
    socket = new Socket(address.href);
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      onMessage(message);
      if (message.type === "room") socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
    };
    socket.onclose = again;
    socket.onerror = again;
  }

  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket.close();
  };
}
