// Runs the npm package @vladmandic/human (WASM) beside this program: frames come in, faces go out.
//
// Standard input: for each frame its width and height, 32 bits each, little endian, then its RGB bytes.
// Standard output: a line of JSON for each frame, {boxes: [[left, top, width, height], ...], wall, cpu} in
// pixels and seconds; before the first one {version}. What goes wrong is a line {error}, and the end.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const MOST_FACES = 49;
const modules = resolve(process.argv[2], 'node_modules');

// What it tells people on its way must not come between the lines.
console.log = console.info = console.warn = console.error = () => {};
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

async function open() {
  const require = createRequire(join(modules, 'package.json'));
  require('@tensorflow/tfjs-backend-wasm');
  const package_ = join(modules, '@vladmandic', 'human');
  const { Human } = require(join(package_, 'dist', 'human.node-wasm.js'));
  // Node's fetch reads no files, and nothing else may be fetched.
  globalThis.fetch = async (address) => new Response(readFileSync(new URL(address)));
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm',
    wasmPath: join(modules, '@tensorflow', 'tfjs-backend-wasm', 'dist') + '/',
    modelBasePath: pathToFileURL(join(package_, 'models')).href + '/',
    debug: false,
    // Every frame is computed anew, as by the others.
    cacheSensitivity: 0,
    filter: off, body: off, hand: off, object: off, gesture: off, segmentation: off,
    face: {
      enabled: true, emotion: { enabled: true }, detector: { maxDetected: MOST_FACES, rotation: false },
      mesh: off, iris: off, description: off, antispoof: off, liveness: off,
    },
  });
  await human.load();
  say({ version: human.version });
  return human;
}

async function read(human, width, height, pixels) {
  const frame = human.tf.tensor(pixels, [1, height, width, 3], 'float32');
  const [wall, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  const { face, error } = await human.detect(frame);
  const spent = process.cpuUsage(cpu);
  const seconds = Number(process.hrtime.bigint() - wall) / 1e9;
  frame.dispose();
  if (error) throw new Error(error);
  say({ boxes: face.map((one) => one.box), wall: seconds, cpu: (spent.user + spent.system) / 1e6 });
}

async function serve() {
  const human = await open();
  let waiting = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 8) {
      const [width, height] = [waiting.readUInt32LE(0), waiting.readUInt32LE(4)];
      const end = 8 + width * height * 3;
      if (waiting.length < end) break;
      await read(human, width, height, new Uint8Array(waiting.subarray(8, end)));
      waiting = waiting.subarray(end);
    }
  }
}

serve().catch((error) => {
  say({ error: String(error.message ?? error).split('\n')[0] });
  process.exitCode = 1;
});
