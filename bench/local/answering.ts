import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/**
 * An endpoint that only answers: the flow's calls with valid answers from memory and no work behind them. What the client
 * reaches against it is the client's own limit, and the measure for every endpoint that does the work.
 */
interface Waiting {
  readonly response: ServerResponse;
  readonly most: number;
  readonly timer: NodeJS.Timeout;
}

type Input = Readonly<Record<string, unknown>>;

const bodies: string[] = [];
const polls: Waiting[] = [];
const ACCOUNT = "000000000000";

const ANSWERS: Readonly<Record<string, (input: Input, origin: string) => object>> = {
  CreateTable: ({ TableName }) => ({ TableDescription: { TableName, TableStatus: "ACTIVE" } }),
  PutItem: () => ({}),
  UpdateItem: () => ({}),
  CreateQueue: ({ QueueName }, origin) => ({ QueueUrl: `${origin}/${ACCOUNT}/${String(QueueName)}` }),
  CreateStateMachine: ({ name }) => ({
    stateMachineArn: `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:${String(name)}`,
    creationDate: Date.now() / 1000,
  }),
  StartExecution: ({ name, input }) => {
    sendMessage(JSON.stringify({ token: randomUUID(), event: JSON.parse(String(input)) }));
    return { executionArn: `arn:aws:states:us-east-1:${ACCOUNT}:execution:flow:${String(name)}`, startDate: Date.now() / 1000 };
  },
  SendTaskSuccess: () => ({}),
  DeleteMessageBatch: ({ Entries }) => ({ Successful: (Entries as { Id: string }[]).map(({ Id }) => ({ Id })), Failed: [] }),
};

const CREATE_ROLE = `<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateRoleResult><Role><Path>/</Path><RoleName>flow</RoleName><RoleId>AROAFLOW</RoleId><Arn>arn:aws:iam::${ACCOUNT}:role/flow</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></CreateRoleResult><ResponseMetadata><RequestId>flow</RequestId></ResponseMetadata></CreateRoleResponse>`;

function sendMessage(body: string): void {
  bodies.push(body);
  const poll = polls.shift();
  if (poll !== undefined) deliver(poll);
}

function receive(input: Input, response: ServerResponse): void {
  const poll: Waiting = {
    response,
    most: Number(input.MaxNumberOfMessages ?? 1),
    timer: setTimeout(() => deliver(poll), Number(input.WaitTimeSeconds ?? 0) * 1000),
  };
  if (bodies.length > 0) deliver(poll);
  else polls.push(poll);
  response.once("close", () => remove(poll));
}

function remove(poll: Waiting): void {
  clearTimeout(poll.timer);
  const index = polls.indexOf(poll);
  if (index >= 0) polls.splice(index, 1);
}

function deliver(poll: Waiting): void {
  remove(poll);
  const Messages = bodies.splice(0, poll.most).map((Body) => ({
    MessageId: randomUUID(),
    ReceiptHandle: randomUUID(),
    Body,
    MD5OfBody: createHash("md5").update(Body).digest("hex"),
  }));
  answer(poll.response, Messages.length === 0 ? {} : { Messages });
}

function answer(response: ServerResponse, result: object): void {
  const body = JSON.stringify(result);
  response.writeHead(200, {
    "content-type": "application/x-amz-json-1.0",
    "x-amzn-requestid": randomUUID(),
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

function handle(request: IncomingMessage, body: string, response: ServerResponse): void {
  const target = request.headers["x-amz-target"];
  if (target === undefined) {
    const isRole = body.includes("Action=CreateRole");
    response.writeHead(200, { "content-type": "text/xml" }).end(isRole ? CREATE_ROLE : "");
    return;
  }
  const operation = String(target).split(".")[1] ?? "";
  const input = JSON.parse(body) as Input;
  const make = ANSWERS[operation];
  if (operation === "ReceiveMessage") receive(input, response);
  else if (make !== undefined) answer(response, make(input, `http://${request.headers.host}`));
  else throw new Error(`The answering endpoint has no answer for ${operation}.`);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => handle(request, Buffer.concat(chunks).toString(), response));
});
server.keepAliveTimeout = 300_000;
server.listen(Number(process.argv[2]), "127.0.0.1");
