/** This library: on the calling thread, or through its worker. */

/**
 * @param library - `{ load, loadInline, tensor }` of the built package
 * @param options.worker - runs in the worker even where one thread would do on the calling one
 */
export function ours(library, { version, threads, variant, worker = false, wide = false }) {
  const inWorker = worker || threads > 1;
  return {
    name: worker ? 'receptive, worker' : wide ? 'receptive, wide' : 'receptive',
    version,
    async load(net) {
      const options = { weights: tensorsOf(library, net.weights), variant, wide, threads: inWorker ? threads : 1 };
      const model = await (inWorker ? library.load : library.loadInline)(net.graph, options);
      if (wide && !model.wide) throw new Error(model.wideReason);
      const x = library.tensor(net.input, net.inputShape);
      const names = net.graph.outputs.map(({ name }) => name);
      const answer = (outputs) => names.map((name) => outputs[name].data);
      return {
        variant: model.variant,
        threads: model.threads,
        run: () => model.run(x),
        read: answer,
        profile: () => model.profile(x, { iterations: 5 }),
        summary: () => model.summary(),
        dispose: () => model.dispose(),
      };
    },
  };
}

function tensorsOf({ tensor }, weights) {
  return Object.fromEntries(Object.entries(weights).map(([name, { data, shape }]) => [name, tensor(data, shape)]));
}
