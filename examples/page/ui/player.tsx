/** Play, pause, one step on or back, and a bar to scrub. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { say } from '../app/words.js';
import type { Words } from '../app/words.js';
import { Button, Slider } from './controls.js';

const en = { play: 'Play', pause: 'Pause', back: 'One back', on: 'One on', step: 'Step' };
const ko: typeof en = { play: '재생', pause: '멈춤', back: '한 칸 뒤로', on: '한 칸 앞으로', step: '단계' };
const text: Words<typeof en> = { en, ko };

interface PlayerProps {
  /** From 0. */
  readonly step: Signal<number>;
  readonly count: number;
  /** Milliseconds of a step. */
  readonly pace?: number;
}

export function Player({ step, count, pace = 900 }: PlayerProps): JSX.Element {
  const words = say(text);
  const playing = useSignal(false);
  useEffect(() => {
    if (!playing.value) return;
    const timer = setInterval(() => {
      if (step.value + 1 < count) step.value++;
      else playing.value = false;
    }, pace);
    return () => clearInterval(timer);
  }, [playing.value, count, pace]);
  const play = (): void => {
    if (!playing.value && step.value + 1 >= count) step.value = 0;
    playing.value = !playing.value;
  };
  const go = (by: number): void => {
    playing.value = false;
    step.value = Math.min(count - 1, Math.max(0, step.value + by));
  };
  return (
    <div class="player" role="group">
      <Button onClick={play} primary>{playing.value ? words.pause : words.play}</Button>
      <Button onClick={() => go(-1)} disabled={step.value === 0}>{words.back}</Button>
      <Button onClick={() => go(1)} disabled={step.value + 1 >= count}>{words.on}</Button>
      <Slider label={words.step} value={step} min={0} max={count - 1} show={(value) => `${value + 1} / ${count}`} />
    </div>
  );
}
