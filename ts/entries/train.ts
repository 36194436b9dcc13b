/**
 * Networks that learn, in a worker of their own: nothing blocks the page.
 * @module receptive/train
 */
export { createTrainer, gradCam, splitBackbone, vjp } from '../worker/train/create.js';
export type { CreateTrainerOptions, GradCamOptions, TrainWorkerInput, TrainWorkerOptions, VjpOptions } from '../worker/train/create.js';
export { Trainer } from '../worker/train/trainer.js';
export type { TrainCallOptions } from '../worker/train/trainer.js';
export * from './public/train.js';
