/**
 * A service of the same form on onnxruntime-node: `node rival.mjs JOB`, the job as JSON. A photo by POST to /classify, five classes as JSON. It runs
 * in `processes` processes, each with a session of `threads` threads.
 */
import cluster from 'node:cluster';
import { createServer } from 'node:http';

const { onnx, output, side, order, mean, std, processes, threads } = JSON.parse(process.argv[2]);

if (cluster.isPrimary) {
  let ready = 0;
  cluster.on('listening', (_, { port }) => {
    ready += 1;
    if (ready === processes) console.log(`listening on http://127.0.0.1:${port}`);
  });
  for (let i = 0; i < processes; i += 1) cluster.fork();
  process.on('SIGTERM', () => process.exit());
} else {
  await serve();
}

async function serve() {
  const [{ default: ort }, { default: sharp }] = await Promise.all([import('onnxruntime-node'), import('sharp')]);
  const session = await ort.InferenceSession.create(onnx, { executionProviders: ['cpu'], graphOptimizationLevel: 'all', intraOpNumThreads: threads, interOpNumThreads: 1 });
  const [inputName, outputName] = [session.inputNames[0], output ?? session.outputNames[0]];

  async function classify(photo) {
    const { data } = await sharp(photo).resize(side, side, { fit: 'fill' }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const input = new Float32Array(3 * side * side);
    for (let i = 0, from = 0; i < side * side; i += 1, from += 3) {
      for (let c = 0; c < 3; c += 1) input[c * side * side + i] = (data[from + order[c]] - mean[c]) / std[c];
    }
    const outputs = await session.run({ [inputName]: new ort.Tensor('float32', input, [1, 3, side, side]) });
    const scores = outputs[outputName].data;
    const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = Array.from(scores, (score) => Math.exp(score - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    const best = powers.map((power, index) => ({ index, probability: power / sum })).sort((a, b) => b.probability - a.probability);
    return { top: best.slice(0, 5) };
  }

  createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    try {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(await classify(Buffer.concat(parts))));
    } catch (error) {
      response.writeHead(500).end(JSON.stringify({ error: String(error) }));
    }
  }).listen(0, '127.0.0.1');
}
