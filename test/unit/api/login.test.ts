import assert from "node:assert/strict";
import { operationsOf } from "../../../api/assembly.ts";
import { loginOperations } from "../../../api/login.ts";
import { makeApiMetrics } from "../../../api/metrics.ts";
import type { Operation } from "../../../api/operation.ts";
import { Problem } from "../../../api/problem.ts";
import { makeUsers } from "../../../api/users.ts";
import { API_LIMITS, makeClients } from "../../../config/clients.ts";
import { OUTPUTS, type Outputs } from "../../../config/outputs.ts";
import { readSecrets } from "../../../config/secrets.ts";
import { readSettings } from "../../../config/settings.ts";
import { ENVELOPE, MARK } from "../../support/envelope.ts";
import { captureLog } from "../../support/log.ts";

const secret = Buffer.from("the secret of these tests, of no use elsewhere");
const { issue, verify } = makeUsers({
  jwksUrl: undefined,
  issuer: "milepost",
  audience: "milepost",
  tokenType: undefined,
  secrets: [secret],
});
assert.ok(issue);
const operations = loginOperations(issue);

const prepare = (operation: Operation, body: unknown) => operation.prepare({ ...ENVELOPE, path: {}, query: {}, body });

function complaintsOf(operation: Operation, body: unknown): string[] | undefined {
  try {
    prepare(operation, body);
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return error.options.errors?.map(({ field, rule }) => `${field} ${rule}`);
    throw error;
  }
  return undefined;
}

for (const operation of operations)
  describe(`${operation.method} ${operation.at}`, () => {
    it("gives whoever asks a token of the user they name", async () => {
      for (const user of [
        { id: "u123", email: undefined },
        { id: "ann", email: "ann@example.org" },
      ]) {
        // Act
        const { status, body } = await prepare(operation, { user_id: user.id, email: user.email }).run(MARK);

        // Assess
        assert.equal(status, 200);
        const described = operation.answers[200]?.schema.parse(body);
        assert.ok(typeof described === "object" && described !== null && "access_token" in described);
        assert.deepEqual(await verify(String(described.access_token)), user);
      }
    });

    it("names what is wrong with a user or an address", () => {
      const wrong: [unknown, string[]][] = [
        [{}, ["/user_id required"]],
        [{ user_id: 7 }, ["/user_id type"]],
        [{ user_id: "" }, ["/user_id user"]],
        [{ user_id: "a".repeat(129) }, ["/user_id user"]],
        [{ user_id: "ann\n" }, ["/user_id user"]],
        [{ user_id: "\ud800" }, ["/user_id user"]],
        [{ user_id: "ann", email: "ann" }, ["/email email"]],
        [{ user_id: "ann", email: "a@example.org\u0000" }, ["/email email"]],
        [{ user_id: "ann", email: null }, ["/email type"]],
        [{ user_id: "ann", admin: true }, ["/admin unknown"]],
      ];
      for (const [body, complaints] of wrong) assert.deepEqual(complaintsOf(operation, body), complaints, JSON.stringify(body));
    });
  });

describe("Logging in", () => {
  it("takes the amount that the front-end sends along, whatever it is, and makes nothing of it", async () => {
    const login = operations.find(({ at }) => at === "/login") ?? assert.fail();

    for (const amount of [1, "x", null, [{}], undefined])
      assert.equal((await prepare(login, { user_id: "u123", amount }).run(MARK)).status, 200, String(amount));
  });

  it("is there on one's own machine, unless an identity provider is named, and nowhere else", () => {
    // Prepare
    const given = { ADMIN_TOKEN: "the-tests-admin-token", APP_SECRET: "s".repeat(32), JWT_SECRET: "j".repeat(32) };
    const addressesWith = (environment: Record<string, string>) => {
      const settings = readSettings(environment);
      const parts = {
        settings,
        secrets: readSecrets(settings, { ...given, ...environment }),
        outputs: Object.fromEntries(OUTPUTS.map((output) => [output, `the/${output}`])) as Outputs,
        clients: makeClients(settings, API_LIMITS),
        logger: captureLog().logger,
        metrics: makeApiMetrics(),
        isDraining: () => false,
      };
      return operationsOf(parts).flatMap(({ at }) => (["/login", "/token"].includes(at) ? [at] : []));
    };

    // Assess
    assert.deepEqual(addressesWith({}), ["/login", "/token"]);
    assert.deepEqual(addressesWith({ AUTH_JWKS_URL: "https://id.example.org/keys" }), []);
    assert.deepEqual(addressesWith({ MILEPOST_MODE: "aws", AWS_REGION: "eu-central-1" }), []);
  });
});
