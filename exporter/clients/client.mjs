// Follows the feed from JavaScript: always the newest message, at most one behind, also when the agent restarts.
//
// Runs in browsers and in Node 22 or newer, which have WebSocket built in; for another runtime pass one as Socket.
//
//   import { follow } from "./client.mjs";
//   const stop = follow(() => JSON.parse(readFileSync(FILE, "utf8")), (message) => console.log(message));
//
// As a program it prints the room: node client.mjs FILE
//
// Address, token and certificate are in the agent's connection file (FILE), feed-8765.json in its state folder. A page
// cannot read that file: give it follow({ feed: "ws://127.0.0.1:8765/feed", token }, ...) with a token of your own
// (READTHEROOM_TOKEN). A page of another origin than the agent's needs its origin in feed.allowed_origins.
//
// An agent with --tls or --lan has a self-signed certificate. The WebSocket of Node and of browsers cannot be given a
// certificate to trust, and does not report this error: the client retries for ever. For Node, set the path from the
// connection file before the start: NODE_EXTRA_CA_CERTS=CERTIFICATE node program.mjs. In a browser, open the agent's dashboard
// once at the address in the connection file (https in place of wss) and accept the certificate there.
//
// Nor does it report a refusal, as of a wrong token: the client retries for ever, and GET /healthz with the same token
// says why.

// The agent is { feed, token }, or a function that gives it, perhaps later: it is called before each attempt, because an
// agent has another token after each start. An error that it throws means that there is no agent now.
export function follow(agent, onMessage, { options = {}, pause = 1000, Socket = globalThis.WebSocket } = {}) {
  if (!Socket) throw new Error("there is no WebSocket here: use Node 22 or newer, or hand one in as Socket");
  const find = typeof agent === "function" ? agent : null;
  const fixed = find ? null : addressOf(agent, options);
  let stopped = false;
  let socket = null;
  let timer = null;

  // For a failed connection, Node 20 fires only error; other runtimes fire error and close.
  function again() {
    if (socket) socket.onclose = socket.onerror = null;
    if (!stopped) timer = setTimeout(find ? look : () => connect(fixed), pause);
  }

  async function look() {
    let address;
    try {
      address = addressOf(await find(), options);
    } catch {
      return again();
    }
    if (!stopped) connect(address);
  }

  function connect(address) {
    socket = new Socket(address);
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      try {
        onMessage(message);
      } finally {
        // Also after an error of onMessage: without it no further message would come.
        if (message.type === "room") socket.send(JSON.stringify({ type: "ack", seq: message.seq }));
      }
    };
    socket.onclose = again;
    socket.onerror = again;
  }

  if (find) look();
  else connect(fixed);
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket?.close();
  };
}

function addressOf({ feed, token }, options) {
  const address = new URL(feed);
  address.search = new URLSearchParams({ ack: "1", ...options, token }).toString();
  return address.href;
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
    const find = () => JSON.parse(readFileSync(path, "utf8"));
    // Say at once what is wrong with the file; later a missing one means that the agent has stopped.
    addressOf(find(), {});
    // The reader of stdout has gone, as with | head.
    process.stdout.on("error", ({ code, message }) => {
      if (code !== "EPIPE") console.error(`the output cannot be used: ${message}`);
      process.exit(code === "EPIPE" ? 0 : 1);
    });
    follow(find, ({ type, seq = "", room = {} }) =>
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
