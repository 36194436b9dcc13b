/** What the packages of a queue say, by how they say it, and what it means to who runs a worker. */
const MEANINGS: readonly (readonly [RegExp, (...groups: readonly string[]) => string])[] = [
  [/^(?:Missing (?:lock|key) for|Lock mismatch for|could not renew lock for) job ([0-9a-f]{32})/, (shard) => `shard ${shard}: the queue has given it to another worker, or has lost it; its result is written once`],
  [/^Job ([0-9a-f]{32}) is not in the active state/, (shard) => `shard ${shard}: the queue has it as not begun any more; its result is written once`],
  [/^(?:(?:connect|read|write) )?(E[A-Z]+|Connection is closed)\b/, (reason) => `the queue's server does not answer (${reason}); it is asked again`],
  [/^LOADING /, () => "the queue's server is reading its log; it is asked again"],
];

/** A message of trouble with a queue in words of its own; one that is not known as it is. */
export function inOwnWords(message: string): string {
  for (const [said, meaning] of MEANINGS) {
    const found = said.exec(message);
    if (found) return meaning(...found.slice(1));
  }
  return message;
}
