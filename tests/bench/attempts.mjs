/** Measures one network where the place it runs in may die: the engine at work is then excluded, and the rest measured again. */

/** What is at work when no rival is. */
const COMMON = new Set(['start', 'roofline', 'weights', 'receptive', 'rounds', 'layers']);

/**
 * @param job.without - rivals to leave out
 * @param attempt - runs the job, with `exclude` for reasons by name; gives `{ result }` or `{ stage, ended }`
 */
export async function measureWithRetries(job, attempt, log) {
  const exclude = Object.fromEntries(job.without.map((rival) => [rival, 'left out by --without']));
  for (;;) {
    const { result, stage, ended } = await attempt({ ...job, exclude });
    if (result) return result;
    log(`${job.name}: ${ended} at ${stage}`);
    if (COMMON.has(stage) || exclude[stage]) return failed(job, `${ended} at ${stage}`);
    exclude[stage] = ended;
  }
}

function failed({ name, batch }, reason) {
  return { net: name, batch, engines: [{ name: 'receptive', reason }] };
}
