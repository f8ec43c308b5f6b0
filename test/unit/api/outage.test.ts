import assert from "node:assert/strict";
import { isOutage } from "../../../api/outage.ts";

/** An error as the SDK makes it of what a service answered, or did not. */
function sdkError(name: string, members: object = {}): Error {
  return Object.assign(new Error("What the service said."), { name, ...members });
}

describe("an outage", () => {
  const outages: Readonly<Record<string, unknown>> = {
    "a service that does not answer in time": sdkError("TimeoutError"),
    "a call that was broken off": sdkError("AbortError"),
    "a service that refuses connections": sdkError("Error", { code: "ECONNREFUSED" }),
    "a name that nobody knows at this moment": sdkError("Error", { code: "EAI_AGAIN" }),
    "all addresses of a name that refuse": new AggregateError([sdkError("Error", { code: "ETIMEDOUT" })]),
    "a service that has failed": sdkError("InternalServerError", { $fault: "server", $metadata: { httpStatusCode: 500 } }),
    "a failure whose name is new": sdkError("SomethingNew", { $fault: "server" }),
    "a balancer's answer that is no JSON": sdkError("SyntaxError", { $metadata: { httpStatusCode: 502 } }),
    "a table that asks for less": sdkError("ProvisionedThroughputExceededException", { $fault: "client" }),
    "a service that asks for less": sdkError("ThrottlingException", { $fault: "client", $metadata: { httpStatusCode: 400 } }),
    "a queue that asks for less": sdkError("RequestThrottled", { $fault: "client", $metadata: { httpStatusCode: 403 } }),
    "a service that asks for less by its status alone": sdkError("Unknown", { $metadata: { httpStatusCode: 429 } }),
    "credentials that are not to be had": sdkError("CredentialsProviderError"),
    "an error for one of these reasons": new Error("The call failed.", { cause: sdkError("Error", { code: "EPIPE" }) }),
  };
  for (const [name, error] of Object.entries(outages)) {
    it(`is ${name}`, () => assert.equal(isOutage(error), true));
  }

  const mistakes: Readonly<Record<string, unknown>> = {
    "a table that is not there": sdkError("ResourceNotFoundException", { $fault: "client", $metadata: { httpStatusCode: 400 } }),
    "a call that may not be made": sdkError("AccessDeniedException", { $fault: "client", $metadata: { httpStatusCode: 400 } }),
    "a call that is not valid": sdkError("ValidationException", { $fault: "client" }),
    "a mistake in the code": new TypeError("Cannot read properties of undefined"),
    "a file that is not there": sdkError("Error", { code: "ENOENT" }),
    "metadata that say nothing": sdkError("Error", { $metadata: null }),
    "something thrown that is no error": "TimeoutError",
    nothing: undefined,
  };
  for (const [name, error] of Object.entries(mistakes)) {
    it(`is not ${name}`, () => assert.equal(isOutage(error), false));
  }
});
