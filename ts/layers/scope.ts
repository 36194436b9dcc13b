/** Module paths while a graph is written: `layer1`, then `layer1.0`, then `layer1.0.conv1`. Writing is synchronous. */
const parts: string[] = [];
/** Set while the innermost part names the very layer that is called next, not something around it. */
let namesNext = false;

/** The path of the module being called, or undefined outside of any. */
export function currentPath(): string | undefined {
  return parts.length === 0 ? undefined : parts.join('.');
}

/** Calls a child under the name that its parent has for it. */
export function asChild<Result>(part: string, call: () => Result): Result {
  parts.push(part);
  namesNext = true;
  try {
    return call();
  } finally {
    parts.pop();
    namesNext = false;
  }
}

/** Enters a module: under the name its parent gave it, else under its own, else without one. */
export function enter<Result>(own: string | undefined, call: (path: string | undefined) => Result): Result {
  const named = namesNext;
  namesNext = false;
  if (named) return call(currentPath());
  if (own === undefined) return call(undefined);
  parts.push(own);
  try {
    return call(currentPath());
  } finally {
    parts.pop();
  }
}
