import { isSafetensors } from './kind.js';
import type { ByteSource } from './stored.js';

/** A file of another kind than is read here. */
export interface Foreign {
  /** What it is: never what is in it. */
  readonly got: string;
  /** How to come from it to a file that is read here. */
  readonly hint: string;
  /** Whether it is a page, as servers give where no file is. */
  readonly absent?: boolean;
}

/** One kind of file: how its first bytes look, as Latin-1, and what to do about it. */
type Row = readonly [looks: RegExp, got: string, hint: string, weightsHint?: string];

const TORCH = "torch.onnx.export(model, (x,), 'model.onnx', dynamo=True)";
const TORCH_WEIGHTS = "in Python: safetensors.torch.save_file(torch.load('model.pth', weights_only=True), 'model.safetensors')";
const TORCH_ROW = [`in Python: ${TORCH}`, TORCH_WEIGHTS] as const;
const ORIGIN = 'give the ONNX model it was made from, or export that anew';
const ARRAYS = "describe the network with layers, and give these as `weights`: safetensors.numpy.save_file(dict(numpy.load('w.npz')), 'w.safetensors')";
const UNPACK = 'unpack it first';
const tf2onnx = (from: string): string => `python -m tf2onnx.convert ${from} --output model.onnx`;

/** A varint of protobuf. */
const V = '[\\x80-\\xff]*[\\0-\\x7f]';

/** What is in a zip archive is told by the names in it. The first that fits counts, as in the other table. */
const ZIPPED: readonly Row[] = [
  [/data\.pkl/, 'a checkpoint of PyTorch (.pt, .pth)', ...TORCH_ROW],
  [/com\.apple\.CoreML|\.mlmodel|\.mlpackage/, 'a Core ML package', ORIGIN],
  [/\.weights\.h5/, 'a model of Keras (.keras)', "in Python: keras.saving.load_model('model.keras').export('model.onnx', format='onnx')"],
  [/saved_model\.pb/, 'a SavedModel of TensorFlow in a zip archive', `unpack it, then ${tf2onnx('--saved-model FOLDER')}`],
  [/\.npy/, 'arrays of NumPy (.npz)', ARRAYS],
  [/(?:)/, 'a zip archive', UNPACK],
];

const PAGE = 'an HTML page';

const ROWS: readonly Row[] = [
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS in place of the file', 'git lfs pull'],
  [/^\s*<(!doctype html|html|head|body)/i, PAGE, 'the server answered with a page: check the address, since many servers answer wrong ones so'],
  [/^\s*<[^]*<net\b|^\s*<net\b/, 'a model of OpenVINO (.xml)', ORIGIN],
  [/^\s*</, 'text that starts like HTML or XML', 'check the address or path'],
  [/^\s*\{[^]*"(modelTopology|weightsManifest)"|^\s*\{\s*"format":\s*"(layers|graph)-model"/, 'a model of TensorFlow.js (model.json)', tf2onnx('--tfjs model.json')],
  [/^\s*\{[^]*"weight_map"/, 'the index of a safetensors file in parts', "join them, in Python: model.save_pretrained('joined', max_shard_size='99GB')"],
  [/^\s*[{[]\s*["{[\d}\]]/, 'JSON', 'check the address or path'],
  [/^\x80[\x02-\x05][^\0]/, 'a pickle of Python, as PyTorch saves it (.pt, .pth)', ...TORCH_ROW],
  [/^.{4}TFL3/s, 'a model of TensorFlow Lite (.tflite)', tf2onnx('--tflite model.tflite')],
  [/^.{4}ORTM/s, 'a model in the ORT format', ORIGIN],
  [/^(GGUF|ggml|lmgg|tjgg)/, 'weights of a language model (.gguf)', 'what is read here are convolutional networks; export the network as ONNX'],
  [/^\x89HDF/, 'a HDF5 file (.h5), as Keras saves it', tf2onnx('--keras model.h5')],
  [/^\x93NUMPY/, 'an array of NumPy (.npy)', ARRAYS],
  [/^(\x1f\x8b|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|7z\xbc\xaf)/, 'a compressed file (.gz or alike)', `${UNPACK}, or serve it with its content-encoding`],
  [/^[^]{257}ustar/, 'a tar archive', UNPACK],
  [/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF[^]{4}WEBP)/, 'a picture', 'pictures are for classify'],
  [/^\0asm/, 'WebAssembly', 'give it by the option `wasm`'],
  // In protobuf, as ONNX is. There the second field, if it is there, is text: the name of a program, which has no line break.
  [new RegExp(`^\\x08.\\x12${V}\\n${V}\\n`, 's'), 'a model of Core ML (.mlmodel)', ORIGIN],
  [new RegExp(`^\\x08\\x01\\x12${V}\\n${V}[\\x12-\\x42]`), 'a SavedModel of TensorFlow (.pb)', tf2onnx('--saved-model FOLDER')],
  [new RegExp(`^\\n${V}\\n${V}[\\w./-]+\\x12${V}[A-Z]\\w+`), 'a frozen graph of TensorFlow (.pb)', tf2onnx('--graphdef model.pb --inputs x:0 --outputs y:0')],
];

const ONNX: Row = [/^\x08[\x03-\x20]/, 'an ONNX model', '', 'give it as the source: it brings its weights'];

/** Text that no other row knows. */
const TEXT: Row = [/^[\t\n\r -~]+$|^[\t\n\r -~\x80-\xff]{8,}$/, 'text', 'check the address or path'];

const HEAD_BYTES = 1024;
/** Of a zip archive, where its names are. */
const TAIL_BYTES = 16 << 10;

/** Which other file this is; undefined for what may be read here, and what is not known either. */
export function foreignFormat(source: ByteSource, use: 'model' | 'weights'): Foreign | undefined {
  if (isSafetensors(source)) return undefined;
  const { byteLength } = source;
  const head = latin1(source.read(0, Math.min(HEAD_BYTES, byteLength))).replace(/^\xef\xbb\xbf/, '');
  const zipped = /^PK[\x03\x05]/.test(head);
  const names = zipped ? head + latin1(source.read(Math.max(0, byteLength - TAIL_BYTES), byteLength)) : head;
  const rows = zipped ? ZIPPED : [...ROWS, TEXT, ...(use === 'weights' ? [ONNX] : [])];
  const row = rows.find(([looks]) => looks.test(names));
  if (!row) return undefined;
  const [, got, hint, weightsHint = hint] = row;
  return { got: `${got}, ${byteLength} bytes`, hint: use === 'weights' ? weightsHint : hint, absent: got === PAGE };
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
