import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DIRECTORY = join(import.meta.dirname, "..", "..", "deploy", "observability");
const read = (name: string) => readFileSync(join(DIRECTORY, name), "utf8");

/** The first group of every match. */
function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = ""]) => found);
}

/** Docker is seldom there, so this goes as far as reading does. */
describe("The compose file", () => {
  const text = read("compose.yaml");
  const services = all(text.split("\nvolumes:\n")[0] ?? "", /^ {2}(\w+):$/gm);

  it("starts LocalStack, Prometheus and Grafana, each of a version that is named", () => {
    const images = all(text, /^ +image: (\S+)/gm);

    assert.deepEqual(services, ["localstack", "prometheus", "grafana"]);
    assert.equal(images[0], "localstack/localstack:4.14.0");
    assert.equal(images.filter((image) => /:v?\d+\.\d+\.\d+$/.test(image)).length, services.length);
  });

  it("lets only this machine in, at the ports that are documented", () => {
    const published = all(text, /ports:\n +- "([^"]+)"/g);

    assert.deepEqual(published, ["127.0.0.1:4566:4566", "127.0.0.1:9091:9091", "127.0.0.1:3004:3004"]);
    assert.equal(all(text, /(ports:|network_mode)/g).length, published.length);
  });

  it("finds out whether each is well, and keeps what each knows", () => {
    assert.equal(all(text, /(healthcheck:)/g).length, services.length);
    assert.deepEqual(all(text, /^ {6}- (\w+):\//gm), services);
  });

  it("has no password in it, and none by default", () => {
    const passwords = all(text, /PASSWORD: (.*)$/gm);

    assert.equal(passwords.length, 1);
    assert.match(passwords[0] ?? "", /^\$\{GRAFANA_ADMIN_PASSWORD:\?[^}]+\}$/);
  });

  it("brings files in that are there", () => {
    const sources = all(text, /^ {6}- (\.\/[^:]+):/gm);

    assert.equal(sources.length, 4);
    assert.deepEqual(
      sources.filter((source) => !existsSync(join(DIRECTORY, source))),
      [],
    );
  });

  it("has a Prometheus that asks as the one beside it does, but for where API and worker are", () => {
    const settings = (name: string) => read(name).replace(/^#.*\n/gm, "");

    assert.equal(settings("prometheus.compose.yml").replaceAll("host.docker.internal", "127.0.0.1"), settings("prometheus.yml"));
    assert.match(text, /extra_hosts:\n +- "host\.docker\.internal:host-gateway"/);
  });

  it("has a Grafana that finds its Prometheus and its dashboard", () => {
    const source = read("grafana/provisioning/datasources/prometheus.yml");
    const [uid = ""] = all(source, /^ +uid: (\S+)$/gm);
    const [path = ""] = all(read("grafana/provisioning/dashboards/milepost.yml"), /^ +path: (\S+)$/gm);

    assert.match(source, /url: http:\/\/prometheus:9091$/m);
    assert.ok(read("grafana/dashboards/milepost.json").includes(`"value": "${uid}"`));
    assert.ok(text.includes(`- ./grafana/dashboards:${path}:ro`));
    assert.ok(text.includes(`DEFAULT_HOME_DASHBOARD_PATH: ${path}/milepost.json`));
  });

  it("is YAML like all its neighbours, where something is there to read that", function () {
    // Prepare
    const files = globSync(["**/*.yml", "**/*.yaml"], { cwd: DIRECTORY });
    const program = "import sys, yaml\nfor name in sys.argv[1:]: yaml.safe_load(open(name))";
    if (spawnSync("python3", ["-c", "import yaml"], { timeout: 10_000 }).status !== 0) return this.skip();

    // Act
    const { status, stderr } = spawnSync("python3", ["-c", program, ...files], { cwd: DIRECTORY, encoding: "utf8", timeout: 30_000 });

    // Assess
    assert.ok(files.length >= 7);
    assert.equal(status, 0, stderr);
  });
});
