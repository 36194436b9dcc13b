/** What follows from a change. */
import { useEffect, useRef } from 'preact/hooks';

/** Acts when what it depends on changes, not when the component appears: what a quick learner has set before the first effects stays. */
export function useChange(act: () => void, depends: readonly unknown[]): void {
  const appeared = useRef(false);
  useEffect(() => {
    if (appeared.current) act();
    appeared.current = true;
  }, depends);
}
