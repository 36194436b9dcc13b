import type { Classification } from 'receptive';

/** An element of index.html; its absence is a mistake in this page. */
function element<Kind extends HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found as Kind;
}

export const drop = element('drop');
export const fileInput = element<HTMLInputElement>('file');
export const retryButton = element<HTMLButtonElement>('retry');
const samples = element('samples');
const preview = element<HTMLImageElement>('preview');
const statusArea = element('status');
const progress = element<HTMLProgressElement>('progress');
const errorArea = element('error');
const labels = element('labels');
const times = element('times');

/** What is going on, with a bar if a share from 0 to 1 is known; `undefined` clears it. */
export function showStatus(text: string | undefined, share?: number): void {
  statusArea.hidden = text === undefined;
  element('status-text').textContent = text ?? '';
  progress.hidden = share === undefined;
  if (share !== undefined) progress.value = share;
}

/** `undefined` clears it. */
export function showError(text: string | undefined, canRetry = false): void {
  errorArea.hidden = text === undefined;
  element('error-text').textContent = text ?? '';
  retryButton.hidden = !canRetry;
}

let shownUrl: string | undefined;

export function showPhoto(photo: Blob, name: string): void {
  if (shownUrl) URL.revokeObjectURL(shownUrl);
  shownUrl = URL.createObjectURL(photo);
  preview.src = shownUrl;
  preview.alt = `Your photo ${name}`;
  preview.hidden = false;
  element('invitation').hidden = true;
  element('another').hidden = false;
  clearAnswer();
}

/** Back to the invitation: what was given cannot be shown. */
export function hidePhoto(): void {
  preview.hidden = true;
  element('invitation').hidden = false;
  element('another').hidden = true;
}

export function clearAnswer(): void {
  labels.replaceChildren();
  times.hidden = true;
}

export function showAnswer(answer: Classification, variant: string): void {
  labels.replaceChildren(...answer.top.map(labelItem));
  const { decode, preprocess, run } = answer.ms;
  const entries = [
    ['Decode', milliseconds(decode)],
    ['Prepare', milliseconds(preprocess)],
    ['Network', milliseconds(run)],
    ['Kernels', variant],
  ];
  times.replaceChildren(...entries.map(([name, value]) => timeItem(name ?? '', value ?? '')));
  times.hidden = false;
}

/** A class of ImageNet is a list of synonyms; the first is the name, the others stand small below it. */
function labelItem({ index, label, probability }: Classification['top'][number]): HTMLLIElement {
  const [name, ...others] = (label ?? `class ${index}`).split(', ');
  const item = document.createElement('li');
  item.dataset['index'] = String(index);
  item.dataset['probability'] = String(probability);
  item.append(text('name', name ?? ''), text('share', `${(100 * probability).toFixed(1)} %`));
  if (others.length > 0) item.append(text('also', others.join(', ')));
  const bar = text('bar', '');
  bar.style.setProperty('--share', String(probability));
  item.append(bar);
  return item;
}

function timeItem(name: string, value: string): HTMLElement {
  const group = document.createElement('div');
  const term = document.createElement('dt');
  const description = document.createElement('dd');
  term.textContent = name;
  description.textContent = value;
  group.append(term, description);
  return group;
}

function text(className: string, content: string): HTMLSpanElement {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = content;
  return span;
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

/** One button a sample; the pressed one is the one on show. */
export function addSample(name: string, url: string, choose: () => void): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-pressed', 'false');
  const image = document.createElement('img');
  image.src = url;
  image.alt = name;
  image.decoding = 'async';
  button.append(image);
  button.addEventListener('click', choose);
  samples.append(button);
}

export function pressSample(chosen: string | undefined): void {
  for (const button of samples.querySelectorAll('button')) {
    const name = button.querySelector('img')?.alt;
    button.setAttribute('aria-pressed', String(name === chosen));
  }
}
