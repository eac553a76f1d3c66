// Small web servers of the tests, each on a port of its own.
import { createServer, type RequestListener } from "node:http";

export interface Loopback {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Serves what `answer` answers, on any free port unless one is given. */
export async function startLoopback(answer: RequestListener, port = 0): Promise<Loopback> {
  const server = createServer(answer);
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", done);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
