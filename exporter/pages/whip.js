// A WHIP client (RFC 9725): offers a stream's picture to the agent, and says in plain words what went wrong.

import { REFUSED, authorised } from "./token.js";

const GATHER_MS = 500;
const CONNECT_MS = 15_000;
const MOST_BITS = 8_000_000;
const START_KBITS = 6000;
const MOST_FRAMES = 15;

// A failure with a text for the user. `final`: trying again would not help.
export class SharingError extends Error {
  constructor(text, final = false) {
    super(text);
    this.final = final;
  }
}

export class Whip {
  // `lost(text, final)` is called once, when an open session ends without `stop`. `isCamera` says that one face may
  // fill the picture.
  constructor(token, lost, isCamera = false) {
    this.endpoint = isCamera ? "/whip?picture=camera" : "/whip";
    this.token = token;
    this.lost = lost;
    this.peer = null;
    this.sessionUrl = null;
    this.over = false;
  }

  async start(stream) {
    const peer = new RTCPeerConnection({ iceServers: [] });
    this.peer = peer;
    const [track] = stream.getVideoTracks();
    const { sender } = peer.addTransceiver(track, { direction: "sendonly", streams: [stream] });
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const answer = await this.#post(peer.localDescription.sdp);
    if (this.over) return this.stop();
    await peer.setRemoteDescription({ type: "answer", sdp: startingSharp(answer) });
    await keepSharp(sender);
    await connected(peer);
    if (this.over) return this.stop();
    peer.onconnectionstatechange = () => this.#check();
    // Notices at once when the agent closes the session; the connection's own state changes seven seconds later.
    if (sender.transport) sender.transport.onstatechange = () => this.#check(sender.transport.state);
    return this.#check();
  }

  // May be called while starting, and when the page is left: the request must then outlive the page.
  async stop() {
    this.over = true;
    const { sessionUrl, peer } = this;
    this.sessionUrl = null;
    // Asked before the connection closes: a session that the agent ended itself would be an error.
    if (sessionUrl) await this.#ask(sessionUrl, { method: "DELETE", keepalive: true }).catch(() => null);
    peer?.close();
  }

  async #post(offer) {
    const headers = { "Content-Type": "application/sdp" };
    const response = await this.#ask(this.endpoint, { method: "POST", headers, body: offer }).catch(() => {
      throw new SharingError("The agent does not answer. Is it still running?");
    });
    if (response.status !== 201) {
      const detail = await detailOf(response);
      const final = response.status < 500;
      if (response.status === 401) throw new SharingError(REFUSED, true);
      throw new SharingError(`The agent does not take the picture: ${detail}.`, final);
    }
    this.sessionUrl = new URL(response.headers.get("Location"), window.location.href).href;
    return response.text();
  }

  #ask(url, options) {
    const headers = { ...options.headers, ...authorised(this.token) };
    return fetch(url, { ...options, headers, cache: "no-store" });
  }

  async #check(state = this.peer.connectionState) {
    if (this.over || !["failed", "closed", "disconnected"].includes(state)) return;
    this.over = true;
    this.peer.close();
    const { text, final } = await this.#why();
    this.lost(text, final);
  }

  // The agent says why a session ended when it is asked to end it again.
  async #why() {
    const sessionUrl = this.sessionUrl;
    this.sessionUrl = null;
    try {
      const response = await this.#ask(sessionUrl, { method: "DELETE" });
      if (response.status !== 410) return { text: "The connection to the agent broke.", final: false };
      const detail = await detailOf(response);
      return { text: `${detail.replace(/^this/, "This")}.`, final: detail.includes("took over") };
    } catch {
      return { text: "The agent does not answer.", final: false };
    }
  }
}

async function detailOf(response) {
  try {
    return String((await response.json()).detail);
  } catch {
    return `it answered with ${response.status}`;
  }
}

// ICE candidates that are found later are not needed: the agent's own address is in its answer.
function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    setTimeout(resolve, GATHER_MS);
    peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && resolve());
  });
}

function connected(peer) {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (peer.connectionState === "connected") resolve();
      if (peer.connectionState === "failed") reject(new SharingError("No connection to the agent came about."));
      // Our own stop.
      if (peer.connectionState === "closed") resolve();
    };
    setTimeout(
      () => reject(new SharingError("No connection to the agent came about in time. Is a firewall in between?")),
      CONNECT_MS,
    );
    peer.addEventListener("connectionstatechange", check);
    check();
  });
}

// Chromium and Safari begin at 300 kbit/s, which blurs small faces for the first ten seconds. They follow this hint,
// one for each codec; other browsers ignore it.
function startingSharp(answer) {
  const types = [...answer.matchAll(/^a=rtpmap:(\d+) (?:VP8|H264)\//gm)].map(([, type]) => type);
  const hint = `x-google-start-bitrate=${START_KBITS}`;
  return types.reduce((sdp, type) => {
    const line = new RegExp(`^a=fmtp:${type} .*$`, "m");
    if (line.test(sdp)) return sdp.replace(line, (found) => `${found};${hint}`);
    return sdp.replace(new RegExp(`^a=rtpmap:${type} .*$`, "m"), (found) => `${found}\r\na=fmtp:${type} ${hint}`);
  }, answer);
}

// Small faces need every pixel; a few pictures a second are enough. Not every browser knows all of this.
async function keepSharp(sender) {
  const parameters = sender.getParameters();
  parameters.degradationPreference = "maintain-resolution";
  for (const encoding of parameters.encodings ?? [])
    Object.assign(encoding, { maxBitrate: MOST_BITS, maxFramerate: MOST_FRAMES });
  await sender.setParameters(parameters).catch(() => null);
}
