import { showValue } from '../../base/show.js';
import { refuse } from '../refusal.js';
import { jsonName } from '../words.js';

/** A photo as it was sent, and what was said with it. */
export interface SentPhoto {
  readonly photo: Uint8Array;
  /** Fields of the form or of the JSON, beside the photo. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const MOST_FIELDS = 64;

/**
 * The photo of a body: the body itself, the file of a form (multipart/form-data), or base64 as the field `image` of JSON.
 * @throws Refusal (400)
 */
export async function photoOf(body: Uint8Array, contentType: string): Promise<SentPhoto> {
  const sent = await read(body, contentType);
  if (sent.photo.byteLength === 0) refuse(400, 'body', 'a photo', 'nothing', 'send its bytes, as curl --data-binary @photo.jpg does');
  return sent;
}

function read(body: Uint8Array, contentType: string): SentPhoto | Promise<SentPhoto> {
  const kind = contentType.split(';')[0]?.trim().toLowerCase();
  if (kind === 'multipart/form-data') return fromForm(body, contentType);
  return kind === 'application/json' ? fromJson(body) : { photo: body, fields: {} };
}

async function fromForm(body: Uint8Array, contentType: string): Promise<SentPhoto> {
  const form = await new Response(body as Uint8Array<ArrayBuffer>, { headers: { 'content-type': contentType } }).formData().catch(() => refuse(400, 'body', 'a form as its Content-Type says', 'what is none'));
  const entries = [...form];
  if (entries.length > MOST_FIELDS) refuse(400, 'body', `a form of at most ${MOST_FIELDS} fields`, String(entries.length));
  const files = entries.filter((entry): entry is [string, File] => typeof entry[1] !== 'string');
  const [file] = files;
  if (!file || files.length > 1) return refuse(400, 'body', 'a form with one file', `one with ${files.length}`);
  return { photo: new Uint8Array(await file[1].arrayBuffer()), fields: Object.fromEntries(entries.filter(([, value]) => typeof value === 'string')) };
}

function fromJson(body: Uint8Array): SentPhoto {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return refuse(400, 'body', 'JSON', 'what is none');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(400, 'body', 'an object with image', jsonName(value));
  const { image, ...fields } = value as Readonly<Record<string, unknown>>;
  if (typeof image !== 'string') return refuse(400, 'image', 'a photo in base64', jsonName(image));
  // No address is ever followed, one that has the photo in itself included.
  const hint = /^data:[^,]*,/.test(image) ? 'leave out what stands before the comma, and the comma' : 'send the bytes themselves: no address is followed';
  if (!/^[A-Za-z0-9+/\r\n]*={0,2}\s*$/.test(image)) refuse(400, 'image', 'a photo in base64', showValue(image.slice(0, 24)), hint);
  return { photo: Buffer.from(image, 'base64'), fields };
}
