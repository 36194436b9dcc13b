/** Clients written in Python, as they are published. */
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface Client {
  /** What it is called here: of its folder under .cache, and of the variable that names another Python. */
  readonly name: string;
  readonly module: string;
  /** What pip installs. */
  readonly requirement: string;
}

type Python = { readonly python: string; readonly missing?: undefined } | { readonly python?: undefined; readonly missing: string };

/** A Python that has the client, or why there is none: RECEPTIVE_NAME_PYTHON, else one that is made, for which a python3 with venv and a package index are needed. */
export function pythonWith({ name, module, requirement }: Client): Python {
  const works = (python: string): boolean => spawnSync(python, ['-c', `import ${module}`]).status === 0;
  const given = process.env[`RECEPTIVE_${name.toUpperCase()}_PYTHON`];
  if (given !== undefined) return works(given) ? { python: given } : { missing: `${given} has no ${module}` };
  const folder = fileURLToPath(new URL(`../../.cache/${name}`, import.meta.url));
  const python = `${folder}/bin/python`;
  if (works(python)) return { python };
  for (const [command, args] of [['python3', ['-m', 'venv', folder]], [python, ['-m', 'pip', 'install', '--quiet', '--no-compile', '--disable-pip-version-check', requirement]]] as const) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 150_000 });
    if (status !== 0) return { missing: `${command} ${args.join(' ')}: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? 'failed'}` };
  }
  return works(python) ? { python } : { missing: `${requirement} was installed, and ${module} is not found` };
}

/** What a script of this folder prints, which is JSON. */
export async function saidBy(python: string, script: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(python, [fileURLToPath(new URL(script, import.meta.url)), ...args], { timeout: 120_000 });
  return JSON.parse(stdout) as Record<string, unknown>;
}
