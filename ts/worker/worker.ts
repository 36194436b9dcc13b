// The worker for graphs and safetensors: it has no ONNX reader.
import { onnxRefused } from '../model/refuse-onnx.js';
import { serve } from './serve.js';

serve([onnxRefused]);
