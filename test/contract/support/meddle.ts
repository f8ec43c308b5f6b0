import type { Clients } from "../../../config/clients.ts";

/** Has a test act before every call to AWS, with its command's name and its input: wait, count, or throw in its place. */
export function meddle({ dynamodb, sfn, sqs, s3 }: Clients, act: (command: string, input: object) => unknown): void {
  const before = async (command: unknown, input: object) => act(String(command), input);
  const at = { step: "initialize", name: "meddle" } as const;
  dynamodb.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        before(commandName, args.input).then(() => next(args)),
    at,
  );
  sfn.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        before(commandName, args.input).then(() => next(args)),
    at,
  );
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        before(commandName, args.input).then(() => next(args)),
    at,
  );
  s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        before(commandName, args.input).then(() => next(args)),
    at,
  );
}
