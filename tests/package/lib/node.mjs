/** Node of a wanted version: the one that runs this, or the one that npm installs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyPrinted } from './net.mjs';
import { createProject, fixture, run, Skip } from './project.mjs';

const PRINT = "import { use } from './use.js';\nconsole.log(JSON.stringify(await use()));\n";

/** The packages for a version, and where its program will be. */
function packagesFor(major) {
  if (process.versions.node.startsWith(`${major}.`)) return { packages: [], program: () => process.execPath };
  const system = `${process.platform}-${process.arch}`;
  if (!['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64'].includes(system)) throw new Skip(`no npm package with Node for ${system}`);
  const name = `node-${system}`;
  return { packages: [`${name}@${major}`], program: (folder) => join(folder, 'node_modules', name, 'bin', 'node') };
}

/** A project with use.js and Node of this version. */
export async function nodeProject(context, major, files, type = 'module') {
  const { packages, program } = packagesFor(major);
  const folder = await createProject(context, { packages, files: { 'use.js': fixture('use.js'), ...files }, type });
  if (!existsSync(program(folder))) throw new Error(`${program(folder)} is not there`);
  return { folder, node: program(folder) };
}

/** ES modules under a version of Node. The process must end by itself. */
export async function runEsm(context, major) {
  const { folder, node } = await nodeProject(context, major, { 'main.js': PRINT });
  const version = (await run(node, ['--version'])).trim();
  return `${version}: ${verifyPrinted(await run(node, ['main.js'], { cwd: folder, timeout: 60_000 }))}`;
}
