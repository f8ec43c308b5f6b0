import type { Clients } from "../../../config/clients.ts";

/** Has a test act before every call to AWS, with its command's name and its input: wait, count, or throw in its place. */
export function meddle(clients: Clients, act: (command: string, input: object) => unknown): void {
  const { dynamodb, sfn, sqs, s3 } = clients;
  for (const client of [dynamodb, sfn, sqs, s3]) {
    const { send } = client;
    const meddled = async (command: { readonly input: object }, ...rest: unknown[]): Promise<unknown> => {
      await act(command.constructor.name, command.input);
      return Reflect.apply(send, client, [command, ...rest]);
    };
    // Whichever way a client sends a call, it begins here.
    Object.defineProperty(client, "send", { value: meddled });
  }
}
