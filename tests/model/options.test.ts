/** Options that do not exist are refused, with the nearest that does; so are sources and arguments that are none. In the built package. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as library from 'receptive';
import * as inline from 'receptive/inline';
import { describe, expect, it } from 'vitest';

const { createPool, load, relu, sequential, tensor } = library;
const NET = sequential([relu()], { input: [1, 1, 2, 2] });
const ONNX = Uint8Array.from(atob('CAhCBAoAEA06MwoMCgF4EgF5IgRSZWx1EgFnWg8KAXgSCgoICAESBAoCCARiDwoBeRIKCggIARIECgIIBA=='), (char) => char.charCodeAt(0));
const [A, B] = [library.input([1, 2]), library.input([1, 2])];
const TWO = library.graph({ a: A, b: B }, { sum: library.add(A, B) });
const X = tensor([1, -1, 2, -2], [1, 1, 2, 2]);
const PIXELS = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 };
const any = <T>(value: unknown): T => value as T;
const caught = (make: () => unknown): Promise<unknown> =>
  Promise.resolve().then(make).then(() => undefined, (error: unknown) => error);

const LOADING: readonly [string, () => unknown, RegExp][] = [
  ['load', () => load(NET, any({ thread: 1 })), /load: expected an option it has, got thread; did you mean threads\?/],
  ['inline load', () => inline.load(NET, any({ wights: {} })), /did you mean weights\?/],
  ['createPool', () => createPool(any({ model: NET, sise: 1 })), /createPool: expected an option it has, got sise; did you mean size\?/],
  ['its options', () => createPool({ model: NET, size: 1, options: any({ variants: 'simd' }) }), /did you mean variant\?/],
  ['its threads', () => createPool({ model: NET, size: 1, options: any({ threads: 2 }) }), /an option it has, got threads/],
  ['its locations among them', () => createPool({ model: NET, size: 1, options: any({ locations: true }) }), /an option it has, got locations/],
  ['cache', () => load(NET, { cache: any({ versoin: '1' }) }), /cache: expected an option it has, got versoin; did you mean version\?/],
  ['null', () => load(NET, any(null)), /load: expected an object/],
  ['a text', () => load(NET, any('threads')), /load: expected an object/],
  ['null of a pool', () => createPool({ model: NET, options: any(null) }), /createPool: options: expected a value or undefined, got null/],
  ['a signal that is none', () => load(NET, { signal: any({}) }), /signal: expected an AbortSignal/],
  ['onProgress that is none', () => load(NET, { onProgress: any(5) }), /onProgress: expected a function/],
  ...(['optimize', 'transfer', 'locations'] as const).map((name): (typeof LOADING)[number] => [
    `${name} that is a text`, () => load(NET, { [name]: any('yes') }), new RegExp(`load: ${name}: expected true or false, got "yes"`),
  ]),
  ['locations of a pool', () => createPool({ model: NET, locations: any(1) }), /createPool: locations: expected true or false, got 1/],
  ['optimize of a pool', () => createPool({ model: NET, options: { optimize: any('no') } }), /createPool: options: optimize: expected true or false/],
  ['preprocess that is null', () => load(NET, { preprocess: any(null) }), /load: preprocess: expected a value or undefined, got null/],
  ...[5, 'x', true].map((preprocess): (typeof LOADING)[number] => [
    `preprocess ${String(preprocess)}`, () => load(NET, { preprocess: any(preprocess) }), /preprocess(\.preset)?: expected .*, got/,
  ]),
  ['optimize on the calling thread', () => inline.load(NET, { optimize: any('no') }), /load: optimize: expected true or false, got "no"/],
  ...(['threads', 'maxQueue', 'idleTimeout', 'retries'] as const).map((name): (typeof LOADING)[number] => [
    `${name} as a text`, () => load(NET, { [name]: any('3') }), new RegExp(`${name}: expected .*, got "3"$`),
  ]),
  ...(['variant', 'algorithm', 'scores'] as const).map((name): (typeof LOADING)[number] => [
    `${name} that there is not`, () => load(NET, { [name]: any('3') }), new RegExp(`${name}: expected .*, got "3"$`),
  ]),
  ['a size as a text', () => createPool({ model: NET, size: any('3') }), /size: expected a whole number from 1 to 1024, got "3"$/],
  ['more workers than any machine has threads', () => createPool({ model: NET, size: 1e6 }), /size: expected a whole number from 1 to 1024, got 1000000$/],
  ['a layer of a text', () => library.conv2d(any('3'), 1, 1), /to be a whole number.*, got "3"/],
  ['bytes in place of options', () => load(NET, any(new Uint8Array(3))), /load: expected an object of options \(.*\), got Uint8Array$/],
  ['shapes of no input', () => load(NET, { inputShapes: { nope: [1, 1, 2, 2] } }), /^inputShapes: expected the shape of each input \(input\), got nope$/],
  ['shapes of none', () => load(NET, { inputShapes: {} }), /^inputShapes: expected the shape of each input \(input\), got none$/],
  ['shapes of no input of ONNX', () => load(ONNX, { inputShapes: { nope: [4] } }), /^inputShapes: expected the shape of each input \(x\), got nope$/],
  ['one shape of two inputs', () => load(TWO, { inputShapes: any([1, 2]) }), /^inputShapes: expected the shape of each input \(a, b\), got one shape$/],
  ...[new Uint8Array(3), new ArrayBuffer(3), 'm.onnx', new URL('http://localhost/m.onnx'), new Blob([]), NET, library.toGraph(NET), undefined, null].map((model): (typeof LOADING)[number] => [
    `a pool of ${typeof model}`, () => createPool(any(model)), /^createPool: expected an object with a model, got .*; write createPool\(\{ model \}\), where model is what load takes$/,
  ]),
  ['an option of the model', () => createPool(any({ model: NET, variant: 'simd' })), /^createPool: expected options of a pool, got variant, an option of its model; write createPool\(\{ model, options: \{ variant \} \}\)$/],
  ...[5, true, {}, []].map((worker): (typeof LOADING)[number] => [
    `worker ${JSON.stringify(worker)}`, () => load(NET, { worker: any(worker) }), /^worker: expected the URL of worker-onnx\.js, or a function that makes the worker, got/,
  ]),
  ['a worker that was made', () => load(NET, { worker: any({ postMessage() {}, terminate() {} }) }), /got Object; give a function that makes it.*\(\) => new Worker\(url\)$/],
  ['a function that makes no worker', () => load(NET, { worker: any(() => 5) }), /^worker: expected a worker or its URL from the function, got 5$/],
  ['a promise of a worker', () => load(NET, { worker: any(() => Promise.resolve()) }), /got Promise; make it before, and return it$/],
  ['a worker of a pool', () => createPool({ model: NET, size: 1, options: { worker: any(5) } }), /^worker: expected the URL/],
  ['a worker nearly named', () => load(NET, any({ wroker: 'x' })), /did you mean worker\?/],
  ['what cannot be sent', () => load(NET, { preprocess: any(() => 1) }), /can be sent to a worker/],
];

it.each(LOADING)('%s: an option that is none is refused', async (_, make, message) => {
  expect(await caught(make)).toMatchObject({ code: 'argument', message: expect.stringMatching(message) });
});

const SOURCES: readonly [string, unknown, RegExp][] = [
  ['undefined', undefined, /got undefined/],
  ['null', null, /got null/],
  ['a promise', Promise.resolve(new Uint8Array(1)), /got Promise; await it first/],
  ['an array', [], /got Array/],
  ['an object', {}, /got Object/],
  ['a layer that was not made', relu, /call it: relu/],
  ['a network that was not made', library.models.resnet18, /call it: resnet18/],
  ['nothing', '', /source: expected a path, or a URL that can be read here \(it is empty\), got ""/],
  ['blanks', '  ', /it is empty/],
  ['http://', 'http://', /got "http:\/\/"/],
  ['an address without its bracket', 'http://[::1', /source: expected a path, or a URL/],
  ['an address with a space', 'https://a b/c', /source/],
  ['another scheme', 'ftp://host/model.onnx', /http, https, file, data and blob/],
  ['a file of another machine', 'file://host/model.onnx', /source/],
  ['a path with a slash that is hidden', 'file:///a%2Fb', /source/],
];

it.each(SOURCES)('%s is no source', async (_, source, message) => {
  for (const from of [load, inline.load]) {
    expect(await caught(() => from(any(source)))).toMatchObject({ code: 'argument', message: expect.stringMatching(message) });
  }
});

it('other files of a load are checked likewise', async () => {
  for (const given of ['http://', Promise.resolve('x'), 5, () => 1]) {
    expect(await caught(() => load(NET, { weights: any(given) }))).toMatchObject({ code: 'argument', place: 'weights' });
    expect(await caught(() => load(NET, { wasm: any(given) }))).toMatchObject({ code: 'argument', place: 'wasm' });
    expect(await caught(() => load(new Uint8Array(9), { externalData: { w: any(given) } }))).toMatchObject({ code: 'argument', place: 'externalData.w' });
  }
});

describe('what is no image', () => {
  const STRANGERS = [5, {}, [], new Response('x'), Promise.resolve(1), null, new ReadableStream(), () => 1];

  it('is told of paths and URLs where they are followed alone', async () => {
    await using model = await load(NET, { threads: 1 });
    await using shut = await load(NET, { threads: 1, locations: false });
    await using pool = await createPool({ model: NET, size: 1 });
    using here = await inline.load(library.sequential([library.conv2d(3, 2, 1), library.globalAvgPool2d(), library.flatten()], { input: [1, 3, 8, 8] }), {
      weights: { '0.weight': tensor(new Float32Array(6), [2, 3, 1, 1]), '0.bias': tensor([0, 1], [2]) },
    });
    for (const given of STRANGERS) {
      const images: [string, (image: never) => Promise<unknown>, boolean][] = [
        ['classify', (image) => model.classify(image), true], ['classifyBytes', (image) => model.classifyBytes(image), false],
        ['locations: false', (image) => shut.classify(image), false], ['a pool', (image) => pool.classify(image), false],
        ['a pool, bytes', (image) => pool.classifyBytes(image), false], ['inline', (image) => here.classify(image), true],
        ['inline, bytes', (image) => here.classifyBytes(image), false],
      ];
      for (const [name, call, names] of images) {
        const error = (await caught(() => call(any(given)))) as library.ReceptiveError;
        const told = error.code === 'unsupported' ? undefined : /path|URL/.test(error.message);
        expect([name, library.ArgumentError.name, error.code, told]).toEqual([name, library.ArgumentError.name, 'argument', names]);
      }
    }
  });
});

describe('calls', () => {
  const CALLS: readonly [string, (model: library.Model) => unknown, RegExp][] = [
    ['run', (model) => model.run(X, any({ singal: 1 })), /run: expected an option it has, got singal; did you mean signal\?/],
    ['run with null', (model) => model.run(X, any(null)), /run: expected an object/],
    ['run without inputs', (model) => model.run(any(undefined)), /inputs: expected/],
    ['run with a function', (model) => model.run(any({ input: () => 1 })), /can be sent to a worker/],
    ['classify', (model) => model.classify(any(PIXELS), any({ topk: 1 })), /classify: expected an option it has, got topk; did you mean topK\?/],
    ['classifyBytes', (model) => model.classifyBytes(any(PIXELS), any({ label: [] })), /did you mean labels\?/],
    ['profile', (model) => model.profile(X, any({ iteration: 1 })), /profile: expected an option it has, got iteration; did you mean iterations\?/],
    ['summary', (model) => model.summary(any(() => 1)), /can be sent to a worker/],
    ['summary with null', (model) => model.summary(any(null)), /inputShapes: expected the shape of each input, got null/],
    ['warmup with a number', (model) => model.warmup(any(5)), /inputShapes: expected the shape of each input, got 5/],
    ['summary of no input', (model) => model.summary({ nope: [1, 1, 2, 2] }), /^inputShapes: expected the shape of each input \(input\), got nope$/],
    ['topK as a text', (model) => model.profile(X, { iterations: any('3') }), /iterations: expected a whole number from 1 on, got "3"$/],
    ['a signal', (model) => model.run(X, { signal: any({ aborted: false }) }), /signal: expected an AbortSignal/],
    ['a drawing context', (model) => model.classify(any({ canvas: {}, drawImage() {} })), /got Object; give its \.canvas/],
    ['no element', (model) => model.classify(any(null)), /got null; is the element or file there\?/],
    ['exact that is a text', (model) => model.classify(any(PIXELS), { exact: any('yes') }), /classify: exact: expected true or false, got "yes"/],
    ['preprocess that is null', (model) => model.classify(any(PIXELS), { preprocess: any(null) }), /classify: preprocess: expected a value or undefined, got null/],
    ['transfer that is a number', (model) => model.run(X, { transfer: any(1) }), /run: transfer: expected true or false, got 1/],
    ['watch', (model) => library.watch(model, () => any(PIXELS), { exact: any(1) }), /watch: exact: expected true or false, got 1/],
    ['watch with an option that is none', (model) => library.watch(model, () => any(PIXELS), any({ exakt: true })), /watch: expected an option it has, got exakt; did you mean exact/],
    ['a web stream', (model) => model.classifyBytes(any(new ReadableStream())), /got ReadableStream; give what new Response\(stream\)\.blob\(\) resolves to/],
    ['a stream of Node', (model) => model.classifyBytes(any(Readable.from([]))), /got Readable; give Buffer\.concat/],
    ['several images', (model) => model.classify(any([PIXELS])), /got Array; give bytes as a Uint8Array, of several images one: images\[0\]/],
    ['a number', (model) => model.classify(any(5)), /got number/],
    ['what holds a stream', (model) => model.run(any({ input: { deep: new ReadableStream() } })), /can be sent to a worker/],
    ['a promise', (model) => model.classify(any(Promise.resolve(1))), /await it first/],
    ['a response', (model) => model.classify(any(new Response('x'))), /blob\(\)/],
    ['a function', (model) => model.classify(any(() => 1)), /got function/],
  ];
  it.each(CALLS)('%s: refused, and the model goes on', async (_, call, message) => {
    await using model = await load(NET, { threads: 1 });
    expect(await caught(() => call(model))).toMatchObject({ code: 'argument', message: expect.stringMatching(message) });
    expect((await model.run(X))['output']?.data).toEqual(Float32Array.of(1, 0, 2, 0));
  });

  it('on the calling thread as well', async () => {
    using model = await inline.load(NET);
    expect(await caught(() => model.classify(any(PIXELS), any({ topk: 1 })))).toMatchObject({ code: 'argument', hint: 'did you mean topK?' });
    expect(await caught(() => model.profile(X, any({ iteration: 1 })))).toMatchObject({ code: 'argument', hint: 'did you mean iterations?' });
    expect(await caught(() => model.classify(any({ canvas: {} })))).toMatchObject({ code: 'argument', hint: 'give its .canvas' });
  });
});

const LAYERS: readonly [string, () => unknown][] = [
  ['conv2d: bias', () => library.conv2d(1, 1, 1, { bias: any('no') })],
  ['convTranspose2d: bias', () => library.convTranspose2d(1, 1, 1, { bias: any('no') })],
  ['linear: bias', () => library.linear(1, 1, { bias: any('no') })],
  ['maxPool2d: ceilMode', () => library.maxPool2d(1, { ceilMode: any('no') })],
  ['avgPool2d: countIncludePad', () => library.avgPool2d(1, { countIncludePad: any('no') })],
  ['upsample: alignCorners', () => library.upsample({ scaleFactor: 2, alignCorners: any('no') })],
];

it.each(LAYERS)('%s is true or false', async (place, make) => {
  expect(await caught(make)).toMatchObject({ code: 'argument', message: `${place}: expected true or false, got "no"` });
});

const IMAGES: readonly [string, () => unknown, object][] = [
  ['null for options', () => library.decodeImage(any(PIXELS), any(null)), { code: 'argument', message: /decodeImage: expected an object of options \(maxPixels\), got null/ }],
  ['an option that is none', () => library.decodeImage(any(PIXELS), any({ maxpixels: 1 })), { code: 'argument', hint: 'did you mean maxPixels?' }],
  ...['x', 0, -1, Number.NaN, 1.5, Infinity, true, null].map((maxPixels): [string, () => unknown, object] => [
    `maxPixels ${String(maxPixels)}`, () => library.decodeImage(any(PIXELS), { maxPixels: any(maxPixels) }), { code: 'argument', place: 'decodeImage: maxPixels' },
  ]),
  ['labels that are no text', () => library.parseLabels(any(5)), { code: 'argument', message: /labels: expected the text of a file, got number/ }],
  ['no address', () => library.decodeImage(''), { code: 'image', message: /image: expected a path, or a URL that can be read here, got none \(it is empty\)/ }],
  ['an ftp address', () => library.decodeImage('ftp://host/a.jpg'), { code: 'image', message: /ftp:\/\/host\/a\.jpg: expected .*http, https, file, data and blob URLs are read/ }],
  ['a URL of another scheme', () => library.decodeImage(new URL('s3://b/a.jpg')), { code: 'image', message: /URLs are read/ }],
  ['a data URL, whose text is not repeated', () => library.decodeImage('data:image/png;base64,AAAA'), { code: 'image', place: 'data URL', message: /^data URL: expected an image, got / }],
];

it.each(IMAGES)('an image, %s', async (_, make, { message = /./, ...fields }: { message?: RegExp }) => {
  expect(await caught(make)).toMatchObject({ ...fields, message: expect.stringMatching(message) });
});

describe('each cause is said once', () => {
  const once = (text: string, part: string): number => text.split(part).length - 1;
  const messageOf = async (make: () => unknown): Promise<string> => String(((await caught(make)) as Error | undefined)?.message);

  it('what libvips repeats', async () => {
    const jpeg = readFileSync(new URL('../../examples/assets/photos/dog.jpg', import.meta.url));
    for (let i = 3000; i < 60000; i += 7) jpeg[i]! ^= 0x55;
    expect(once(await messageOf(() => library.decodeImage(jpeg)), 'Bogus marker length')).toBe(1);
  });

  it('the path of a file', async () => {
    for (const path of [`/tmp/${'x'.repeat(300)}`, fileURLToPath(new URL('x', import.meta.url + '/'))]) {
      expect(once(await messageOf(() => load(path)), path)).toBe(1);
      expect(once(await messageOf(() => library.decodeImage(path)), path)).toBe(1);
    }
  });
});
