/**
 * A model's worker whose helpers are started by the thread that owns the test, so that it can kill them: nobody else has hold
 * of them while the model computes. `workerData`: the worker to be, and the port by which it asks for others.
 */
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import threads, { MessageChannel, workerData } from 'node:worker_threads';

threads.Worker = class extends EventEmitter {
  constructor(url) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    workerData.starter.postMessage({ url: String(url), port: port2 }, [port2]);
  }

  postMessage(message, transfer) {
    this.port.postMessage(message, transfer);
  }

  ref() {}

  unref() {}
};
syncBuiltinESMExports();
await import(workerData.entry);
