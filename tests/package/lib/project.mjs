/** Fresh folders with the packed tarball installed, and programs run in them. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FIXTURES = new URL('../fixtures/', import.meta.url);

/** Thrown by a row that cannot be tried on this machine. */
export class Skip extends Error {}

/** Packs the package as it would be published. */
export function pack(folder) {
  const args = ['pack', '--json', '--silent', '--pack-destination', folder];
  const printed = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const [{ filename }] = JSON.parse(printed.slice(printed.indexOf('[')));
  return join(folder, filename);
}

/** A program that every row may use, by the name under which it imports the library. */
export function fixture(name, library = 'receptive') {
  return readFileSync(new URL(name, FIXTURES), 'utf8').replaceAll("'receptive'", `'${library}'`);
}

/** Runs a program to its end; what it printed, or an error that shows it. */
export function run(command, args, { cwd, env, timeout = 120_000 } = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout, maxBuffer: 1 << 26 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = `${stderr}\n${stdout}`.trim().split('\n').filter((line) => !/^\s+at /.test(line));
      const end = (said.length > 14 ? [...said.slice(0, 9), '...', ...said.slice(-4)] : said).join('\n');
      reject(new Error(`${command} ${args.join(' ').slice(0, 120)}: ${error.killed ? 'timed out' : `code ${error.code}`}\n${end}`));
    }).stdin?.end();
  });
}

/** Starts a server and waits for the address it prints. `stop` ends it and what it started. */
export function startServer(command, args, { cwd, env } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  };
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => give(new Error(`no address within a minute:\n${printed}`)), 60_000);
    const give = (error, url) => {
      clearTimeout(timer);
      if (!error) return resolve({ url, stop });
      stop();
      reject(error);
    };
    const read = (chunk) => {
      printed += chunk;
      const url = /https?:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(printed)?.[0];
      if (url) give(undefined, url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => give(new Error(`the server ended with code ${code}:\n${printed}`)));
  });
}

/** Makes a folder with these files, the tarball and other packages. */
export async function createProject(context, { packages = [], files = {}, type = 'module', scripts = false } = {}) {
  const folder = mkdtempSync(join(context.folder, `${context.name}-`));
  write(folder, { 'package.json': JSON.stringify({ name: 'consumer', private: true, type }), ...files });
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline', '--loglevel=error'];
  const args = ['install', ...quiet, ...(scripts ? [] : ['--ignore-scripts']), context.tarball, ...packages];
  await run('npm', args, { cwd: folder, timeout: 240_000 });
  return folder;
}

export function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
