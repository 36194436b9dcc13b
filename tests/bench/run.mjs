/** The benchmark: this library and its rivals on the same networks and weights. `npm run bench -- --help` */
import { writeFileSync } from 'node:fs';
import { ratiosOf, verdictsOf } from './arithmetic.mjs';
import { measureWithRetries } from './attempts.mjs';
import { startBrowser } from './browser/run.mjs';
import { measureLoads } from './load/run.mjs';
import { machine } from './machine.mjs';
import { targetOf } from './nets.mjs';
import { runInChild } from './node/children.mjs';
import { allVersions } from './node/packages.mjs';
import { HELP, readOptions } from './options.mjs';
import { measurePhotos } from './photo/run.mjs';
import { markdown } from './report.mjs';
import { measureTrainings } from './train/run.mjs';

const log = (text) => console.error(text);

/** What the ratios are and whether the targets are met. */
function judged(result, threads) {
  const target = targetOf(result.net, result.batch, threads);
  const ratios = ratiosOf(result.engines);
  return { ...result, target, ratios, verdicts: verdictsOf(target, ratios) };
}

async function measureAll(options) {
  const jobs = options.nets.flatMap((name) => options.batch.map((batch) => ({ name, batch })));
  const measured = [];
  const browser = options.browser ? await startBrowser() : undefined;
  try {
    for (const { name, batch } of jobs) {
      log(`${name}, batch ${batch} ...`);
      const result = await measureWithRetries({ ...options, name, batch }, browser?.run ?? runInChild, log);
      measured.push(judged(result, options.threads));
    }
  } finally {
    await browser?.close();
  }
  return { where: browser?.version ?? `Node ${process.version}`, results: measured };
}

async function measureNets(options) {
  const date = new Date().toISOString();
  const { where, results } = await measureAll(options);
  const load = options.load ? await measureLoads({ log }) : undefined;
  const report = { date, where, machine: machine(), versions: allVersions(), options, results, load };
  return { report, text: markdown(report, options) };
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return;
  }
  const { report, text } = await (options.train ? measureTrainings : options.photo ? measurePhotos : measureNets)(options, log);
  console.log(text);
  if (options.markdown) writeFileSync(options.markdown, text);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, undefined, 1)}\n`);
}

await main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
