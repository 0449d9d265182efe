import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to an engine on which nothing says that it lives on this machine: a port that leads to its socket. */
export interface FarEngine {
  /** As in DOCKER_HOST. */
  readonly host: string;
  close(): void;
}

/** `host`: `unix://PATH`. */
export async function farEngine(host: string): Promise<FarEngine> {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect({ path: host.replace("unix://", "") });
    for (const it of [from, to]) {
      open.add(it);
      it.on("error", () => {});
      it.on("close", () => open.delete(it));
    }
    from.pipe(to).pipe(from);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const it of open) it.destroy();
      server.close();
    },
  };
}
