import { createServer } from "node:net";

/** The first port from `first` on that nobody listens on at 127.0.0.1, at most 50 further; 0 takes any. */
export async function freePort(first: number): Promise<number> {
  if (first === 0) return probe(0);
  for (let port = first; port < Math.min(first + 50, 65_536); port++) {
    try {
      return await probe(port);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new Error(`No free port between ${first} and ${Math.min(first + 49, 65_535)}.`);
}

function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
