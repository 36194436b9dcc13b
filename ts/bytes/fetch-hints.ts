/** What to do about an address that gives no file. */

/** Whether a URL is of another origin than the page or worker that asks; outside of browsers none is. */
export function isForeign(url: string): boolean {
  return typeof location === 'object' && /^https?:/i.test(url) && new URL(url).origin !== location.origin;
}

/** Browsers hide why a request failed: this names what may have stopped it. */
export function unreachedHint(url: string): string {
  if (isForeign(url)) {
    return "another origin has to allow this one by CORS (access-control-allow-origin), and the page's CSP that one in connect-src; or serve the file from the page's own origin";
  }
  const policy = typeof location === 'object' ? ", and that the page's CSP allows it in connect-src" : '';
  return `check the address, that its server runs${policy}`;
}

/** Of a status that is no success; undefined where it says by itself what is wrong. */
export function statusHint(status: number): string | undefined {
  if (status !== 404) return undefined;
  return typeof location === 'object' ? "check the address; bundlers serve as /NAME what lies in the project's folder public/" : 'check the address';
}
