import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Where Linux says what a container may use, in the two versions of its control groups; a quota of microseconds for each period. */
const V2 = '/sys/fs/cgroup/cpu.max';
const V1 = ['/sys/fs/cgroup/cpu/cpu.cfs_quota_us', '/sys/fs/cgroup/cpu/cpu.cfs_period_us'] as const;

/** Cores that this process really has: those it may run on, and no more than the quota of its container pays for. */
export function coresHere(read: (file: string) => string = (file) => readFileSync(file, 'utf8'), most = availableParallelism()): number {
  const quota = quotaOf(read);
  return quota === undefined ? most : Math.max(1, Math.min(most, Math.ceil(quota)));
}

/** Cores' worth of time, or undefined where there is no limit or no control group. */
function quotaOf(read: (file: string) => string): number | undefined {
  for (const files of [[V2], V1]) {
    try {
      const [quota = NaN, period = NaN] = files.flatMap((file) => read(file).trim().split(/\s+/)).map(Number);
      return quota > 0 && period > 0 ? quota / period : undefined;
    } catch {
      // Of the other version, or of another system.
    }
  }
  return undefined;
}
