/** LeNet to ResNet: four networks to one scale, what they are made of, and what they cost here. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { oneOf } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { kept } from '../../engine/offline.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Choice, Discover } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Activations } from './activations.js';
import { Depth } from './depth.js';
import { Drawing } from './drawing.js';
import './history.css';
import { startHistory } from './history.js';
import { NETS, TITLES, YEARS } from './names.js';
import type { NetName } from './names.js';
import { Stacks } from './stacks.js';
import { text } from './text.js';

export default function HistoryChapter(): JSX.Element {
  const words = say(text);
  const chosen = useAddressed<NetName>('net', oneOf(...NETS), 'alexnet');
  const worked = useMemo(() => kept.then(startHistory), []);
  useEffect(() => () => void worked.then(({ close }) => close()), []);
  const nets = useWork(async () => {
    const { describe } = await worked;
    return Promise.all(NETS.map(async (name) => ({ name, ...(await describe(name)) })));
  }, []).value;
  const times = useSignal<Readonly<Partial<Record<NetName, number>>>>({});
  const busy = useSignal(false);
  const problem = useSignal<unknown>(undefined);
  const measure = async (name: NetName): Promise<void> => {
    [busy.value, problem.value] = [true, undefined];
    try {
      times.value = { ...times.value, [name]: await (await worked).time(name) };
    } catch (error) {
      problem.value = error;
    }
    busy.value = false;
  };
  const now = nets.value?.find(({ name }) => name === chosen.value);
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel history">
        <Choice label={words.net} value={chosen} options={NETS.map((name) => [name, TITLES[name]] as const)} />
        {nets.error !== undefined && <ErrorNote error={nets.error} />}
        {nets.value && <div class="nets">{nets.value.map(({ name, blocks }) => <Drawing key={name} net={name} title={TITLES[name]} blocks={blocks} chosen={name === chosen.value} />)}</div>}
        <div class="row">
          <Button onClick={() => void measure(chosen.value)} disabled={busy.value}>{busy.value ? words.measuring : words.measure(TITLES[chosen.value])}</Button>
          {chosen.value === 'vgg' && <p class="note">{words.heavy}</p>}
        </div>
        {problem.value !== undefined && <ErrorNote error={problem.value} />}
        {nets.value && (
          <div class="scrolls" role="region" aria-label={words.table} tabIndex={0}>
            <table>
              <thead><tr><th scope="col">{words.net}</th><th scope="col">{words.year}</th><th scope="col">{words.layers}</th><th scope="col">{words.params}</th><th scope="col">{words.macs}</th><th scope="col">{words.ms}</th></tr></thead>
              <tbody>
                {nets.value.map(({ name, blocks, params, macs }) => (
                  <tr key={name} data-net={name} class={name === chosen.value ? 'now' : ''}>
                    <th scope="row">{TITLES[name]}</th><td>{YEARS[name]}</td><td>{blocks.length}</td><td>{showNumber(params)}</td><td>{showNumber(macs)}</td><td>{times.value[name] === undefined ? '–' : showNumber(times.value[name], 1)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {now && (
          <details>
            <summary>{words.detail(TITLES[now.name])}</summary>
            <div class="scrolls" role="region" aria-label={words.detail(TITLES[now.name])} tabIndex={0}>
              <table>
                <thead><tr><th scope="col">{words.layer}</th><th scope="col">{words.map}</th><th scope="col">{words.params}</th><th scope="col">{words.macs}</th></tr></thead>
                <tbody>{now.blocks.map(({ name, channels, side, params, macs }) => <tr key={name}><th scope="row">{name}</th><td>{`${channels}×${side}×${side}`}</td><td>{showNumber(params)}</td><td>{showNumber(macs)}</td></tr>)}</tbody>
              </table>
            </div>
          </details>
        )}
      </section>
      <Activations />
      <Stacks worked={worked} />
      <Depth />
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}
