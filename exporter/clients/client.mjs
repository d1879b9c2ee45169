// Follow the feed from JavaScript: always the newest message, at most one behind, across restarts of the agent.
//
// Runs in browsers and in Node 22 or newer, which have a WebSocket of their own; for another runtime hand one in.
//
//   import { follow } from "./client.mjs";
//   const stop = follow({ feed: "ws://127.0.0.1:8765/feed", token }, (message) => console.log(message));
//
// As a program it prints the room: node client.mjs TICKET
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

const USAGE = `usage: node client.mjs TICKET

Prints a line for each message of the feed: its type, its number, how many faces are read, the label of most.
TICKET is the agent's file with address and token, feed-8765.json in its state folder.`;

async function main([path, ...more]) {
  if (path === "-h" || path === "--help") return console.log(USAGE);
  const fail = (text, code) => {
    console.error(text);
    process.exitCode = code;
  };
  if (!path || path.startsWith("-") || more.length) return fail(USAGE, 2);
  try {
    const { readFileSync } = await import("node:fs");
    follow(JSON.parse(readFileSync(path, "utf8")), ({ type, seq = "", room = {} }) =>
      console.log(type, seq, room.read ?? "", room.label ?? ""),
    );
  } catch (error) {
    fail(`${path}: ${error.message}`, 1);
  }
}

// Whether Node was started with this file. Browsers have no process; text given to Node with -e is no file, though the
// first word after it stands where a file would.
async function isProgram() {
  const { argv, execArgv } = globalThis.process ?? {};
  if (!argv?.[1] || execArgv?.some((flag) => ["-e", "--eval", "-p", "--print"].includes(flag))) return false;
  const { existsSync, realpathSync } = await import("node:fs");
  const { pathToFileURL } = await import("node:url");
  return existsSync(argv[1]) && pathToFileURL(realpathSync(argv[1])).href === import.meta.url;
}

if (await isProgram()) await main(process.argv.slice(2));
