import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A port on which no connection comes about any more. */
export interface BlackHole {
  readonly endpoint: string;
  close(): Promise<void>;
}

const LISTEN = `require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
  console.log(this.address().port);
});`;

/** How long a connection on loopback may take that is accepted, in ms. */
const ACCEPTED_WITHIN_MS = 200;

/** Starts a process that listens, stops it, and fills its backlog: the kernel drops every further try to connect. */
export async function startBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ["-e", LISTEN], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(printed.toString());
  child.kill("SIGSTOP");
  const sockets: Socket[] = [];
  while (await isAccepted(sockets, port));
  return { endpoint: `http://127.0.0.1:${port}`, close: () => end(child, sockets) };
}

async function isAccepted(sockets: Socket[], port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  sockets.push(socket);
  const signal = AbortSignal.timeout(ACCEPTED_WITHIN_MS);
  return once(socket, "connect", { signal }).then(
    () => true,
    () => false,
  );
}

async function end(child: ChildProcess, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
