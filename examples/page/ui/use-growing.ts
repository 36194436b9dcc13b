import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** How many of many parts are there: some more in each frame, since all of them at once would be a long task. */
export function useGrowing(count: number, portion: number): number {
  const shown = useSignal(0);
  useEffect(() => {
    if (shown.value >= count) return;
    const frame = requestAnimationFrame(() => (shown.value += portion));
    return () => cancelAnimationFrame(frame);
  }, [shown.value, count]);
  return Math.min(shown.value, count);
}
