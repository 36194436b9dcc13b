/** An error in words of the reader, with what to do, and the product's own line below. */
import type { JSX } from 'preact';
import { say } from '../app/words.js';
import type { Words } from '../app/words.js';

const en = {
  image: 'This cannot be read as a picture. Choose a PNG, JPEG, WebP or GIF file.',
  argument: 'This setting is not possible. Change the last one that you made.',
  geometry: 'The kernel does not fit: make it smaller, or the padding larger.',
  shape: 'The sizes do not fit together. Change the last one that you made.',
  unsupported: 'This network has parts that do not run here. They are listed below.',
  format: 'This file is no network that can be read here. Give an ONNX or a safetensors file.',
  worker: 'The browser did not start a worker. Reload the page; a blocker may have to allow it.',
  wasm: 'This browser has no WebAssembly with SIMD. A newer Chrome, Edge, Firefox or Safari has it.',
  offline: 'This part has not been loaded yet, and there is no connection. Try again when there is.',
  memory: 'There is not enough memory. Close other tabs, or choose something smaller.',
  other: 'Something went wrong. The rest of the page goes on.',
  again: 'Try again',
};

const ko: typeof en = {
  image: '그림으로 읽을 수 없는 파일입니다. PNG, JPEG, WebP, GIF 파일을 고르십시오.',
  argument: '이 설정은 쓸 수 없습니다. 마지막에 바꾼 값을 되돌리십시오.',
  geometry: '커널이 들어가지 않습니다. 커널을 줄이거나 패딩을 늘리십시오.',
  shape: '크기가 서로 맞지 않습니다. 마지막에 바꾼 값을 되돌리십시오.',
  unsupported: '이 신경망에는 여기서 실행할 수 없는 부분이 있습니다. 아래에 적어 둡니다.',
  format: '읽을 수 있는 신경망 파일이 아닙니다. ONNX나 safetensors 파일을 주십시오.',
  worker: '브라우저가 워커를 시작하지 못했습니다. 새로 고침하고, 차단 프로그램이 있으면 허용하십시오.',
  wasm: '이 브라우저에는 SIMD가 있는 WebAssembly가 없습니다. 최신 Chrome, Edge, Firefox, Safari를 쓰십시오.',
  offline: '아직 받지 않은 부분인데 연결이 없습니다. 연결되면 다시 해 보십시오.',
  memory: '메모리가 모자랍니다. 다른 탭을 닫거나 더 작은 것을 고르십시오.',
  other: '문제가 생겼습니다. 페이지의 다른 부분은 계속 쓸 수 있습니다.',
  again: '다시 하기',
};

const text: Words<typeof en> = { en, ko };

type Kind = Exclude<keyof typeof en, 'again'>;

/** receptive's codes that mean the same to a reader. */
const KINDS: Readonly<Record<string, Kind>> = { weights: 'format', graph: 'format', dtype: 'shape', integrity: 'offline', engine: 'memory' };

/** What kind of error it is, to a reader. */
export function kindOf(error: unknown): Kind {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!navigator.onLine && !(code in en)) return 'offline';
  if (code !== 'again' && Object.hasOwn(en, code)) return code as Kind;
  return KINDS[code] ?? 'other';
}

export function ErrorNote({ error, again }: { readonly error: unknown; readonly again?: (() => void) | undefined }): JSX.Element {
  const words = say(text);
  return (
    <div class="error" role="alert">
      <p>{words[kindOf(error)]}</p>
      <p class="detail" lang="en">{error instanceof Error ? error.message : String(error)}</p>
      {again && <button type="button" onClick={again}>{words.again}</button>}
    </div>
  );
}
