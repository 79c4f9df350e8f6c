// A relay on loopback between a browser and a server, which counts what passes.
// Counting on the wire is the one way that sees every worker's and service worker's requests.

import { createServer, connect, type Server, type Socket } from "node:net";

/** A running relay. */
export interface Link {
  /** The port that the browser connects to. */
  readonly port: number;
  /** Bytes from the server to the browser since the last call. */
  takeReceived(): number;
  close(): Promise<void>;
}

/** Opens a relay on a free port to target, a port on loopback. */
export async function openLink(target: number): Promise<Link> {
  let received = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
      // A browser that ends resets its connections: nothing to report, the close event follows.
      socket.on("error", () => socket.destroy());
    }
    far.on("data", (chunk) => (received += chunk.length));
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return {
    port: address.port,
    takeReceived() {
      const taken = received;
      received = 0;
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
