import { wrong } from '../base/wrong.js';
import { IntegrityError } from '../base/errors.js';
import type { ByteSource } from '../formats/stored.js';
import { typeName } from '../base/show.js';
import { digestOf } from './digest.platform.js';

/** Weakest first; of several digests those of the strongest algorithm count, as for `<script integrity>`. */
const ALGORITHMS = ['sha256', 'sha384', 'sha512'] as const;

export type DigestAlgorithm = (typeof ALGORITHMS)[number];

interface Digests {
  readonly algorithm: DigestAlgorithm;
  /** Base64; one of them has to be met. */
  readonly digests: readonly string[];
}

const BYTES: Record<DigestAlgorithm, number> = { sha256: 32, sha384: 48, sha512: 64 };

/** What an `integrity` text asks for. @throws ArgumentError for what is none */
export function parseIntegrity(integrity: unknown, place = 'integrity'): Digests {
  const parts = typeof integrity === 'string' ? integrity.trim().split(/\s+/) : [];
  const found = parts.map((part) => /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})$/.exec(part));
  const pairs = found.map((match) => ({ algorithm: match?.[1] as DigestAlgorithm | undefined, digest: match?.[2] ?? '' }));
  const isWhole = ({ algorithm, digest }: (typeof pairs)[number]): boolean =>
    algorithm !== undefined && digest.length === Math.ceil(BYTES[algorithm] / 3) * 4;
  if (pairs.length === 0 || !pairs.every(isWhole)) {
    const expected = "digests like 'sha256-' and 44 characters of base64";
    const got = typeof integrity === 'string' ? JSON.stringify(integrity) : typeName(integrity);
    wrong(place, expected, got);
  }
  const algorithm = [...ALGORITHMS].reverse().find((name) => pairs.some((pair) => pair.algorithm === name)) ?? 'sha256';
  return { algorithm, digests: pairs.filter((pair) => pair.algorithm === algorithm).map(({ digest }) => digest) };
}

/** Whether the bytes are those that the digests are of; if not, the digest they have. */
export async function compareDigest(source: ByteSource, integrity: string): Promise<{ equal: boolean; got: string }> {
  const { algorithm, digests } = parseIntegrity(integrity);
  const digest = await digestOf(source, algorithm);
  return { equal: digests.includes(digest), got: `${algorithm}-${digest}` };
}

/**
 * The digest of a file beside a model, where any were given.
 * @throws IntegrityError where digests were given, but none for this file: the model names its files, and may not be trusted
 */
export function digestBeside(location: string, digests: Readonly<Record<string, string>> | undefined): string | undefined {
  if (!digests || Object.hasOwn(digests, location)) return digests?.[location];
  const known = Object.keys(digests).join(', ') || 'no file';
  wrong(location, 'a digest of this file, in which the model keeps weights, by the option externalIntegrity', `digests of ${known}`, { as: IntegrityError });
}

/** @throws IntegrityError naming the place and both digests */
export async function expectIntegrity(source: ByteSource, place: string, integrity: string | undefined): Promise<void> {
  if (integrity === undefined) return;
  const { equal, got } = await compareDigest(source, integrity);
  if (equal) return;
  const hint = 'the file is damaged, or is another one than was expected: check where it comes from';
  wrong(place, integrity, got, { as: IntegrityError, hint });
}
