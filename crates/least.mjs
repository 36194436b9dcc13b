/**
 * Bundles the command line for Node alone, for `setup.mjs --least`: straight from TypeScript, whose types are erased and not looked at, by
 * rolldown, which takes the same description as rollup and a tenth of its time. Packages stay where npm put them, nothing is left out, and
 * the glue is looked for beside the scripts, since the Rust compiler runs at the same time.
 */
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { commands } from '../rollup.config.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Whose work is not needed, or not there yet. */
const LEFT_OUT = ['node-resolve', 'commonjs', 'copy-wasm'];

const glueBeside = {
  name: 'glue-beside',
  resolveId: (source) => (/\/pkg\/glue[a-z-]*\.js$/.test(source) ? { id: `./${basename(source)}`, external: true } : null),
};

/** The source of what tsc would write to `.build`. */
const sourceOf = (built) => join(ROOT, 'ts', relative(join(ROOT, '.build'), resolve(ROOT, built))).replace(/\.js$/, '.ts');

/** An entry, or several with names. */
const sourcesOf = (input) => (typeof input === 'string' ? sourceOf(input) : Object.fromEntries(Object.entries(input).map(([name, built]) => [name, sourceOf(built)])));

async function write({ input, external, plugins, preserveEntrySignatures, output }) {
  const { dir, file, banner, chunkFileNames } = output;
  const bundle = await rolldown({
    input: sourcesOf(input),
    // What the language lacks yet (`using`) is written out by functions of the bundler's own, which are no package here.
    external: [...external, /^(?!@oxc-project\/)[@a-z]/],
    plugins: [glueBeside, ...plugins.filter(({ name }) => !LEFT_OUT.includes(name))],
    preserveEntrySignatures,
    treeshake: false,
    tsconfig: false,
    transform: { target: 'es2022' },
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  });
  await bundle.write({ format: 'es', ...(file === undefined ? { dir, chunkFileNames } : { file, banner, codeSplitting: false }) });
  await bundle.close();
}

await Promise.all(commands.map(write));
