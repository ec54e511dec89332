/**
 * The address that a request came from, as far as it can be believed: every trusted proxy appends the address it was
 * called from to X-Forwarded-For, so with `n` of them the client is the n-th entry from the right. Entries further left
 * are whatever the client wrote.
 */
export function clientAddress(facts: {
  socketAddress: string | undefined;
  forwardedFor: string | undefined;
  trustedProxies: number;
}): string {
  const socketAddress = facts.socketAddress ?? 'unknown';
  if (facts.trustedProxies === 0 || !facts.forwardedFor) return socketAddress;
  const hops = facts.forwardedFor.split(',').map((hop) => hop.trim());
  return hops.at(-facts.trustedProxies) || socketAddress;
}
