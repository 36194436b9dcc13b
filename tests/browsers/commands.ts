/** Firefox and WebKit as Debian has them: where they are, and how each is told to open an address. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Opening {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface OpenedBrowser {
  readonly name: 'firefox' | 'webkit';
  /** @param profile - an empty folder, which is removed afterwards */
  open(url: string, profile: string): Opening;
}

/** Nothing but the page: no first run, no calls home, and videos play without a click. */
const FIREFOX_PREFERENCES = {
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'extensions.getAddons.cache.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.server': 'data:,',
  'media.autoplay.default': 0,
  'dom.min_background_timeout_value': 4,
};

export const FIREFOX: OpenedBrowser = {
  name: 'firefox',
  open(url, profile) {
    const lines = Object.entries(FIREFOX_PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
    writeFileSync(join(profile, 'user.js'), lines.join('\n'));
    const command = process.env['FIREFOX_PATH'] ?? found('firefox-esr', 'firefox');
    if (command === undefined) throw new Error('Firefox is missing: apt-get install firefox-esr, or name one in FIREFOX_PATH');
    return { command, args: ['--headless', '--no-remote', '--profile', profile, url] };
  },
};

export const WEBKIT: OpenedBrowser = {
  name: 'webkit',
  open(url, profile) {
    const browser = process.env['MINIBROWSER_PATH'] ?? miniBrowser();
    const display = found('xvfb-run');
    if (browser === undefined || display === undefined) {
      throw new Error('WebKitGTK is missing: apt-get install webkit2gtk-driver xvfb xauth, or name its MiniBrowser in MINIBROWSER_PATH');
    }
    // Its sandbox cannot be had by root, nor in most containers; the pages are our own.
    const env = { HOME: profile, XDG_CACHE_HOME: profile, XDG_DATA_HOME: profile, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
    // Not --private, where Cache Storage forgets what a worker kept that ends at once; the folders are new all the same.
    return { command: display, args: ['-a', browser, '--autoplay-policy=allow', url], env };
  },
};

function found(...names: readonly string[]): string | undefined {
  for (const name of names) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** Debian keeps it in a folder of the machine's and of the library's name. */
function miniBrowser(): string | undefined {
  const folders = readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu')).map((name) => join('/usr/lib', name));
  const versions = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith('webkit2gtk-')).map((name) => join(folder, name)));
  return versions.map((folder) => join(folder, 'MiniBrowser')).find((file) => existsSync(file));
}
