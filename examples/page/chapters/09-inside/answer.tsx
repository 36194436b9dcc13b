import type { JSX } from 'preact';
import type { Classification } from 'receptive';
import { say, showNumber } from '../../app/words.js';
import { text } from './text.js';

export interface Answered {
  /** Name of the photo. */
  readonly photo: string;
  readonly result: Classification;
  /** How the kernels that ran were compiled. */
  readonly variant: string;
}

/** The likeliest classes as bars, and what each part took. */
export function Answer({ photo, result, variant }: Answered): JSX.Element {
  const words = say(text);
  const { decode, preprocess, run } = result.ms;
  const times = [[words.decode, milliseconds(decode)], [words.prepare, milliseconds(preprocess)], [words.network, milliseconds(run)], [words.kernels, variant]] as const;
  return (
    <div>
      <ol class="bars" id="labels" aria-label={words.top} data-photo={photo}>
        {result.top.map(({ index, label, probability }, at) => (
          <li key={index} class={at === 0 ? 'strong' : ''} data-index={index} data-probability={probability}>
            <span class="name" lang={label === undefined ? undefined : 'en'}>{label?.split(', ')[0] ?? words.classNumber(index)}</span>
            <span class="track" aria-hidden="true"><span style={`width: ${(100 * probability).toFixed(1)}%`} /></span>
            <span class="value">{`${showNumber(100 * probability, 1)} %`}</span>
          </li>
        ))}
      </ol>
      <dl class="times" id="times" aria-label={words.times}>{times.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </div>
  );
}

const milliseconds = (value: number): string => `${showNumber(value, value < 10 ? 1 : 0)} ms`;
