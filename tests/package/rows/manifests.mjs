import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { parseAllDocuments } from 'yaml';
import { example } from '../lib/mount.mjs';
import { createProject, run, write } from '../lib/project.mjs';

export const title = 'Manifests of Kubernetes, KEDA and KServe against their types and schemas';

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** Where the type of a kind is; one of KServe's is a pod with its scaling beside it. */
const KINDS = {
  Deployment: 'kubernetes-models/apps/v1', Service: 'kubernetes-models/v1', PodDisruptionBudget: 'kubernetes-models/policy/v1', ScaledObject: '@kubernetes-models/keda/keda.sh/v1alpha1',
};

const manifests = ['kubernetes.yaml', 'keda.yaml', 'kserve.yaml'].flatMap((file) => parseAllDocuments(example(file), { uniqueKeys: true }).map((document) => {
  if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('; ')}`);
  return document.toJS();
}));

/** A program that has the manifest as a literal, in which the compiler finds fields that are not there. */
function typed({ kind, ...rest }) {
  if (kind !== 'InferenceService') return `import type { I${kind} } from '${KINDS[kind]}';\nexport const manifest: I${kind} = ${JSON.stringify({ kind, ...rest })};\n`;
  return `import type { IPodSpec } from 'kubernetes-models/v1';
interface Scaling { minReplicas?: number; maxReplicas?: number; scaleTarget?: number; scaleMetric?: 'cpu' | 'memory' | 'concurrency' | 'rps' }
interface InferenceService { apiVersion: 'serving.kserve.io/v1beta1'; metadata: { name: string }; spec: { predictor: IPodSpec & Scaling } }
export const manifest: InferenceService = ${JSON.stringify(rest)};\n`;
}

/** A program that has the schema judge what types cannot: formats and patterns. */
const judged = ({ kind, ...rest }) => `import { ${kind} } from '${KINDS[kind]}';\nnew ${kind}(${JSON.stringify(rest)}).validate();\n`;

/** What the compiler says of a manifest. */
const compile = (folder, name) => run(process.execPath, [TSC, '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022', `${name}.ts`], { cwd: folder });

async function expectRefused(promise, what) {
  const error = await promise.then(() => undefined, (thrown) => thrown);
  if (!error) throw new Error(`${what} was accepted`);
  if (!/misspelt|replicas/.test(error.message)) throw error;
}

export async function check(context) {
  const folder = await createProject(context, { packages: ['kubernetes-models@5', '@kubernetes-models/keda@2'] });
  const [deployment] = manifests;
  for (const manifest of manifests) {
    const { kind, spec } = manifest;
    write(folder, { [`${kind}.ts`]: typed(manifest), 'misspelt.ts': typed({ ...manifest, spec: { ...spec, misspelt: 1 } }) });
    await compile(folder, kind);
    await expectRefused(compile(folder, 'misspelt'), `${kind} with a field that is not there`);
    if (!(kind in KINDS)) continue;
    write(folder, { [`${kind}.mjs`]: judged(manifest) });
    await run(process.execPath, [`${kind}.mjs`], { cwd: folder });
  }
  write(folder, { 'wrong.mjs': judged({ ...deployment, spec: { ...deployment.spec, replicas: 'two' } }) });
  await expectRefused(run(process.execPath, ['wrong.mjs'], { cwd: folder }), 'a text as a number');
  return manifests.map(({ kind }) => kind).join(', ');
}
