import assert from "node:assert/strict";
import fc from "fast-check";
import { clientAddress } from "../../../api/address.ts";

const PROXY = "10.0.0.1";

describe("A caller's address", () => {
  it("is that of whoever is connected, whatever X-Forwarded-For says, unless proxies of one's own stand in front", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (connected, forged) => {
        assert.equal(clientAddress(connected, forged, 0), connected);
      }),
    );
  });

  it("is what the outermost proxy has seen, counted from the end, so that nothing in front of it changes it", () => {
    const forged = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: "binary" })), { maxLength: 4 });
    fc.assert(
      fc.property(forged, fc.ipV4(), fc.array(fc.ipV4(), { maxLength: 3 }), (before, client, proxies) => {
        const header = [...before, client, ...proxies].join(", ");

        assert.equal(clientAddress(PROXY, header, proxies.length + 1), client);
      }),
    );
  });

  it("is that of whoever is connected where the call has not come through all proxies, or they say no address", () => {
    for (const header of [undefined, "", "192.0.2.1", "unknown", "_hidden, 192.0.2.1", ", 192.0.2.1"])
      assert.equal(clientAddress(PROXY, header, 2), PROXY, String(header));
    assert.equal(clientAddress(undefined, undefined, 0), "unknown");
  });

  it("may come with a port, which is none of it", () => {
    assert.equal(clientAddress(PROXY, "192.0.2.1:4711", 1), "192.0.2.1");
    assert.equal(clientAddress(PROXY, "[2001:db8:1:2:3::4]:4711", 1), "2001:db8:1:2::/64");
  });

  it("counts as its network of 64 bits where it is IPv6, however it is written, and as itself where it is IPv4 within", () => {
    const network = fc.tuple(fc.nat(0xffff), fc.nat(0xffff), fc.nat(0xffff), fc.nat(0xffff));
    fc.assert(
      fc.property(network, network, network, (groups, one, other) => {
        const write = (host: readonly number[]) => [...groups, ...host].map((group) => group.toString(16)).join(":");
        fc.pre(groups.some((group) => group !== 0));

        assert.equal(clientAddress(write(one), undefined, 0), clientAddress(write(other).toUpperCase(), undefined, 0));
      }),
    );
    assert.notEqual(clientAddress("2001:db8:0:1::1", undefined, 0), clientAddress("2001:db8:0:2::1", undefined, 0));
    assert.equal(clientAddress("2001:db8::1", undefined, 0), "2001:db8:0:0::/64");
    assert.equal(clientAddress("::1", undefined, 0), "0:0:0:0::/64");
    assert.equal(clientAddress("fe80::1%eth0", undefined, 0), "fe80:0:0:0::/64");
    for (const mapped of ["::ffff:192.0.2.1", "::FFFF:c000:201"]) assert.equal(clientAddress(mapped, undefined, 0), "192.0.2.1");
  });
});
