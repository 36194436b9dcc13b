/** Runs the browser tests in browsers that need no driver: each is a command that opens an address. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineBrowserProvider } from '@vitest/browser';
import type { BrowserProvider, BrowserProviderOption } from 'vitest/node';
import type { OpenedBrowser } from './commands.js';

/** How long a browser may take to end by itself, in ms. */
const PATIENCE_MS = 5000;

/** A Vitest provider for one browser. */
export function opener(browser: OpenedBrowser): BrowserProviderOption {
  return defineBrowserProvider({ name: `opener of ${browser.name}`, providerFactory: () => new Opener(browser) });
}

class Opener implements BrowserProvider {
  readonly name = 'opener';
  /** A page that is not in front is slowed down, so one is opened after the other. */
  readonly supportsParallelism = false;
  private readonly running = new Map<ChildProcess, string>();

  constructor(private readonly browser: OpenedBrowser) {}

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  /** Resolves once the browser runs; Vitest then waits for the page. @throws where it cannot be started */
  async openPage(_session: string, url: string): Promise<void> {
    const profile = mkdtempSync(join(tmpdir(), `receptive-${this.browser.name}-`));
    const { command, args, env } = this.browser.open(url, profile);
    // A group of its own: what the command starts ends with it.
    const child = spawn(command, args, { detached: true, stdio: 'ignore', env: { ...process.env, ...env } });
    this.running.set(child, profile);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => reject(new Error(`${this.browser.name} could not be started: ${cause.message}`, { cause })));
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map(([child, profile]) => end(child, profile)));
    this.running.clear();
  }
}

/** Ends a browser with all that it started, and removes what it kept. */
async function end(child: ChildProcess, profile: string): Promise<void> {
  const gone = child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : undefined;
  signal(child, 'SIGTERM');
  const late = setTimeout(() => signal(child, 'SIGKILL'), PATIENCE_MS);
  await gone;
  clearTimeout(late);
  signal(child, 'SIGKILL');
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody of the group is left.
  }
}
