/**
 * Whose call it is as far as the network tells: the address of whoever is connected, or, behind proxies of one's own, what
 * the outermost of them saw. Each proxy adds whom it heard from to the end of X-Forwarded-For, so what counts from the end
 * cannot be forged; what stands before that is the caller's own words and is never looked at.
 */
import { isIP, isIPv4, isIPv6 } from "node:net";

/** Some proxies add the port. */
const WITH_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/;
const MAPPED_PREFIX = "0:0:0:0:0:ffff";

/**
 * @param connected whoever holds the connection
 * @param forwarded the header X-Forwarded-For
 * @param proxies how many of one's own stand in front; 0 where the caller is connected itself
 */
export function clientAddress(connected: string | undefined, forwarded: string | string[] | undefined, proxies: number): string {
  const chain = proxies === 0 ? [] : String(forwarded ?? "").split(",");
  const seen = chain.length < proxies ? "" : (chain.at(-proxies)?.trim() ?? "");
  const [, bracketed, plain] = WITH_PORT.exec(seen) ?? [];
  const address = bracketed ?? plain ?? seen;
  // A call that did not come through all of them, or a proxy that says nothing of use, counts as the one that is connected.
  return accountOf(isIP(address) === 0 ? (connected ?? "") : address);
}

/**
 * What is counted together: an IPv4 address, also where it is written in IPv6, and of IPv6 the first 64 bits, since whoever
 * has one address there has all the others of its network too.
 */
function accountOf(address: string): string {
  if (isIPv4(address)) return address;
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return "unknown";
  const groups = groupsOf(bare);
  if (groups.slice(0, 6).join(":") === MAPPED_PREFIX) return groups.slice(6).flatMap(bytesOf).join(".");
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** The eight groups, without zeros in front. The URL parser knows every way an address can be written. */
function groupsOf(address: string): string[] {
  const [head = "", tail = ""] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const [first, last] = [head, tail].map((part) => (part === "" ? [] : part.split(":"))) as [string[], string[]];
  return [...first, ...Array<string>(8 - first.length - last.length).fill("0"), ...last];
}

function bytesOf(group: string): number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
