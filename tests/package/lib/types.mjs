/** A TypeScript consumer, checked and then run. */
import { verifyPrinted } from './net.mjs';
import { createProject, fixture, run } from './project.mjs';

const CONSUMER = `import { conv2d, load, models, ReceptiveError, sequential, tensor } from 'receptive';
import type { Classification, Layer, LoadOptions, Model, Summary, Tensor } from 'receptive';
import { load as loadInline } from 'receptive/inline';
import { load as loadEmbedded } from 'receptive/embedded';
import { relu } from 'receptive/layers';
import { resnet18 } from 'receptive/models';
import { decodeImage } from 'receptive/image';

const net: Layer = sequential([conv2d(1, 1, 3), relu()]);
const options: LoadOptions = { threads: 1, onProgress: (bytes, total) => console.log(bytes, total) };
export async function typed(): Promise<number> {
  const model: Model = await load(net, options);
  const { output } = await model.run(tensor([1], [1, 1, 1, 1]));
  const exact: Tensor | undefined = output;
  const answer: Classification = await model.classify('photo.png');
  const summary: Summary = await model.summary();
  const inline = await loadInline(resnet18());
  const { output: now } = inline.run(new Float32Array(4));
  // @ts-expect-error: an option that does not exist
  await load(net, { thread: 1 });
  // @ts-expect-error: a model is no layer
  sequential([model]);
  // @ts-expect-error: run of the main entry gives a promise
  void model.run(new Float32Array(1)).output;
  void [loadEmbedded, models.resnet18, decodeImage, ReceptiveError, answer.top, summary, now];
  return exact?.data[0] ?? 0;
}
`;

const MAIN = `import { use } from './use.js';
console.log(JSON.stringify(await use()));
`;

/** Checks the consumer with skipLibCheck off, so that the package's own declarations count; then runs what was emitted. */
export async function checkTypes(context, { module, moduleResolution, lib }) {
  const compilerOptions = {
    rootDir: 'src',
    module, moduleResolution, lib, target: 'ES2022', strict: true, skipLibCheck: false, allowJs: true, outDir: 'out', types: [],
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true,
  };
  const files = {
    'src/consumer.ts': CONSUMER, 'src/main.ts': MAIN.replace('JSON', 'globalThis.JSON'), 'src/use.js': fixture('use.js'),
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src'] }),
  };
  const folder = await createProject(context, { packages: ['typescript@6.0.3'], files });
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: folder });
  return verifyPrinted(await run(process.execPath, ['out/main.js'], { cwd: folder, timeout: 60_000 }));
}
