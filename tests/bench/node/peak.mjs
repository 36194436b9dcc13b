/** The most memory this process has had resident. */
import { readFileSync } from 'node:fs';

/** `maxRSS` begins with that of the process that started this one, so Linux is asked for the program's own. */
export function peakMb() {
  try {
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
