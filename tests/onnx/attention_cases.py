"""Attention of ONNX, and of onnxruntime's optimiser, in the ONNX project's form of a case.

    python attention_cases.py FOLDER        needs numpy, onnx and onnxruntime; tar czf cases/onnx-attention.tar.gz -C FOLDER node microsoft

FOLDER/node has the ONNX project's own cases, FOLDER/microsoft such as are answered by onnxruntime.
"""
import os
import sys
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases

RANDOM = np.random.default_rng(23)
N, L, HEADS, DEPTH = 2, 5, 2, 4
WIDTH = HEADS * DEPTH


def numbers(*shape): return RANDOM.uniform(-1, 1, shape).astype(np.float32)


def write(folder, model, inputs, outputs):
    data = os.path.join(folder, 'test_data_set_0')
    os.makedirs(data)
    with open(os.path.join(folder, 'model.onnx'), 'wb') as file: file.write(model.SerializeToString())
    for kind, values, infos in (('input', inputs, model.graph.input), ('output', outputs, model.graph.output)):
        for i, (value, info) in enumerate(zip(values, infos)):
            with open(os.path.join(data, f'{kind}_{i}.pb'), 'wb') as file: file.write(numpy_helper.from_array(np.asarray(value), info.name).SerializeToString())


def own(folder):
    for case in collect_testcases('Attention'):
        if case.name.startswith('test_attention') and 'expanded' not in case.name: write(os.path.join(folder, case.name), case.model, *case.data_sets[0])


def fused(folder, name, op, given, **attributes):
    """Inputs by name, None where one is left out; a name in capitals is a constant."""
    names = [name if value is not None else '' for name, value in given]
    node = helper.make_node(op, names, ['y'], domain='com.microsoft', num_heads=HEADS, **attributes)
    there = [(name, value) for name, value in given if value is not None]
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in there if name.islower()]
    weights = [numpy_helper.from_array(value, name) for name, value in there if name.isupper()]
    graph = helper.make_graph([node], name, inputs, [helper.make_tensor_value_info('y', TensorProto.FLOAT, None)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17), helper.make_opsetid('com.microsoft', 1)], ir_version=9)
    feeds = {name: value for name, value in there if name.islower()}
    write(os.path.join(folder, name), model, list(feeds.values()), onnxruntime.InferenceSession(model.SerializeToString()).run(None, feeds))


def microsoft(folder):
    x, w, b, added = ('x', numbers(N, L, WIDTH)), ('W', numbers(WIDTH, 3 * WIDTH)), ('B', numbers(3 * WIDTH)), ('added', numbers(N, HEADS, L, L))
    none = ('', None)
    fused(folder, 'self', 'Attention', [x, w, b])
    fused(folder, 'self_added', 'Attention', [x, w, b, none, none, added], scale=0.7)
    fused(folder, 'self_causal', 'Attention', [x, w, b], unidirectional=1)
    fused(folder, 'self_narrow', 'Attention', [x, ('W', numbers(WIDTH, 2 * WIDTH + HEADS)), ('B', numbers(2 * WIDTH + HEADS))], qkv_hidden_sizes=[WIDTH, WIDTH, HEADS])
    q, k, v = ('q', numbers(N, L, WIDTH)), ('k', numbers(N, L + 2, WIDTH)), ('v', numbers(N, L + 2, WIDTH))
    far = ('added', numbers(1, HEADS, L, L + 2))
    fused(folder, 'multi', 'MultiHeadAttention', [q, k, v])
    fused(folder, 'multi_bias', 'MultiHeadAttention', [q, k, v, b])
    fused(folder, 'multi_added', 'MultiHeadAttention', [q, k, v, b, none, far], scale=0.3)
    fused(folder, 'multi_narrow', 'MultiHeadAttention', [q, k, ('v', numbers(N, L + 2, HEADS)), ('B', numbers(2 * WIDTH + HEADS))])


if __name__ == '__main__':
    own(os.path.join(sys.argv[1], 'node'))
    microsoft(os.path.join(sys.argv[1], 'microsoft'))
