/// <reference types="vite/client" />
import { load, ReceptiveError } from 'receptive';
import type { Model } from 'receptive';
import { addSample, clearAnswer, drop, fileInput, hidePhoto, pressSample, retryButton } from './view.js';
import { showAnswer, showError, showPhoto, showStatus } from './view.js';

const MODEL = new URL('../assets/squeezenet1_1.safetensors', import.meta.url);
const SAMPLES = [
  ['A cat', new URL('../assets/photos/chelsea.png', import.meta.url).href],
  ['A cup of coffee', new URL('../assets/photos/coffee.png', import.meta.url).href],
  ['A dog', new URL('../assets/photos/dog.jpg', import.meta.url).href],
] as const;

let model: Promise<Model> | undefined;

/** Loads once; after a failure the next call tries again. */
function loaded(): Promise<Model> {
  if (model) return model;
  showError(undefined);
  showStatus('Loading the network', 0);
  const loading = load(MODEL, { onProgress: showProgress });
  loading.then(
    () => showStatus(asked ? 'Looking' : 'Ready: give it a photo'),
    (error: unknown) => {
      model = undefined;
      showStatus(undefined);
      showError(`The network could not be loaded. ${messageOf(error)}`, true);
    },
  );
  model = loading;
  return loading;
}

function showProgress(bytes: number, total: number | undefined): void {
  const share = total ? bytes / total : 0;
  showStatus(`Loading the network: ${(bytes / 1e6).toFixed(1)} MB`, share);
}

/** The photo on show; an answer that arrives after the next photo was chosen is not for it. */
let asked: Blob | undefined;

async function classify(photo: Blob, name: string): Promise<void> {
  asked = photo;
  showError(undefined);
  showPhoto(photo, name);
  let net: Model;
  try {
    net = await loaded();
  } catch {
    return; // shown where it was loaded
  }
  if (asked !== photo) return;
  showStatus('Looking');
  try {
    const answer = await net.classify(photo);
    if (asked !== photo) return;
    showAnswer(answer, net.variant);
    showStatus(undefined);
  } catch (error) {
    if (asked !== photo) return;
    await recover(error);
  }
}

/** What is no image is the visitor's to fix; a dead engine is replaced. */
async function recover(error: unknown): Promise<void> {
  clearAnswer();
  showStatus(undefined);
  if (error instanceof ReceptiveError && (error.code === 'image' || error.code === 'argument')) {
    hidePhoto();
    asked = undefined;
    showError(`This cannot be read as a photo. ${messageOf(error)}`);
    return;
  }
  const broken = model;
  model = undefined;
  showError(`Something went wrong. ${messageOf(error)}`, true);
  await broken?.then((net) => net.dispose()).catch(() => undefined);
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.endsWith('.') ? message : `${message}.`;
}

async function classifySample(name: string, url: string): Promise<void> {
  pressSample(name);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    await classify(await response.blob(), name);
  } catch (error) {
    showError(`The sample could not be fetched. ${messageOf(error)}`);
  }
}

function classifyFile(file: File | null | undefined): void {
  if (!file) return;
  pressSample(undefined);
  void classify(file, file.name);
}

fileInput.addEventListener('change', () => {
  classifyFile(fileInput.files?.[0]);
  fileInput.value = ''; // so that choosing the same file again counts as a change
});

addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) drop.classList.remove('over');
});
addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  classifyFile(event.dataTransfer?.files[0]);
});
addEventListener('paste', (event) => classifyFile(event.clipboardData?.files[0]));

retryButton.addEventListener('click', () => {
  if (asked) void classify(asked, 'again');
  else void loaded().catch(() => undefined);
});

for (const [name, url] of SAMPLES) addSample(name, url, () => void classifySample(name, url));
void loaded().catch(() => undefined);

// Keeps the page working without a network; see service-worker.ts. Vite's dev server changes files, so not there.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  navigator.serviceWorker.register('./service-worker.js').catch(() => undefined);
}
