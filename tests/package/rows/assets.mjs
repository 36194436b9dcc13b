import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createProject, run } from '../lib/project.mjs';

export const title = 'the model that ships: Node, Vite, webpack, esbuild, npx';

const NAME = 'squeezenet1_1.safetensors';

const NODE = `import { load } from 'receptive';
import { squeezenet1_1 } from 'receptive/assets';
const model = await load(squeezenet1_1);
console.log(model.name, model.labels.length);
await model.dispose();
`;

const HTML = '<!doctype html><script type="module" src="./page.js"></script>';
const PAGE = "import { squeezenet1_1 } from 'receptive/assets';\ndocument.title = squeezenet1_1;\n";
const FILE = `import url from 'receptive/assets/${NAME}';\ndocument.title = url;\n`;

const WEBPACK = `import webpack from 'webpack';
webpack({ mode: 'production', entry: './page.js', output: { path: process.cwd() + '/packed' } }, (error, stats) => {
  if (error) throw error;
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
});
`;

/** The one file below with the bytes of the model; its name is in the script beside it. */
function expectEmitted(folder, wanted) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => statSync(join(folder, file)).isFile());
  const emitted = files.filter((file) => statSync(join(folder, file)).size === wanted.length && readFileSync(join(folder, file)).equals(wanted));
  if (emitted.length !== 1) throw new Error(`${folder}: the model is there ${emitted.length} times among ${files.join(', ')}`);
  const name = emitted[0].split(/[\\/]/).at(-1);
  const named = files.some((file) => /\.js$/.test(file) && readFileSync(join(folder, file), 'utf8').includes(name));
  if (!named) throw new Error(`${folder}: no script names ${name}`);
}

export async function check(context) {
  const packages = ['vite@8', 'webpack@5', 'esbuild@0.28'];
  const files = { 'index.html': HTML, 'page.js': PAGE, 'file.js': FILE, 'node.mjs': NODE, 'webpack.mjs': WEBPACK };
  const folder = await createProject(context, { packages, files });
  const at = (...parts) => join(folder, ...parts);
  const node = (...args) => run(process.execPath, args, { cwd: folder });
  const wanted = readFileSync(at('node_modules/receptive/examples/assets', NAME));
  const said = (await node('node.mjs')).trim();
  if (said !== 'squeezenet1_1 1000') throw new Error(`Node says ${said}`);
  await node('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn');
  expectEmitted(at('dist'), wanted);
  await node('webpack.mjs');
  expectEmitted(at('packed'), wanted);
  await node('node_modules/esbuild/bin/esbuild', 'file.js', '--bundle', '--format=esm', '--outdir=built', '--loader:.safetensors=file', '--log-level=warning');
  expectEmitted(at('built'), wanted);
  mkdirSync(at('public'));
  await run('npx', ['receptive', 'model', 'squeezenet1_1', '-o', 'public/'], { cwd: folder });
  if (!existsSync(at('public', NAME))) throw new Error('receptive model wrote nothing');
  // No detector ships: one must be named.
  const refused = await run('npx', ['receptive', 'detect', 'photo.jpg'], { cwd: folder }).catch(String);
  if (!/--model is needed: the package ships no detector: .*ONNX/.test(refused)) throw new Error(`receptive detect without a model says ${refused}`);
  return 'found and copied by each';
}
