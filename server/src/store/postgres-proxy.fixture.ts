import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A way to a database that a test may cut, silence and open again. */
export interface PostgresProxy {
  url: string;
  /** Breaks every connection, and refuses new ones until `heal`. */
  cut(): void;
  /** Lets nothing through any more, in either direction, and breaks nothing. */
  silence(): void;
  heal(): void;
  /** How many connections came through. */
  connections: number;
}

/** A proxy before the server of `url`, gone with the running test. */
export async function postgresProxy(url: string): Promise<PostgresProxy> {
  const target = new URL(url);
  const pairs = new Set<[Socket, Socket]>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    proxy.connections += 1;
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on("error", end).on("close", end);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    isCut = true;
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: PostgresProxy = {
    url: through.href,
    connections: 0,
    cut,
    silence: () => {
      for (const pair of pairs) for (const socket of pair) socket.unpipe().pause();
    },
    heal: () => {
      isCut = false;
    },
  };
  return proxy;
}
