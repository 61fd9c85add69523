// Runs a script against the real program: `node run.js stories.js`. Unless PROGRAM_URL names one that
// serves, it is started with the demo network in a folder of its own, and stopped afterwards.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = process.env.PROGRAM ?? fileURLToPath(new URL("../../target/debug/sprechstunde", import.meta.url));
/** How long the start may take, with a Postgres that has to be made and the demo to be loaded. */
const PATIENCE = 120_000;

const scripts = process.argv.slice(2);
const given = process.env.PROGRAM_URL;
process.exitCode = given ? await run(given) : await withProgram(run);

/** @param {string} url */
async function run(url) {
  const child = spawn(process.execPath, scripts, { stdio: "inherit", env: { ...process.env, PROGRAM_URL: url } });
  const [code] = await once(child, "exit");
  return code ?? 1;
}

/** @param {(url: string) => Promise<number>} use */
async function withProgram(use) {
  const folder = await mkdtemp(join(tmpdir(), "sprechstunde-browser-"));
  // Postgres does not run as root: the account that it gets instead has to reach its data.
  await chmod(folder, 0o711);
  const listen = `127.0.0.1:${await freePort()}`;
  const { DATABASE_URL: _, ...environment } = process.env;
  const program = spawn(PROGRAM, {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: { RUST_LOG: "warn", ...environment, SPRECHSTUNDE_LISTEN: listen },
  });
  const ended = once(program, "exit");
  try {
    await Promise.race([ready(`http://${listen}/readyz`), ended.then(() => Promise.reject(new Error("it ended")))]);
    return await use(`http://${listen}`);
  } finally {
    program.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} address */
async function ready(address) {
  const deadline = Date.now() + PATIENCE;
  while (
    !(await fetch(address).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error(`nobody answers at ${address}`);
    await pause(100);
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
