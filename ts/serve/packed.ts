import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';

/** Bytes from which on packing is worth its time. */
const LEAST = 1024;

const PACK = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;

/** The packing that a client takes, gzip before deflate. */
function packingOf(request: Request): keyof typeof PACK | undefined {
  const taken = (request.headers.get('accept-encoding') ?? '').toLowerCase().split(',').filter((one) => !/;\s*q=0(\.0*)?\s*$/.test(one)).map((one) => one.split(';')[0]?.trim());
  return (['gzip', 'deflate'] as const).find((packing) => taken.includes(packing));
}

/** A response of some bytes, packed where its client takes that and it is worth it. */
export async function packed(request: Request, parts: readonly Uint8Array[], headers: Readonly<Record<string, string>>): Promise<Response> {
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  const packing = bytes.byteLength < LEAST ? undefined : packingOf(request);
  const body = packing === undefined ? bytes : await PACK[packing](bytes);
  const more: Record<string, string> = packing === undefined ? {} : { 'content-encoding': packing };
  return new Response(body as Uint8Array<ArrayBuffer>, { headers: { ...headers, ...more, vary: 'accept-encoding', 'content-length': String(body.byteLength) } });
}
