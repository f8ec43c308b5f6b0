import { connect } from "node:net";
import type { TestApi } from "./api.ts";

/** What comes back for bytes that no client would send, until the connection ends or rests. */
export function rawCall({ url }: Pick<TestApi, "url">, bytes: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(500, () => socket.end());
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
    });
    socket.once("close", () => resolve(text));
    socket.once("error", reject);
  });
}
