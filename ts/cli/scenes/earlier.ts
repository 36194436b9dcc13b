// What an earlier run wrote into the same folder.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How the annotations of scenes are described, by which they are known again. */
export function describedAs(codes: boolean, split: string, seed: number): string {
  return `${codes ? 'Postal codes' : 'Digit scenes'} of MNIST's ${split} digits, seed ${seed}. Masks: 0 background, 1 to 10 the digits 0 to 9.`;
}

const DESCRIBED = /^(Postal codes|Digit scenes) of MNIST's [a-z]+ digits, seed \d+\. Masks: /;

/**
 * Removes the annotations of an earlier run, the pictures and masks that they name, the names of the classes and the sheet. Where the annotations are not of such a
 * run, or name other files, nothing of theirs is touched.
 */
export function clearEarlier(folder: string): void {
  const annotations = join(folder, 'annotations.json');
  const names = namesIn(annotations);
  if (!names) return;
  const pictures = names.flatMap((name) => [join(folder, 'images', name), join(folder, 'masks', name)]);
  for (const file of [...pictures, join(folder, 'sheet.png'), join(folder, 'classes.txt'), annotations]) rmSync(file, { force: true });
}

/** Names of pictures, those of our form; undefined where the file is none of ours. */
function namesIn(file: string): readonly string[] | undefined {
  const { info, images } = objectIn(file);
  const described: unknown = typeof info === 'object' && info !== null && 'description' in info ? info.description : undefined;
  if (typeof described !== 'string' || !DESCRIBED.test(described) || !Array.isArray(images)) return undefined;
  const names = images.map((image: unknown) => (typeof image === 'object' && image !== null && 'file_name' in image ? image.file_name : undefined));
  return names.filter((name): name is string => typeof name === 'string' && /^\d+\.png$/.test(name));
}

function objectIn(file: string): { readonly info?: unknown; readonly images?: unknown } {
  if (!existsSync(file)) return {};
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    return {};
  }
}
