import { readFileSync } from 'node:fs';

/** A small encoded file, and the pixels Pillow makes of it. */
export interface FileCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Levels a correct decoder may be off. */
  readonly tolerance: number;
  readonly rgb: Uint8Array;
}

export function files(): FileCase[] {
  const text = readFileSync(new URL('files.json', import.meta.url), 'utf8');
  const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  return (JSON.parse(text) as (Omit<FileCase, 'bytes' | 'rgb'> & { bytes: string; rgb: string })[]).map((file) => ({
    ...file,
    bytes: bytes(file.bytes),
    rgb: bytes(file.rgb),
  }));
}
