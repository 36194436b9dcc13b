"""LSTM, GRU and RNN in all their forms, answered by onnxruntime.

    python recurrent_cases.py recurrent.json        needs numpy, onnx and onnxruntime

The file has, for each case, operator, attributes, inputs by place and outputs; numbers have three digits, so that they are what they are in text.
"""
import json
import sys
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

RANDOM = np.random.default_rng(18)
STEPS, N, INPUTS, HIDDEN = 4, 2, 3, 2
GATES = dict(LSTM=4, GRU=3, RNN=1)
NAMES = ['X', 'W', 'R', 'B', 'sequence_lens', 'initial_h', 'initial_c', 'P']


def numbers(*shape): return np.round(RANDOM.uniform(-1.5, 1.5, shape), 3).astype(np.float32)


def case(op, lengths=False, states=False, peepholes=False, bias=True, **attributes):
    ways, rows = 2 if attributes.get('direction') == 'bidirectional' else 1, GATES[op] * HIDDEN
    given = [numbers(STEPS, N, INPUTS), numbers(ways, rows, INPUTS), numbers(ways, rows, HIDDEN), numbers(ways, 2 * rows) if bias else None]
    given += [np.array([STEPS, 2], np.int32) if lengths else None, numbers(ways, N, HIDDEN) if states else None]
    given += [numbers(ways, N, HIDDEN) if states else None, numbers(ways, 3 * HIDDEN) if peepholes else None] if op == 'LSTM' else []
    outputs = ['Y', 'Y_h'] + (['Y_c'] if op == 'LSTM' else [])
    node = helper.make_node(op, [name if value is not None else '' for name, value in zip(NAMES, given)], outputs, hidden_size=HIDDEN, **attributes)
    weights = [numpy_helper.from_array(value, name) for name, value in zip(NAMES, given) if value is not None and name != 'X']
    x = helper.make_tensor_value_info('X', TensorProto.FLOAT, [STEPS, N, INPUTS])
    graph = helper.make_graph([node], 'g', [x], [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=9)
    answers = onnxruntime.InferenceSession(model.SerializeToString()).run(None, dict(X=given[0]))
    listed = [None if value is None else dict(shape=value.shape, data=[float(f'{number:.3f}') for number in value.ravel()]) for value in given]
    return dict(op=op, attributes=attributes, inputs=listed, outputs=[dict(shape=a.shape, data=[float(f'{number:.7g}') for number in a.ravel()]) for a in answers])


def cases():
    for op in GATES:
        for direction in ('forward', 'reverse', 'bidirectional'):
            yield case(op, direction=direction)
            yield case(op, direction=direction, states=True, bias=False)
            yield case(op, direction=direction, lengths=True, states=True)
        yield case(op, clip=0.3)
    for direction in ('forward', 'bidirectional'):
        yield case('LSTM', direction=direction, peepholes=True, states=True)
        yield case('GRU', direction=direction, linear_before_reset=1, states=True)
    yield case('LSTM', input_forget=1)
    yield case('GRU', linear_before_reset=1, bias=False)
    yield case('RNN', activations=['Relu'])
    yield case('RNN', direction='bidirectional', activations=['Relu', 'Tanh'])
    yield case('RNN', direction='bidirectional', activations=['Relu', 'Relu'])
    for name, more in (('Affine', dict(activation_alpha=[0.5], activation_beta=[0.25])), ('LeakyRelu', dict(activation_alpha=[0.2])), ('ScaledTanh', dict(activation_alpha=[1.5], activation_beta=[0.5])),
                       ('HardSigmoid', dict(activation_alpha=[0.3], activation_beta=[0.4])), ('Elu', dict(activation_alpha=[0.7])), ('ThresholdedRelu', dict(activation_alpha=[0.2])), ('Softsign', {}), ('Softplus', {})):
        yield case('RNN', activations=[name], **more)
    yield case('LSTM', activations=['HardSigmoid', 'Tanh', 'Softsign'], activation_alpha=[0.3], activation_beta=[0.4])
    yield case('GRU', activations=['Sigmoid', 'Relu'])
    # Of an LSTM the sums of the gates are cut off, not the cells.
    yield case('LSTM', clip=0.5, states=True)


if __name__ == '__main__':
    with open(sys.argv[1], 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(one, separators=(',', ':')) for one in cases()) + '\n]\n')
