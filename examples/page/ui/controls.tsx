/** Controls that every chapter shares. Each has its label beside it, and a target of 44 pixels. */
import type { Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { showNumber } from '../app/words.js';

interface SliderProps {
  readonly label: string;
  readonly value: Signal<number>;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** How the value is said. Default: as a number. */
  readonly show?: (value: number) => string;
}

export function Slider({ label, value, min, max, step = 1, show = (number) => showNumber(number, 3) }: SliderProps): JSX.Element {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input id={id} type="range" min={min} max={max} step={step} value={value.value} aria-valuetext={show(value.value)} onInput={(event) => (value.value = event.currentTarget.valueAsNumber)} />
      <output for={id}>{show(value.value)}</output>
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: Signal<T>;
  readonly options: readonly (readonly [T, string])[];
}

/** One of a few. */
export function Choice<T extends string>({ label, value, options }: ChoiceProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(([key, words]) => (
        <label key={key}><input type="radio" name={name} checked={value.value === key} onChange={() => (value.value = key)} /><span>{words}</span></label>
      ))}
    </fieldset>
  );
}

export function Toggle({ label, value }: { readonly label: string; readonly value: Signal<boolean> }): JSX.Element {
  return <label class="toggle"><input type="checkbox" checked={value.value} onChange={(event) => (value.value = event.currentTarget.checked)} /><span>{label}</span></label>;
}

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly primary?: boolean;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}

export function Button({ children, onClick, primary = false, disabled = false, pressed }: ButtonProps): JSX.Element {
  return <button type="button" class={primary ? 'primary' : ''} disabled={disabled} aria-pressed={pressed} onClick={onClick}>{children}</button>;
}

/** What to find out, and what is found, folded. */
export function Discover({ question, answer, label }: { readonly question: string; readonly answer: string; readonly label: string }): JSX.Element {
  return (
    <aside class="discover">
      <p>{question}</p>
      <details><summary>{label}</summary><p>{answer}</p></details>
    </aside>
  );
}
