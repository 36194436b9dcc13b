/** Suppression step by step: every candidate on the scene, the one that is taken, and those that it strikes. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useChange } from '../../app/use-change.js';
import { say, showNumber } from '../../app/words.js';
import { Picture } from '../../ui/picture.js';
import { Player } from '../../ui/player.js';
import type { Suppression } from './suppression.js';
import type { SceneShown } from './tasks.worker.js';
import { text } from './text.js';

type Fate = 'kept' | 'now' | 'struck' | 'gone' | 'waiting';

/** What has become of a candidate before and in this step. */
function fateOf({ steps }: Suppression, at: number, step: number): Fate {
  const taken = steps.findIndex(({ kept }) => kept === at);
  if (taken >= 0 && taken <= step) return taken === step ? 'now' : 'kept';
  const hit = steps.findIndex(({ struck }) => struck.some((one) => one.at === at));
  if (hit < 0 || hit > step) return 'waiting';
  return hit === step ? 'struck' : 'gone';
}

export function SuppressionSteps({ suppression, scene }: { readonly suppression: Suppression; readonly scene: SceneShown }): JSX.Element {
  const words = say(text);
  const step = useSignal(0);
  const { candidates, steps } = suppression;
  useChange(() => (step.value = 0), [suppression]);
  const shown = Math.min(step.value, steps.length - 1);
  const now = steps[shown];
  if (!now) return <p data-suppression="0">{words.nothing}</p>;
  const box = candidates[now.kept]!;
  const told = words.taken(String(box.label ?? box.index), showNumber(box.score), now.struck.map(({ iou }) => showNumber(iou)).join(', '));
  const { width, height } = scene.pixels;
  return (
    <div class="steps" data-suppression={steps.length} data-struck={now.struck.length}>
      <div class="over">
        <Picture pixels={scene.pixels} label={told} hard />
        <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {candidates.map(({ left, top, width: w, height: h }, at) => {
            const fate = fateOf(suppression, at, shown);
            return fate !== 'gone' && <rect key={at} class={fate} x={left} y={top} width={w} height={h} />;
          })}
        </svg>
      </div>
      <div>
        <p aria-live="polite">{told}</p>
        <Player step={step} count={steps.length} />
      </div>
    </div>
  );
}
