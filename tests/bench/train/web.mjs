/** Libraries of JavaScript that learn, on LeNet-5: the other networks would take them minutes a step. */
import { MOMENTUM, RATE } from './batch.mjs';

/** ConvNetJS: one example at a time, an update after each batch. */
export async function openConvNet(net, { x, target }) {
  const { default: convnet } = await import('convnetjs');
  const learner = new convnet.Net();
  const pool = { type: 'pool', sx: 2, stride: 2 };
  learner.makeLayers([
    { type: 'input', out_sx: 28, out_sy: 28, out_depth: 1 },
    { type: 'conv', sx: 5, filters: 6, stride: 1, pad: 2, activation: 'relu' }, pool,
    { type: 'conv', sx: 5, filters: 16, stride: 1, activation: 'relu' }, pool,
    { type: 'fc', num_neurons: 120, activation: 'relu' }, { type: 'fc', num_neurons: 84, activation: 'relu' },
    { type: 'softmax', num_classes: 10 },
  ]);
  const n = net.input[0];
  const trainer = new convnet.SGDTrainer(learner, { learning_rate: RATE, momentum: MOMENTUM, batch_size: n, l2_decay: 0 });
  const images = Array.from({ length: n }, (_, i) => {
    const volume = new convnet.Vol(28, 28, 1, 0);
    volume.w.set(x.data.subarray(i * 784, (i + 1) * 784));
    return volume;
  });
  return { name: 'convnetjs', step: () => images.forEach((image, i) => trainer.train(image, target.data[i])), dispose() {} };
}

/** tfjs on its plain backend: that of WebAssembly has no gradient of filters. */
export async function openTfjs(net, data) {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-cpu');
  // Its bundle for Node registers no gradients: `minimize` then fails, and the row says so.
  await tf.setBackend('cpu');
  const kernel = ({ shape, data: numbers }) => tf.transpose(tf.tensor(numbers, shape), [2, 3, 1, 0]);
  const variable = (name) => {
    const { shape, data: numbers } = data.params[name];
    return tf.variable(shape.length === 4 ? kernel(data.params[name]) : shape.length === 2 ? tf.transpose(tf.tensor(numbers, shape)) : tf.tensor(numbers, shape));
  };
  const v = Object.fromEntries([...net.trainable].map((name) => [name, variable(name)]));
  const x = tf.transpose(tf.tensor(data.x.data, net.input), [0, 2, 3, 1]);
  const labels = tf.oneHot(tf.tensor1d(Int32Array.from(data.target.data), 'int32'), 10);
  const optimizer = tf.train.momentum(RATE, MOMENTUM);
  const conv = (from, name, pad) => tf.maxPool(tf.relu(tf.add(tf.conv2d(from, v[`${name}.weight`], 1, pad), v[`${name}.bias`])), 2, 2, 'valid');
  const dense = (from, name) => tf.add(tf.matMul(from, v[`${name}.weight`]), v[`${name}.bias`]);
  const lossOf = () => {
    const maps = conv(conv(x, 'conv1', 'same'), 'conv2', 'valid');
    const flat = tf.reshape(tf.transpose(maps, [0, 3, 1, 2]), [net.input[0], 400]);
    const scores = dense(tf.relu(dense(tf.relu(dense(flat, 'fc1')), 'fc2')), 'fc3');
    return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(scores)), 1)));
  };
  const step = () => tf.tidy(() => tf.engine().readSync(optimizer.minimize(lossOf, true).dataId)[0]);
  return { name: 'tfjs-cpu', step, dispose() {} };
}
