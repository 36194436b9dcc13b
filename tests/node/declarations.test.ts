/** The package's declarations, and README's code, as TypeScript consumers of different settings see them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
let folder = '';
beforeAll(() => {
  mkdirSync(`${ROOT}.build`, { recursive: true });
  folder = mkdtempSync(join(ROOT, '.build', 'consumer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of files, by their names. */
function complaints(files: Readonly<Record<string, string>>, lib: readonly string[], types: readonly string[]): string[] {
  const names = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
  const entries = ['layers', 'models', 'image', 'lessons', 'inline', 'embedded'].map((name): [string, string[]] => [`receptive/${name}`, [`${ROOT}dist/types/${name}.d.ts`]]);
  const program = ts.createProgram(names, {
    lib: lib.map((name) => `lib.${name}.d.ts`), types: [...types], noEmit: true, strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false,
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, allowJs: true, checkJs: true,
    jsx: ts.JsxEmit.Preserve, paths: { receptive: [`${ROOT}dist/types/index.d.ts`], ...Object.fromEntries(entries) },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const at = file && start !== undefined ? `${file.fileName.split('/').pop()}:${file.getLineAndCharacterOfPosition(start).line + 1} ` : '';
    return `${at}${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

const CONSUMER = `import { conv2d, load, tensor } from 'receptive';
import type { ImageInput, Model, Tensor } from 'receptive';
import { load as loadInline } from 'receptive/inline';
import { decodeImage } from 'receptive/image';
import 'receptive/embedded';
export async function use(model: Model): Promise<Tensor<'uint8'>> {
  await model.classify('photo.png');
  await model.classify(new Uint8Array(4));
  // @ts-expect-error: a number is no image
  await model.classify(42);
  // @ts-expect-error: a number is no image
  await decodeImage(42);
  // @ts-expect-error: a number is no model
  await load(42);
  // @ts-expect-error: an option that does not exist
  conv2d(1, 2, 3, { strides: 2 });
  // @ts-expect-error: a text is no signal
  await model.run(tensor([[1, 2], [3, 4]]), { signal: 'x' });
  const image: ImageInput = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 };
  void [image, loadInline];
  return tensor(new Uint8Array(1));
}
`;

test.each([
  ['no platform', ['es2022'], []],
  ['Node', ['es2022'], ['node']],
  ['a page', ['es2022', 'dom'], []],
  ['a page and Node', ['es2024', 'dom', 'dom.iterable'], ['node']],
  ['a worker', ['es2022', 'webworker'], []],
])('declarations compile, and nothing of them is any: %s', (_, lib, types) => {
  expect(complaints({ 'consumer.ts': CONSUMER }, lib, types)).toEqual([]);
});

/** Blocks of code that a reader of README copies; each is a module of its own. */
function readmeBlocks(): Record<string, string> {
  const text = readFileSync(`${ROOT}README.md`, 'utf8');
  const blocks = [...text.matchAll(/^```(ts|js|tsx)\n([\s\S]*?)^```$/gm)];
  return Object.fromEntries(blocks.map(([, language = '', code = ''], i) => [`readme-${i}.${language === 'js' ? 'mts' : language}`, `${code}\nexport {};\n`]));
}

test("README's code compiles, strictly", () => {
  const blocks = readmeBlocks();
  expect(Object.keys(blocks).length).toBeGreaterThanOrEqual(4);
  expect(complaints(blocks, ['esnext', 'dom', 'dom.iterable'], ['node'])).toEqual([]);
  expect(complaints({ 'readme-wrong.ts': "import { load } from 'receptive';\nawait load(42);\nexport {};\n" }, ['esnext', 'dom'], ['node'])).toHaveLength(1);
});
