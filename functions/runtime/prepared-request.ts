import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";

/** A request that was written and answered. Instants in ms since the epoch. */
export interface Answered {
  /** When its last byte was handed to the connection. */
  readonly writtenAt: number;
  /** When the service's answer was there. */
  readonly answeredAt: number;
  /** Processor time of this process from the order to write until then, in ms. */
  readonly cpuMs: number;
}

/** A request that is built and signed, and not yet sent. */
export interface PreparedRequest {
  /** Sends it. @throws what the SDK throws. */
  write(): Promise<Answered>;
  /** Drops it unsent. */
  abandon(): void;
}

/** The part of an SDK command that is used here. Its own steps run in the SDK's, the ones of low priority last. */
export interface Preparable {
  readonly middlewareStack: {
    add(
      // biome-ignore lint/suspicious/noExplicitAny: a command's steps are typed by its input and output, which are passed on as they are.
      middleware: (next: (args: any) => Promise<any>) => (args: any) => Promise<any>,
      options: { readonly step: "deserialize"; readonly priority: "low"; readonly name: string },
    ): void;
  };
}

/** The header by which the SDK names each request. */
const ID_HEADER = "amz-sdk-invocation-id";

/** What to do when a request has been written, by the request's id. */
const awaited = new Map<string, () => void>();

// Node publishes each request when it has handed all of it to its socket. A new socket sends nothing before it is connected.
subscribe("http.client.request.start", (message) => {
  const { request } = message as { readonly request: ClientRequest };
  const written = awaited.get(String(request.getHeader(ID_HEADER)));
  if (!written) return;
  if (request.reusedSocket) written();
  else request.once("finish", written);
});

/**
 * Builds and signs the request of an SDK command, and holds it back until it is to be written. What is left to do then
 * takes about 0.3 ms of processor time instead of 3 ms.
 *
 * @param send sends the command by its client, with no tries but the first.
 * @param now ms since the epoch.
 * @throws what the SDK throws if it cannot build the request; nothing was sent then.
 */
export async function prepareRequest<C extends Preparable>(
  command: C,
  send: (command: C) => Promise<unknown>,
  now: () => number,
): Promise<PreparedRequest> {
  let open: (wanted: boolean) => void = () => undefined;
  const gate = new Promise<boolean>((resolve) => {
    open = resolve;
  });
  let answer: Promise<unknown> = Promise.resolve();
  const id = await new Promise<string>((prepared, failed) => {
    command.middlewareStack.add(
      (next) => async (args) => {
        prepared(args.request.headers[ID_HEADER]);
        if (await gate) return next(args);
        throw new Error("the request was dropped before it was written");
      },
      { step: "deserialize", priority: "low", name: "holdUntilWritten" },
    );
    answer = send(command);
    // Also if it is dropped: then nobody waits for it any more.
    answer.catch(failed);
  });
  return {
    async write() {
      const before = process.cpuUsage();
      let [writtenAt, cpuMs] = [now(), 0];
      awaited.set(id, () => {
        const { user, system } = process.cpuUsage(before);
        [writtenAt, cpuMs] = [now(), (user + system) / 1_000];
      });
      open(true);
      try {
        await answer;
        return { writtenAt, cpuMs, answeredAt: now() };
      } finally {
        awaited.delete(id);
      }
    },
    abandon: () => open(false),
  };
}
