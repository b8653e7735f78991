import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP proxy before the agent's server that can cut a WebSocket at an exact place, or all for a while. */
export interface CuttingProxy {
  url: string;
  /** Asked for each frame of the server, in order; true cuts the connection right behind that frame. */
  cutAfter: (frame: string) => boolean;
  /** Nothing that the server says over a WebSocket arrives any more, until `mend`. */
  deafen(): void;
  /** Cuts every WebSocket and lets no other one through until `mend`; files can be fetched all the time. */
  sever(): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param targetPort where the agent's server listens at 127.0.0.1, now or later */
export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  const live = new Set<Socket>();
  let severed = false;
  let deaf = false;
  const server = createServer((client) => {
    const upstream = connect(targetPort, "127.0.0.1");
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      // Always followed by close.
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        live.delete(socket);
        other.destroySoon();
      });
    }
    client.on("data", (chunk) => {
      // A client's frame is masked and looks like no request.
      if (/^GET \/ws[ ?]/.test(chunk.toString("latin1", 0, 8))) live.add(client);
      if (severed && live.has(client)) client.destroy();
      else upstream.write(chunk);
    });
    const frames = frameReader();
    upstream.on("data", (chunk) => {
      for (const piece of frames(chunk)) {
        if (deaf && piece.frame !== undefined) continue;
        client.write(piece.bytes);
        if (piece.frame === undefined || !proxy.cutAfter(piece.frame)) continue;
        upstream.destroy();
        return;
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${port}`,
    cutAfter: () => false,
    deafen() {
      deaf = true;
    },
    sever() {
      severed = true;
      for (const socket of live) socket.destroy();
    },
    mend() {
      severed = deaf = false;
    },
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
  return proxy;
}

interface Piece {
  bytes: Buffer;
  /** The payload as text; absent for what is no frame. */
  frame?: string;
}

/** Splits what a server sends: everything as it comes, until a socket is opened; then whole frames. */
function frameReader(): (chunk: Buffer) => Piece[] {
  let held: Buffer = Buffer.alloc(0);
  let isSocket = false;
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    const pieces: Piece[] = [];
    if (!isSocket) {
      const end = held.indexOf("\r\n\r\n") + 4;
      isSocket = held.subarray(0, 12).toString() === "HTTP/1.1 101" && end >= 4;
      pieces.push({ bytes: isSocket ? held.subarray(0, end) : held });
      held = isSocket ? held.subarray(end) : Buffer.alloc(0);
    }
    for (let end = frameEnd(held); end !== undefined; end = frameEnd(held)) {
      const bytes = held.subarray(0, end);
      pieces.push({ bytes, frame: bytes.subarray(headerLength(bytes)).toString() });
      held = held.subarray(end);
    }
    return pieces;
  };
}

/** Where the first frame ends; undefined while it is not whole. A server masks nothing. */
function frameEnd(bytes: Buffer): number | undefined {
  const header = headerLength(bytes);
  if (bytes.length < header) return undefined;
  const [, short = 0] = bytes;
  let payload = short;
  if (short === 126) payload = bytes.readUInt16BE(2);
  if (short === 127) payload = Number(bytes.readBigUInt64BE(2));
  return bytes.length < header + payload ? undefined : header + payload;
}

function headerLength([, short = 0]: Uint8Array): number {
  if (short === 126) return 4;
  return short === 127 ? 10 : 2;
}
