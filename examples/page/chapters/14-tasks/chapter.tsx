/** Not only classes: one scene of digits, asked for a class, for boxes in one stage and in two, and for pixels. */
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { real, whole } from '../../app/codecs.js';
import { say } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Discover, Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Picture } from '../../ui/picture.js';
import { NETS, startNetworks } from './networks.js';
import type { Networks } from './networks.js';
import { Classes, Found, Part, Parts, Stages } from './parts.js';
import { PhotoPart } from './photo-part.js';
import { SuppressionSteps } from './suppression-steps.js';
import './tasks.css';
import type { Named, SceneShown, Segmented, Task, TwoStages, Yolo } from './tasks.worker.js';
import { text } from './text.js';

const SCENES = 50;

/** The shape of a network's output; where the network does not load, its part tells so. */
const useShape = (networks: Networks, task: Task): string | undefined => useWork<string>(() => networks.ask((tasks) => tasks.shape(task)), []).value.value;

export default function TasksChapter(): JSX.Element {
  const words = say(text);
  const number = useAddressed('scene', whole(1, SCENES), 1);
  const score = useAddressed('score', real(0.01, 1), 0.25);
  const iou = useAddressed('iou', real(0, 1), 0.45);
  const networks = useMemo(startNetworks, []);
  useEffect(() => networks.close, []);
  const at = number.value - 1;
  const scene = useWork<SceneShown>(() => networks.ask((tasks) => tasks.scene(at)), [at]).value;
  const named = useWork<readonly Named[]>(() => networks.ask((tasks) => tasks.name(at)), [at]).value;
  const found = useWork<Yolo>(() => networks.ask((tasks) => tasks.detect(at, score.value, iou.value)), [at, score.value, iou.value]).value;
  const stages = useWork<TwoStages>(() => networks.ask((tasks) => tasks.regions(at, score.value)), [at, score.value]).value;
  const parts = useWork<Segmented>(() => networks.ask((tasks) => tasks.segment(at)), [at]).value;
  const shapes = { class: useShape(networks, 'class'), boxes: useShape(networks, 'boxes'), regions: useShape(networks, 'regions'), pixels: useShape(networks, 'pixels') };
  const shown = scene.value;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel tasks">
        <div class="row">
          <Slider label={words.scene} value={number} min={1} max={SCENES} />
          <Button onClick={() => (number.value = (number.value % SCENES) + 1)}>{words.another}</Button>
        </div>
        {scene.error !== undefined && <ErrorNote error={scene.error} />}
        {shown && <Truth scene={shown} />}
        <div class="row">
          <Slider label={words.score} value={score} min={0.01} max={1} step={0.01} />
          <Slider label={words.iou} value={iou} min={0} max={1} step={0.01} />
        </div>
        <div class="four">
          <Part title={words.class} net={NETS.class} how={words.classHow} shape={shapes.class} state={named}>{named.value && <Classes named={named.value} />}</Part>
          <Part title={words.boxes} net={NETS.boxes} how={words.boxesHow} shape={shapes.boxes} state={found}>{found.value && shown && <Found found={found.value} scene={shown} />}</Part>
          <Part title={words.regions} net={NETS.regions} how={words.regionsHow} shape={shapes.regions} state={stages}>{stages.value && shown && <Stages stages={stages.value} scene={shown} />}</Part>
          <Part title={words.pixels} net={NETS.pixels} how={words.pixelsHow} shape={shapes.pixels} state={parts}>{parts.value && <Parts parts={parts.value} />}</Part>
        </div>
        <h2>{words.steps}</h2>
        {found.value && shown && <SuppressionSteps suppression={found.value.suppression} scene={shown} />}
      </section>
      <PhotoPart score={score} iou={iou} />
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

function Truth({ scene: { pixels, truth } }: { readonly scene: SceneShown }): JSX.Element {
  const told = say(text).truth(truth.map(({ index }) => index).join(', '));
  return <figure class="truth"><Picture pixels={pixels} label={told} hard /><figcaption>{told}</figcaption></figure>;
}
