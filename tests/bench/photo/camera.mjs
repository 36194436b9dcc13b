/** A loop as with a camera: a canvas is drawn anew every frame, and the latest frame is classified as soon as an answer is there. */
import { startBeats } from './watch.mjs';
import { reasonOf } from './rounds.mjs';

const LOOP_MS = 5000;

/** Draws every animation frame until stopped; `next` waits for a frame that was not seen yet. */
function startFrames(draw) {
  let [count, seen, running] = [0, 0, true];
  let waiting = () => undefined;
  const frame = () => {
    if (!running) return;
    draw();
    count += 1;
    waiting();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return {
    async next() {
      // Lets the page draw, which an engine on its thread would not.
      await new Promise((resume) => setTimeout(resume, 0));
      if (count === seen) await new Promise((resume) => (waiting = resume));
      seen = count;
    },
    stop() {
      running = false;
      return count;
    },
  };
}

/** Answers and frames a second, and the longest stretch of the page's thread. */
export async function loopOf({ name, version, reason, classify }, canvas, draw) {
  if (reason !== undefined) return { name, version, reason };
  try {
    draw();
    for (let i = 0; i < 3; i += 1) await classify(canvas);
  } catch (error) {
    return { name, version, reason: reasonOf(error) };
  }
  const frames = startFrames(draw);
  const stop = startBeats();
  const start = performance.now();
  let [answers, answer] = [0, undefined];
  while (performance.now() - start < LOOP_MS) {
    await frames.next();
    answer = await classify(canvas);
    answers += 1;
  }
  const seconds = (performance.now() - start) / 1000;
  return { name, version, answer, answers: answers / seconds, frames: frames.stop() / seconds, gap: stop() };
}
