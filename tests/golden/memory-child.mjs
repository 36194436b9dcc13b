/** Loads a model once and says what that took: `node memory-child.mjs ENTRY NET FILE THREADS`; a graph's FILE is its weights. */
const [entry, net, file, wanted] = process.argv.slice(2);
const threads = wanted === 'auto' ? wanted : Number(wanted);

const start = performance.now();
const { load, models } = await import(`../../dist/node/${entry}.js`);
const shape = { input: [1, 3, 224, 224] };
const model = file.endsWith('.onnx') ? await load(file, { threads }) : await load(models[net](shape), { weights: file, threads });
const ms = performance.now() - start;
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
process.send({ ms, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: maxRSS * 1024, threads: model.threads }, () => process.exit(0));
