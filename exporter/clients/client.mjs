// Follows the feed from JavaScript: always the newest message, at most one behind, also when the agent restarts.
//
// Runs in browsers and in Node 22 or newer, which have WebSocket built in; for another runtime pass one as Socket.
//
//   import { follow } from "./client.mjs";
//   const stop = follow({ feed: "ws://127.0.0.1:8765/feed", token }, (message) => console.log(message));
//
// As a program it prints the room: node client.mjs FILE
//
// Address, token and certificate are in the agent's connection file (FILE), feed-8765.json in its state folder. A page of
// another origin than the agent's needs its origin in feed.allowed_origins.
//
// An agent with --tls or --lan has a self-signed certificate. The WebSocket of Node and of browsers cannot be given a
// certificate to trust, and does not report this error: the client retries for ever. For Node, set the path from the
// connection file before the start: NODE_EXTRA_CA_CERTS=CERTIFICATE node program.mjs. In a browser, open the agent's dashboard
// once at the address in the connection file (https in place of wss) and accept the certificate there.

export function follow(agent, onMessage, { options = {}, pause = 1000, Socket = globalThis.WebSocket } = {}) {
  if (!Socket) throw new Error("there is no WebSocket here: use Node 22 or newer, or hand one in as Socket");
  const address = new URL(agent.feed);
  address.search = new URLSearchParams({ ack: "1", ...options, token: agent.token }).toString();
  let stopped = false;
  let socket = null;
  let timer = null;

  // For a failed connection, Node 20 fires only error; other runtimes fire error and close.
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

const USAGE = `usage: node client.mjs FILE

Prints a line for each message of the feed: its type, its number, how many faces are read, the label of most.
FILE is the agent's connection file, with address and token: feed-8765.json in its state folder.`;

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

// Whether Node was started with this file. Browsers have no process. With node -e TEXT, argv[1] is the first argument
// and not a file.
async function isProgram() {
  const { argv, execArgv } = globalThis.process ?? {};
  if (!argv?.[1] || execArgv?.some((flag) => ["-e", "--eval", "-p", "--print"].includes(flag))) return false;
  const { existsSync, realpathSync } = await import("node:fs");
  const { pathToFileURL } = await import("node:url");
  return existsSync(argv[1]) && pathToFileURL(realpathSync(argv[1])).href === import.meta.url;
}

if (await isProgram()) await main(process.argv.slice(2));
