import type { Hono } from 'hono';
import type { PhotoCall } from '../../tasks/photo-tasks.js';
import type { Task } from '../../tasks/task.js';
import { computed } from '../context.js';
import type { At, Env, Inside } from '../context.js';
import { packed } from '../packed.js';
import { refuse } from '../refusal.js';
import type { Served } from '../served.js';
import type { Table } from '../table.js';
import { ASK } from './answers.js';
import { openApi } from './openapi.js';
import { optionsOf, PLAIN_OPTIONS } from './options.js';
import { PAGE, PAGE_POLICY } from './page.js';
import { photoOf } from './photo.js';

const FITS: Readonly<Record<PhotoCall, Task>> = { classify: 'classification', embed: 'classification', detect: 'detection', segment: 'segmentation' };

/** Photos as bodies, for people and their scripts. */
export function plainRoutes(app: Hono<Env>, inside: Inside): void {
  for (const call of Object.keys(PLAIN_OPTIONS) as PhotoCall[]) app.post(`/${call}`, (at) => answer(at, inside, call));
  app.get('/openapi.json', (at) => at.json(openApi()));
  app.get('/', (at) => at.html(PAGE, 200, { 'content-security-policy': PAGE_POLICY }));
}

function answer(at: At, inside: Inside, call: PhotoCall): Promise<Response> {
  const query = at.req.query();
  const optionsInQuery = optionsOf(call, query);
  const served = chosen(inside.table, call, query);
  return computed(at, inside, served, async (body, deadline) => {
    const { photo, fields } = await photoOf(body, at.req.header('content-type') ?? '');
    if (fields['model'] !== undefined || fields['version'] !== undefined) refuse(400, 'body', 'the model in the address (?model=NAME)', 'one in the body');
    const options = { ...optionsInQuery, ...optionsOf(call, fields), maxPixels: inside.settings.maxPixels };
    const said = await served.answer(deadline, at.get('told'), (pool, signal) => ASK[call](pool, { photo, options, signal }));
    const json = new TextEncoder().encode(JSON.stringify({ model: served.name, version: served.version, ...said }));
    return packed(at.req.raw, [json], { 'content-type': 'application/json' });
  });
}

/** Whether a model is for a call: what says nothing of itself and takes photos classifies, as most do. */
const isFor = (call: PhotoCall, { task, takesPhotos }: Served): boolean => task === FITS[call] || (call === 'classify' && task === undefined && takesPhotos);

/** The model that is named, else the first that is for this, else the first that says nothing and takes photos. */
function chosen(table: Table, call: PhotoCall, { model, version }: Readonly<Record<string, string>>): Served {
  // An empty name is mostly a variable of a script that was not set: no other model is to answer in its place.
  if (model === '' || version === '') refuse(400, model === '' ? 'model' : 'version', 'one that is named, or no such option', 'an empty name');
  if (model !== undefined) return table.find(model, version);
  if (version !== undefined) refuse(400, 'version', 'a model beside it', 'none', `write ?model=NAME&version=${version.slice(0, 16)}`);
  const ready = table.all.filter(({ state }) => state === 'READY').toSorted((a, b) => Number(b.takesPhotos) - Number(a.takesPhotos));
  const found = ready.find((served) => isFor(call, served)) ?? ready.find(({ task }) => task === undefined) ?? ready[0];
  return found ? table.find(found.name) : refuse(503, 'service', 'a model that is ready', 'none');
}
