// Those whom alerts tell, on loopback: a receiver of webhooks and a mail server that keeps what it
// is given.
import { createServer as createHttp, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer as createTcp, type Socket } from "node:net";

export interface Told {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver<T> {
  readonly port: number;
  /** Everything so far. */
  readonly told: readonly T[];
  stop(): Promise<void>;
}

/** Takes webhooks. */
export async function webhookReceiver(): Promise<Receiver<Told>> {
  const told: Told[] = [];
  const server = createHttp((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (piece: string) => {
      body += piece;
    });
    request.on("end", () => {
      told.push({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    told,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Takes mail, as it comes over the wire: envelope, head and parts. */
export async function mailServer(): Promise<Receiver<string>> {
  const told: string[] = [];
  const open = new Set<Socket>();
  const server = createTcp((socket) => {
    open.add(socket);
    socket.setEncoding("utf8");
    socket.write("220 sink\r\n");
    let [rest, mail, isData] = ["", "", false];
    const line = (one: string): void => {
      mail += `${one}\n`;
      if (isData && one !== ".") return;
      if (isData) told.push(mail);
      if (isData) mail = "";
      isData = one === "DATA";
      socket.write(isData ? "354 go\r\n" : "250 ok\r\n");
    };
    socket.on("data", (piece: string) => {
      const lines = (rest + piece).split("\r\n");
      rest = lines.pop() ?? "";
      for (const one of lines) line(one);
    });
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    told,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of open) socket.destroy();
      }),
  };
}
