import { s3Error } from "./errors.ts";

const LINE_BYTES_MAX = 8192;
const CRLF = Buffer.from("\r\n");

type Expecting = "size" | "data" | "data-end" | "trailer" | "nothing";

/**
 * Decodes the `aws-chunked` coding, in which SDKs send a body whose checksum they know only at its end:
 * `<hex size>[;chunk-signature=…]\r\n<data>\r\n … 0\r\n<trailer>:<value>\r\n\r\n`, cut anywhere by the network.
 */
export class AwsChunkedDecoder {
  readonly trailers = new Map<string, string>();
  #expecting: Expecting = "size";
  #left = 0;
  /** The beginning of a line whose end has not arrived yet. */
  #line: Buffer = Buffer.alloc(0);

  /** Takes bytes off the network and gives the body's bytes among them, without copying those. */
  push(bytes: Buffer): Buffer[] {
    const body: Buffer[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#expecting === "data") {
        const data = rest.subarray(0, this.#left);
        body.push(data);
        rest = rest.subarray(data.length);
        this.#left -= data.length;
        if (this.#left === 0) this.#expecting = "data-end";
      } else {
        rest = this.#takeLine(rest);
      }
    }
    return body;
  }

  /** To be called when the network gave all it had: a body that stops early is refused. */
  end(): void {
    const complete = this.#expecting === "nothing" || (this.#expecting === "trailer" && this.#line.length === 0);
    if (!complete) throw incompleteBody();
  }

  #takeLine(bytes: Buffer): Buffer {
    const joined = this.#line.length === 0 ? bytes : Buffer.concat([this.#line, bytes]);
    const end = joined.indexOf(CRLF);
    if (end > LINE_BYTES_MAX || (end < 0 && joined.length > LINE_BYTES_MAX)) throw malformedChunk();
    if (end < 0) {
      this.#line = joined;
      return Buffer.alloc(0);
    }
    this.#line = Buffer.alloc(0);
    this.#onLine(joined.toString("latin1", 0, end));
    return joined.subarray(end + CRLF.length);
  }

  #onLine(line: string): void {
    if (this.#expecting === "size") this.#onSize(line);
    else if (this.#expecting === "trailer") this.#onTrailer(line);
    else if (this.#expecting === "data-end" && line === "") this.#expecting = "size";
    else throw malformedChunk();
  }

  #onSize(line: string): void {
    const [size = ""] = line.split(";", 1);
    if (!/^[0-9a-f]{1,12}$/i.test(size)) throw malformedChunk();
    this.#left = Number.parseInt(size, 16);
    this.#expecting = this.#left === 0 ? "trailer" : "data";
  }

  #onTrailer(line: string): void {
    if (line === "") {
      this.#expecting = "nothing";
      return;
    }
    const colon = line.indexOf(":");
    if (colon < 1 || this.trailers.size > 20) throw malformedChunk();
    this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

export function incompleteBody(): Error {
  return s3Error(400, "IncompleteBody", "The request body terminated unexpectedly");
}

function malformedChunk(): Error {
  return s3Error(400, "InvalidChunk", "The request's body is not in the aws-chunked coding that its headers announce.");
}
