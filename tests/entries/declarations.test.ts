/** The package's declarations as TypeScript consumers of different settings see them. */
import { expect, test } from 'vitest';
import { complaints } from '../support/compile.js';

const CONSUMER = `import { conv2d, load, tensor } from 'receptive';
import type { ImageInput, Model, Tensor } from 'receptive';
import { load as loadInline } from 'receptive/inline';
import { decodeImage } from 'receptive/image';
import { cocoEvaluator, fromCoco } from 'receptive/vision';
import type { CocoResult } from 'receptive/vision';
import { createService } from 'receptive/serve';
import type { Service } from 'receptive/serve';
import 'receptive/embedded';
export async function judge(file: Uint8Array): Promise<CocoResult> {
  const data = await fromCoco(file, { photo: (name) => name });
  const evaluator = cocoEvaluator({ classes: data.classes });
  for await (const { id, boxes } of data) evaluator.add(id, boxes, [{ left: 0, top: 0, width: 1, height: 1, index: 0, score: 1 }]);
  // @ts-expect-error: a detection has a score
  evaluator.add(1, [], [{ left: 0, top: 0, width: 1, height: 1, index: 0 }]);
  return evaluator.result();
}
export async function serve(): Promise<Service> {
  // @ts-expect-error: an option that does not exist
  await createService({ model: 'model.onnx' });
  return createService({ models: [{ name: 'net', model: 'model.onnx' }], log: ({ status }) => void status });
}
export async function use(model: Model): Promise<Tensor<'uint8'>> {
  await model.classify('photo.png');
  await model.classify(new Uint8Array(4));
  // @ts-expect-error: a number is no image
  await model.classify(42);
  // @ts-expect-error: a number is no image
  await decodeImage(42);
  // @ts-expect-error: a number is no model
  await load(42);
  // @ts-expect-error: an option that does not exist
  conv2d(1, 2, 3, { strides: 2 });
  // @ts-expect-error: a text is no signal
  await model.run(tensor([[1, 2], [3, 4]]), { signal: 'x' });
  const image: ImageInput = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 };
  void [image, loadInline];
  return tensor(new Uint8Array(1));
}
`;

test.each([
  ['no platform', ['es2022'], []],
  ['Node', ['es2022'], ['node']],
  ['a page', ['es2022', 'dom'], []],
  ['a page and Node', ['es2024', 'dom', 'dom.iterable'], ['node']],
  ['a worker', ['es2022', 'webworker'], []],
])('declarations compile, and nothing of them is any: %s', (_, lib, types) => {
  expect(complaints({ 'consumer.ts': CONSUMER }, lib, types)).toEqual([]);
});
