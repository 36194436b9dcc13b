const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a folder',
  EACCES: 'a file without permission to read it',
};

/**
 * Why a file cannot be read, without its path: the message that this becomes part of has it.
 * @param reasons - words for codes; of others the system's own
 */
export function fileReason(cause: unknown, reasons = REASONS): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  // "ENOTDIR: not a directory, open '/a/b'"
  return reasons[code] ?? cause.message.replace(/^E[A-Z\d]+: |, [a-z]+( '[^]*)?$|\. Received [^]*$/g, '');
}
