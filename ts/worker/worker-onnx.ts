// The worker that reads ONNX as well.
import { onnxReader } from '../model/read-onnx.js';
import { serve } from './serve.js';

serve([onnxReader]);
