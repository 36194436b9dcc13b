/** Loads a model once and says what that took: `node memory-child.mjs ENTRY NET FILE`; a graph's FILE is its weights. */
const [entry, net, file] = process.argv.slice(2);

const start = performance.now();
const { load, models } = await import(`../../dist/node/${entry}.js`);
const shape = { input: [1, 3, 224, 224] };
const model = file.endsWith('.onnx') ? await load(file) : await load(models[net](shape), { weights: file });
const ms = performance.now() - start;
const { maxRSS } = process.resourceUsage();
process.send({ ms, peakBytes: maxRSS * 1024, threads: model.threads }, () => process.exit(0));
