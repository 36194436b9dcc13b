/** The compiler as consumers of the built package run it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = new URL('../..', import.meta.url).pathname;

/** What the compiler, strict, says of files, by their names. */
export function complaints(files: Readonly<Record<string, string>>, lib: readonly string[], types: readonly string[]): string[] {
  mkdirSync(`${ROOT}.build`, { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.build', 'consumer-'));
  try {
    const names = Object.entries(files).map(([name, text]) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
    const entries = ['layers', 'models', 'image', 'lessons', 'vision', 'serve', 'inline', 'embedded'].map((name): [string, string[]] => [`receptive/${name}`, [`${ROOT}dist/types/${name}.d.ts`]]);
    const program = ts.createProgram(names, {
      lib: lib.map((name) => `lib.${name}.d.ts`), types: [...types], noEmit: true, strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false,
      target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, allowJs: true, checkJs: true,
      jsx: ts.JsxEmit.Preserve, paths: { receptive: [`${ROOT}dist/types/index.d.ts`], ...Object.fromEntries(entries) },
    });
    return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const at = file && start !== undefined ? `${file.fileName.split('/').pop()}:${file.getLineAndCharacterOfPosition(start).line + 1} ` : '';
      return `${at}${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
