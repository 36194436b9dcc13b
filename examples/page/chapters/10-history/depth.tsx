/** What depth costs, and what ResNet's skip adds: chapter 13 measures it, and is opened here as it is wanted. */
import type { JSX } from 'preact';
import { addressOf } from '../../app/address.js';
import { language, say } from '../../app/words.js';
import { text } from './text.js';

const LINKS = [['d=8', 'shallow'], ['', 'deep'], ['cut=1,2,3,4,5,6,7,8,9,10', 'without'], ['d=56', 'deeper']] as const;

export function Depth(): JSX.Element {
  const words = say(text);
  return (
    <section class="panel depth">
      <h2>{words.depth}</h2>
      <p>{words.measured}</p>
      <ul>
        {LINKS.map(([state, name]) => <li key={name}><a href={addressOf('13-vanishing', language.value, state)}>{words[name]}</a></li>)}
      </ul>
    </section>
  );
}
