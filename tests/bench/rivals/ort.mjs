/** ONNX Runtime, in whichever build: WebAssembly or native. */

/**
 * @param ort - the package
 * @param options.session - options of its sessions
 * @param options.external - whether large weights go beside the model instead of into it
 */
export function onnxRuntime(ort, { name, version, threads, variant, session, external }) {
  return {
    name,
    version,
    async load(net) {
      const { bytes, files, input, outputs } = net.onnx(external(net));
      const options = { graphOptimizationLevel: 'all', logSeverityLevel: 3, ...session };
      const opened = await ort.InferenceSession.create(bytes, { ...options, ...(files.length > 0 && { externalData: files }) });
      return {
        variant,
        threads,
        run: () => opened.run({ [input]: new ort.Tensor('float32', net.input, net.inputShape) }),
        read: (results) => outputs.map((output) => results[output].data),
        dispose: () => opened.release(),
      };
    },
  };
}

/** Above this the weights are handed over one by one: a single buffer would double what the load needs. */
const LARGE_BYTES = 1 << 28;

/** `onnxruntime-web` on its WebAssembly backend; threads are set once for the whole page or process. */
export function ortWeb(ort, { version, threads }) {
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return onnxRuntime(ort, {
    name: 'onnxruntime-web',
    version,
    threads,
    variant: 'simd',
    session: { executionProviders: ['wasm'] },
    external: ({ weightBytes }) => weightBytes > LARGE_BYTES,
  });
}

/** `onnxruntime-node` on the CPU. */
export function ortNode(ort, { version, threads }) {
  return onnxRuntime(ort, {
    name: 'onnxruntime-node',
    version,
    threads,
    variant: 'native',
    session: { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1 },
    external: () => false,
  });
}
