/** Where a photo comes from: a sample, a file, what is dropped or pasted, the camera. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../app/words.js';
import type { Words } from '../app/words.js';
import { Button } from './controls.js';

const en = {
  photo: 'Photo',
  choose: 'Choose a photo',
  camera: 'Camera',
  stop: 'Stop the camera',
  samples: { cat: 'A cat', coffee: 'A cup of coffee', dog: 'A dog' },
  refused: 'The camera was refused. Allow it beside the address, or choose a photo.',
  absent: 'There is no camera here. Choose a photo.',
  fetch: 'The sample could not be fetched. Try again, or choose a photo.',
};

const ko: typeof en = {
  photo: '사진',
  choose: '사진 고르기',
  camera: '카메라',
  stop: '카메라 끄기',
  samples: { cat: '고양이', coffee: '커피 한 잔', dog: '개' },
  refused: '카메라가 허용되지 않았습니다. 주소창 옆에서 허용하거나 사진을 고르십시오.',
  absent: '카메라가 없습니다. 사진을 고르십시오.',
  fetch: '예시 사진을 받지 못했습니다. 다시 하거나 다른 사진을 고르십시오.',
};

const text: Words<typeof en> = { en, ko };

export type SampleName = keyof typeof en.samples;

const SAMPLES: Readonly<Record<SampleName, string>> = {
  cat: new URL('../../assets/photos/chelsea.png', import.meta.url).href,
  coffee: new URL('../../assets/photos/coffee.png', import.meta.url).href,
  dog: new URL('../../assets/photos/dog.jpg', import.meta.url).href,
};

/** The same at 96 x 96 pixels, as WebP: a few kB that a chapter can fetch at once. */
const SMALL: Readonly<Record<SampleName, string>> = {
  cat: new URL('../photos/cat.webp', import.meta.url).href,
  coffee: new URL('../photos/coffee.webp', import.meta.url).href,
  dog: new URL('../photos/dog.webp', import.meta.url).href,
};

export const SAMPLE_NAMES = Object.keys(SAMPLES) as readonly SampleName[];

/** The bytes of a sample. */
export async function sample(name: SampleName): Promise<Blob> {
  const response = await fetch(SAMPLES[name]);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.blob();
}

interface PhotoSourceProps {
  /** Called with a photo; `name` is that of a sample. */
  readonly onPhoto: (photo: Blob, name?: SampleName) => void;
  readonly chosen?: SampleName | undefined;
  /** Called with the camera's video while it runs, and with undefined when it stops; a source without it has no camera. */
  readonly onVideo?: ((video: HTMLVideoElement | undefined) => void) | undefined;
}

export function PhotoSource({ onPhoto, chosen, onVideo }: PhotoSourceProps): JSX.Element {
  const words = say(text);
  const problem = useSignal<'refused' | 'absent' | 'fetch' | undefined>(undefined);
  const take = (photo: Blob | undefined | null): void => {
    problem.value = undefined;
    if (photo) onPhoto(photo);
  };
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      latest.current(event.dataTransfer?.files[0]);
    };
    const paste = (event: ClipboardEvent): void => latest.current(event.clipboardData?.files[0]);
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, []);
  const show = async (name: SampleName): Promise<void> => {
    try {
      const photo = await sample(name);
      problem.value = undefined;
      onPhoto(photo, name);
    } catch {
      problem.value = 'fetch';
    }
  };
  return (
    <div role="group" aria-label={words.photo}>
      <div class="source">
        {SAMPLE_NAMES.map((name) => (
          <button type="button" key={name} class="sample" aria-label={words.samples[name]} aria-pressed={chosen === name} onClick={() => void show(name)}><img src={SMALL[name]} alt="" width="48" height="48" /></button>
        ))}
        <label class="file"><input type="file" accept="image/*" onChange={(event) => (take(event.currentTarget.files?.[0]), (event.currentTarget.value = ''))} />{words.choose}</label>
        {onVideo && <Camera onVideo={onVideo} onProblem={(kind) => (problem.value = kind)} />}
      </div>
      {problem.value && <p role="alert">{words[problem.value]}</p>}
    </div>
  );
}

interface CameraProps {
  readonly onVideo: (video: HTMLVideoElement | undefined) => void;
  readonly onProblem: (kind: 'refused' | 'absent' | undefined) => void;
}

function Camera({ onVideo, onProblem }: CameraProps): JSX.Element {
  const words = say(text);
  const stream = useSignal<MediaStream | undefined>(undefined);
  const stop = (): void => {
    if (!stream.value) return;
    for (const track of stream.value.getTracks()) track.stop();
    stream.value = undefined;
    onVideo(undefined);
  };
  const latest = useRef({ stop, gone: false });
  latest.current.stop = stop;
  useEffect(() => {
    const at = latest.current;
    at.gone = false;
    const hide = (): void => void (document.hidden && at.stop());
    document.addEventListener('visibilitychange', hide);
    return () => {
      document.removeEventListener('visibilitychange', hide);
      at.gone = true;
      at.stop();
    };
  }, []);
  const start = async (): Promise<void> => {
    let got: MediaStream | undefined;
    const end = (): void => got?.getTracks().forEach((track) => track.stop());
    try {
      if (!('mediaDevices' in navigator)) return onProblem('absent');
      got = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 640 }, height: { ideal: 480 } } });
      const video = document.createElement('video');
      Object.assign(video, { srcObject: got, muted: true, playsInline: true });
      await video.play();
      // The learner may have gone on while the browser asked for permission.
      if (latest.current.gone || document.hidden) return end();
      got.getVideoTracks()[0]?.addEventListener('ended', () => latest.current.stop());
      stream.value = got;
      onProblem(undefined);
      onVideo(video);
    } catch (error) {
      end();
      onProblem(error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'absent');
    }
  };
  return <Button onClick={() => (stream.value ? stop() : void start())} pressed={stream.value !== undefined}>{stream.value ? words.stop : words.camera}</Button>;
}
