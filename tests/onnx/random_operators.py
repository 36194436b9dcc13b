"""Further operators for random_graphs.py: products, recurrence, control flow, indices, logic, and those that onnxruntime's optimiser writes."""
import numpy as np
from onnx import AttributeProto, TensorProto, helper, numpy_helper
from random_base import Unfit, axis_of, grid, last, op, partner, some_axes

FLOAT = TensorProto.FLOAT


def odds(g, chance): return g.rng.random() < chance

def one_of(g, *choices): return choices[int(g.rng.integers(len(choices)))]

def ints(g, low, high, count): return [int(v) for v in g.rng.integers(low, high, count)]


# Products and convolutions.

@op('ConvComputed', weight=4)
def conv_computed(g, name):
    """A convolution whose filter, or bias, is computed in the graph."""
    x = g.values[n := g.pick(lambda x: 3 <= x.ndim <= 5)]
    groups = one_of(g, 1, x.shape[1]); out = groups * int(g.rng.integers(1, 4))
    w = g.weight(grid(g.rng, [out, x.shape[1] // groups, *ints(g, 1, 4, x.ndim - 2)]) / 4)
    factor = g.pick(lambda v: v.size == 1 and v.ndim <= x.ndim) if odds(g, .5) else None
    if factor: g.add('Mul', [w, factor], False)
    else:
        y = g.pick(); g.add('ReduceMean', [y], keepdims=0); g.add('Add', [w, last(g)], False)
    inputs = [n, last(g)]
    if odds(g, .4):
        g.add('ReduceMax', [g.pick()], keepdims=0); g.add('Add', [last(g), g.weight(grid(g.rng, [out]))])
        inputs.append(last(g))
    g.add('Conv', inputs, False, group=groups, strides=ints(g, 1, 3, x.ndim - 2), pads=ints(g, 0, 2, 2 * (x.ndim - 2)))

@op('ConvTransposeWide', weight=3)
def conv_transpose_wide(g, name):
    x = g.values[n := g.pick(lambda x: 3 <= x.ndim <= 5)]; spatial = x.ndim - 2
    groups = one_of(g, 1, x.shape[1]); kernel = ints(g, 1, 4, spatial); strides = ints(g, 1, 3, spatial)
    inputs = [n, g.weight(grid(g.rng, [x.shape[1], int(g.rng.integers(1, 4)), *kernel]) / 4)]
    extra = dict(strides=strides, group=groups)
    if odds(g, .4): extra['dilations'] = ints(g, 1, 3, spatial)
    # A window narrower than its stride leaves a gap at the end, which the definition keeps and onnxruntime cuts off.
    wide = all(1 + (k - 1) * d >= s for k, d, s in zip(kernel, extra.get('dilations', [1] * spatial), strides))
    if odds(g, .3): extra['auto_pad'] = one_of(g, 'SAME_UPPER', 'SAME_LOWER') if wide else 'VALID'
    elif odds(g, .3): extra['output_shape'] = [int(d) * s + int(g.rng.integers(0, 2)) for d, s in zip(x.shape[2:], strides)]
    else: extra['pads'] = ints(g, 0, 2, 2 * spatial)
    if odds(g, .5): inputs.append(g.weight(grid(g.rng, [groups * g.weights[inputs[1]].shape[1]])))
    g.add('ConvTranspose', inputs, False, **extra)

@op('PoolWide', weight=3)
def pool_wide(g, name):
    """Pools with dilation, automatic padding or indices, and LpPool."""
    x = g.values[n := g.pick(lambda x: 3 <= x.ndim <= 5 and min(x.shape[2:]) >= 2)]; spatial = x.ndim - 2
    kind = one_of(g, 'MaxPool', 'AveragePool', 'LpPool')
    extra = dict(kernel_shape=ints(g, 1, 4, spatial), strides=ints(g, 1, 4, spatial))
    # Where a stride leaves out more than a window has, onnxruntime pads by less than nothing.
    if odds(g, .5): extra['auto_pad'] = one_of(g, 'SAME_UPPER', 'SAME_LOWER') if all(k >= s for k, s in zip(extra['kernel_shape'], extra['strides'])) else 'VALID'
    elif kind != 'LpPool': extra['dilations'] = ints(g, 1, 3, spatial)
    if kind == 'LpPool': extra['p'] = one_of(g, 1, 2)
    narrow = any(1 + (k - 1) * d > size for k, d, size in zip(extra['kernel_shape'], extra.get('dilations', [1] * spatial), x.shape[2:]))
    if narrow and extra.get('auto_pad', 'VALID') == 'VALID': raise Unfit
    # Where there are ties the index of a maximum is the first one's; numbers off the grid have none.
    g.add(kind, [n], kind == 'MaxPool', outputs=2 if kind == 'MaxPool' and odds(g, .3) else 1, **extra)

@op('GlobalLpPool')
def global_lp(g, name): g.add(name, [g.pick(lambda x: x.ndim >= 3)], False, p=one_of(g, 1, 2))

@op('Einsum', weight=5)
def einsum(g, name):
    """Letters at random: some of x are summed, some batched, and the operand brings letters of its own."""
    x = g.values[n := g.pick(lambda x: x.ndim <= 4)]
    letters = 'abcd'[:x.ndim]
    shared = [c for c in letters if odds(g, .6)]; own = 'ef'[:int(g.rng.integers(3))]
    size = dict(zip(letters, x.shape)) | dict(e=2, f=3)
    second = [*shared, *own]; g.rng.shuffle(second)
    out = [c for c in [*letters, *own] if odds(g, .6)]; g.rng.shuffle(out)
    other = g.weight(grid(g.rng, [size[c] for c in second]))
    if odds(g, .3): g.add('Neg', [other]); other = last(g)
    if odds(g, .2): return g.add(name, [n], equation=f'{letters}->{"".join(out).replace("e", "").replace("f", "")}')
    pair = [(letters, n), (''.join(second), other)]
    if odds(g, .3): pair.reverse()
    g.add(name, [v for _, v in pair], equation=f'{pair[0][0]},{pair[1][0]}->{"".join(out)}')

@op('MatMulPair', weight=4)
def matmul_pair(g, name):
    """Both operands are computed, batches broadcast: the form of attention."""
    x = g.values[n := g.pick(lambda x: x.ndim >= 2)]
    kind = g.rng.integers(3)
    if kind == 0:
        perm = list(range(x.ndim)); perm[-1], perm[-2] = perm[-2], perm[-1]
        g.add('Transpose', [n], perm=perm); y = last(g)
    else:
        y = g.weight(grid(g.rng, [*(one_of(g, 1, d) for d in x.shape[:-2]), x.shape[-1], int(g.rng.integers(1, 6))][int(g.rng.integers(0, x.ndim - 1)):]))
        g.add('Neg', [y]); y = last(g)
    g.add('MatMul', [n, y])
    if odds(g, .5): g.add('Mul', [last(g), g.weight(.25)])
    if odds(g, .5): g.add('Softmax', [last(g)], False, axis=-1)

@op('DeformConv')
def deform(g, name):
    if g.opset < 19: raise Unfit
    x = g.values[n := g.pick(lambda x: x.ndim == 4 and min(x.shape[2:]) >= 2)]
    w = g.weight(grid(g.rng, [2, x.shape[1], 2, 2]) / 4)
    b, _, h, wide = x.shape
    g.add(name, [n, w, g.weight(grid(g.rng, [b, 8, h - 1, wide - 1]) / 2)], False, kernel_shape=[2, 2])

@op('Col2Im')
def col2im(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim == 3)]
    h, w = ints(g, 1, 3, 2)
    if x.shape[1] % (h * w): raise Unfit
    blocks = x.shape[2]
    g.add(name, [n, g.weight([h, blocks + w - 1], np.int64), g.weight([h, w], np.int64)])


# Recurrence.

GATES = dict(LSTM=4, GRU=3, RNN=1)

@op('LSTM', 'GRU', 'RNN', weight=2)
def recurrent(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim == 3 and x.size < 300)]
    steps, batch, inputs = x.shape; hidden = int(g.rng.integers(1, 4))
    direction = one_of(g, 'forward', 'reverse', 'bidirectional'); ways = 1 + (direction == 'bidirectional')
    rows = GATES[name] * hidden
    draw = lambda *dims: g.weight(grid(g.rng, dims) / 4)
    given = [n, draw(ways, rows, inputs), draw(ways, rows, hidden), draw(ways, 2 * rows) if odds(g, .7) else '']
    given.append(g.weight(ints(g, 1, steps + 1, batch), np.int32) if odds(g, .4) else '')
    given.append(draw(ways, batch, hidden) if odds(g, .5) else '')
    extra = dict(direction=direction, hidden_size=hidden)
    if name == 'LSTM':
        given += [draw(ways, batch, hidden) if odds(g, .5) else '', draw(ways, 3 * hidden) if odds(g, .4) else '']
    if name == 'GRU': extra['linear_before_reset'] = int(g.rng.integers(2))
    if odds(g, .2): extra['clip'] = .5
    g.add(name, given, False, outputs=3 if name == 'LSTM' else 2, **extra)


# Control flow and functions.

def body(g, nodes, inputs, outputs, weights):
    ports = [helper.make_tensor_value_info(name, dtype, dims) for name, dtype, dims in inputs]
    results = [helper.make_tensor_value_info(name, dtype, None) for name, dtype in outputs]
    return helper.make_graph(nodes, 'body', ports, results, [numpy_helper.from_array(np.asarray(w), n) for n, w in weights.items()])

@op('Loop', weight=3)
def loop(g, name):
    """A state that grows by a step, an outer value read within, and one result of each pass."""
    x = g.values[n := g.pick(lambda x: x.size < 300)]
    outer = g.pick(lambda v: v.shape == x.shape)
    step = one_of(g, 'Add', 'Sub', 'Max', 'Min')
    nodes = [helper.make_node(step, ['s', outer], ['t']), helper.make_node('Relu' if odds(g, .5) else 'Neg', ['t'], ['u']),
             helper.make_node('Mul', ['u', 'half'], ['next']), helper.make_node('ReduceSum', ['next'], ['sum'], keepdims=0)]
    weights = dict(half=np.float32(.5))
    if odds(g, .5):
        nodes.append(helper.make_node('Less', ['i', 'last'], ['again'])); weights['last'] = np.int64(g.rng.integers(0, 4))
    else: nodes.append(helper.make_node('Identity', ['c'], ['again']))
    inputs = [('i', TensorProto.INT64, []), ('c', TensorProto.BOOL, []), ('s', FLOAT, None)]
    inner = body(g, nodes, inputs, [('again', TensorProto.BOOL), ('next', FLOAT), ('u', FLOAT), ('sum', FLOAT)], weights)
    g.add(name, [g.weight(g.rng.integers(1, 5), np.int64), g.weight(True, bool), n], False, outputs=3, body=inner)

@op('Scan', weight=3)
def scan(g, name):
    x = g.values[n := g.pick(lambda x: 2 <= x.ndim <= 4 and x.size < 300)]
    axis = axis_of(g, x); rest = [d for i, d in enumerate(x.shape) if i != axis % x.ndim]
    nodes = [helper.make_node(one_of(g, 'Add', 'Max'), ['s', 'e'], ['t']), helper.make_node('Mul', ['t', 'half'], ['next']),
             helper.make_node(one_of(g, 'Sub', 'Add', 'Mul'), ['next', 'e'], ['o'])]
    inner = body(g, nodes, [('s', FLOAT, rest), ('e', FLOAT, rest)], [('next', FLOAT), ('o', FLOAT)], dict(half=np.float32(.5)))
    extra = dict(scan_input_axes=[axis])
    if odds(g, .4): extra['scan_input_directions'] = [1]
    if odds(g, .4): extra['scan_output_directions'] = [1]
    if odds(g, .4): extra['scan_output_axes'] = [int(g.rng.integers(len(rest) + 1))]
    g.add(name, [g.weight(grid(g.rng, rest)), n], False, outputs=2, num_scan_inputs=1, body=inner, **extra)

@op('Function', weight=3)
def function(g, name):
    """A function of the model: it calls another one half of the time."""
    x = g.pick(); called = f'F{len(g.functions)}'
    opsets = [helper.make_opsetid('', g.opset), helper.make_opsetid('local', 1)]
    nodes = [helper.make_node(one_of(g, 'Mul', 'Add', 'Sub'), ['a', 'b'], ['c'])]
    inner = g.functions[-1].name if g.functions and odds(g, .5) else None
    nodes.append(helper.make_node(inner, ['c', 'b'], ['d'], domain='local') if inner else helper.make_node('Clip', ['c'], ['d']))
    leak = helper.make_node('LeakyRelu', ['d'], ['y'])
    leak.attribute.append(AttributeProto(name='alpha', ref_attr_name='slope', type=AttributeProto.FLOAT))
    g.functions.append(helper.make_function('local', called, ['a', 'b'], ['y'], [*nodes, leak], opsets, attributes=['slope']))
    if inner: nodes[1].attribute.append(helper.make_attribute('slope', .25)); g.functions[-1].node[1].CopyFrom(nodes[1])
    try: g.add(called, [x, partner(g, g.values[x])], False, domain='local', slope=one_of(g, .5, .25))
    except Unfit: g.functions.pop(); raise


# Positions and indices.

@op('GridSample', weight=3)
def grid_sample(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim in (4, 5))]; spatial = x.ndim - 2
    # Off the multiples of 1/8, so that no point lies between two pixels for nearest.
    points = g.weight((g.rng.integers(-40, 41, [x.shape[0], *ints(g, 1, 4, spatial), spatial]) / 32 + .011))
    mode = one_of(g, 'bilinear', 'nearest', *(['bicubic'] if spatial == 2 else []))
    if g.opset >= 20: mode = dict(bilinear='linear', bicubic='cubic').get(mode, mode)
    g.add(name, [n, points], False, mode=mode, padding_mode=one_of(g, 'zeros', 'border', 'reflection'), align_corners=int(g.rng.integers(2)))

@op('RoiAlign', weight=2)
def roi_align(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim == 4)]
    corners = g.rng.integers(0, 8, [3, 2]) / 4; rois = np.concatenate([corners, corners + g.rng.integers(1, 12, [3, 2]) / 4], 1)
    g.add(name, [n, g.weight(rois), g.weight(g.rng.integers(0, x.shape[0], 3), np.int64)], False, output_height=2, output_width=3,
          sampling_ratio=int(g.rng.integers(0, 3)), spatial_scale=one_of(g, 1., .5), mode=one_of(g, 'avg', 'avg', 'max'),
          coordinate_transformation_mode=one_of(g, 'half_pixel', 'output_half_pixel'))

@op('GatherElements', special=True)
def gather_elements(g, name):
    x = g.values[n := g.pick()]; axis = axis_of(g, x)
    dims = [int(g.rng.integers(1, d + 1)) for d in x.shape]
    g.add(name, [n, g.weight(g.rng.integers(-x.shape[axis], x.shape[axis], dims), np.int64)], axis=axis)

@op('GatherND', special=True, weight=2)
def gather_nd(g, name):
    x = g.values[n := g.pick()]; batch = int(g.rng.integers(0, x.ndim)) if odds(g, .3) else 0
    depth = int(g.rng.integers(1, x.ndim - batch + 1))
    index = np.stack([g.rng.integers(-d, d, [*x.shape[:batch], 3]) for d in x.shape[batch:batch + depth]], -1)
    g.add(name, [n, g.weight(index, np.int64)], batch_dims=batch)

@op('ScatterND', 'ScatterElements', weight=2)
def scatter(g, name):
    x = g.values[n := g.pick()]
    how = one_of(g, 'none', 'add', 'mul', 'max', 'min')
    if name == 'ScatterND':
        depth = int(g.rng.integers(1, x.ndim + 1)); count = min(2, x.shape[0])
        index = np.stack([g.rng.permutation(x.shape[0])[:count], *(g.rng.integers(0, d, count) for d in x.shape[1:depth])], -1)
        return g.add(name, [n, g.weight(index, np.int64), g.weight(grid(g.rng, [count, *x.shape[depth:]]))], how != 'mul', reduction=how)
    axis = axis_of(g, x); dims = list(x.shape); dims[axis] = count = min(2, x.shape[axis])
    places = g.rng.permutation(x.shape[axis])[:count].reshape([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])
    g.add(name, [n, g.weight(np.broadcast_to(places, dims).copy(), np.int64), g.weight(grid(g.rng, dims))], how != 'mul', axis=axis, reduction=how)

@op('OneHot')
def one_hot(g, name):
    x = g.pick(exact=True)
    g.add('ArgMax', [x], axis=axis_of(g, g.values[x]))
    g.add(name, [last(g), g.weight(g.rng.integers(2, 6), np.int64), g.weight([-.5, 2.])], axis=one_of(g, -1, 0))

@op('GatherByArg', weight=2)
def gather_by_arg(g, name):
    """Indices that are computed: of a maximum, into a table."""
    x = g.pick(exact=True); axis = axis_of(g, g.values[x])
    g.add(one_of(g, 'ArgMax', 'ArgMin'), [x], axis=axis, keepdims=int(g.rng.integers(2)), select_last_index=int(odds(g, .2)))
    table = g.weight(grid(g.rng, [g.values[x].shape[axis], *ints(g, 1, 4, int(g.rng.integers(3)))]))
    g.add('Gather', [table, last(g)])

@op('Trilu', special=True)
def trilu(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim >= 2)]
    g.add(name, [n, g.weight(g.rng.integers(-2, 3), np.int64)][:int(g.rng.integers(1, 3))], upper=int(g.rng.integers(2)))

@op('ReverseSequence')
def reverse(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim >= 2)]; time = int(g.rng.integers(2))
    g.add(name, [n, g.weight(g.rng.integers(1, x.shape[time] + 1, x.shape[1 - time]), np.int64)], time_axis=time, batch_axis=1 - time)

@op('NonZero')
def non_zero(g, name):
    # Of a scalar onnxruntime gives [1, 1], where the definition says [0, 1].
    x = g.pick(lambda x: x.ndim > 0, exact=True)
    g.add(name, [x]); g.add('Cast', [last(g)], to=FLOAT)

@op('Compress')
def compress(g, name):
    x = g.values[n := g.pick()]; axis = axis_of(g, x); keep = g.rng.random(x.shape[axis]) < .6; keep[0] = True
    g.add(name, [n, g.weight(keep, bool)], axis=axis)

@op('ShapeOps', weight=4)
def by_shape(g, name):
    """The ways in which exporters compute a shape: Shape, Gather, Concat, then Reshape or Expand."""
    x = g.values[n := g.pick()]
    g.add('Shape', [n]); whole = last(g)
    kind = g.rng.integers(4)
    if kind == 0:
        g.add('Slice', [whole, g.weight([0], np.int64), g.weight([1], np.int64)])
        g.add('Concat', [last(g), g.weight([-1], np.int64)], axis=0); return g.add('Reshape', [n, last(g)])
    if kind == 1:
        axis = axis_of(g, x); g.add('Gather', [whole, g.weight(axis, np.int64)])
        g.add('Cast', [last(g)], to=FLOAT); return g.add('Div', [n, last(g)], False)
    if kind == 2:
        g.add('Concat', [g.weight([2], np.int64), whole], axis=0); return g.add('Expand', [n, last(g)])
    g.add('ConstantOfShape', [whole], value=numpy_helper.from_array(np.array([1.5], np.float32))); g.add('Add', [last(g), n])

@op('RangeOps')
def by_range(g, name):
    x = g.values[n := g.pick()]
    g.add('Shape', [n], start=-1); g.add('Squeeze', [last(g)])
    g.add('Range', [g.weight(0, np.int64), last(g), g.weight(1, np.int64)])
    g.add('Cast', [last(g)], to=FLOAT); g.add(one_of(g, 'Add', 'Mul'), [n, last(g)])

@op('SplitEven', special=True, weight=2)
def split_even(g, name):
    x = g.values[n := g.pick(lambda x: max(x.shape) > 1)]
    axis = int(g.rng.choice([i for i, d in enumerate(x.shape) if d > 1])); parts = min(3, x.shape[axis])
    if -(-x.shape[axis] // parts) * (parts - 1) >= x.shape[axis]: raise Unfit
    g.add('Split', [n], outputs=parts, axis=axis, num_outputs=parts)

@op('PadSome', special=True, weight=2)
def pad_some(g, name):
    """Some axes alone, and padding that cuts off."""
    x = g.values[n := g.pick()]; axes = some_axes(g, x)
    low = -1 if odds(g, .3) else 0
    mode = 'constant' if low < 0 else one_of(g, 'constant', 'edge')
    g.add('Pad', [n, g.weight(ints(g, low, 3, 2 * len(axes)), np.int64), '', g.weight(axes, np.int64)], mode=mode)

@op('SliceBack', special=True, weight=2)
def slice_back(g, name):
    x = g.values[n := g.pick()]; axes = some_axes(g, x)
    starts = [int(g.rng.integers(-d, d)) for d in (x.shape[a] for a in axes)]; steps = [one_of(g, 1, 2, 3, -1, -2) for _ in axes]
    ends = [2 ** 31 - 1 if s > 0 else -2 ** 31 for s in steps]
    g.add('Slice', [n] + [g.weight(v, np.int64) for v in (starts, ends, [a - x.ndim if odds(g, .3) else a for a in axes], steps)])

@op('ResizeWide', weight=3)
def resize_wide(g, name):
    """Ranks of 3 and 5, some axes alone, antialiasing, crops."""
    x = g.values[n := g.pick(lambda x: 3 <= x.ndim <= 5)]; axes = list(range(2, x.ndim))
    mode = one_of(g, 'nearest', 'linear', 'cubic') if x.ndim == 4 else one_of(g, 'nearest', 'linear')
    # The symmetric one may miss a pixel's edge by a rounding, at which nearest jumps.
    how = one_of(g, 'half_pixel', 'asymmetric', 'align_corners', *(['half_pixel_symmetric'] if mode != 'nearest' else []))
    extra = dict(mode=mode, coordinate_transformation_mode=how)
    if mode == 'nearest': extra['nearest_mode'] = one_of(g, 'floor', 'ceil')
    elif x.ndim == 4 and odds(g, .4): extra.update(antialias=1, coordinate_transformation_mode='half_pixel')
    if mode == 'cubic': extra['cubic_coeff_a'] = one_of(g, -.5, -.75); extra['exclude_outside'] = int(odds(g, .3))
    sizes = ints(g, 1, 9, len(axes))
    g.add('Resize', [n, '', '', g.weight([*x.shape[:2], *sizes], np.int64)], False, **extra)

@op('CenterCropPad')
def center(g, name):
    x = g.values[n := g.pick()]; axes = some_axes(g, x)
    g.add(name, [n, g.weight(ints(g, 1, 6, len(axes)), np.int64)], axes=axes)

@op('TopKOf', weight=2)
def top_of(g, name):
    x = g.pick(exact=True); axis = axis_of(g, g.values[x])
    count = g.weight([g.rng.integers(1, g.values[x].shape[axis] + 1)], np.int64)
    g.add('TopK', [x, count], outputs=2, axis=axis, largest=int(g.rng.integers(2)))
    indices = list(g.values)[-1]
    g.add('GatherElements', [x, indices], axis=axis)


# Logic, integers and elements.

@op('Logic', special=True, weight=3)
def logic(g, name):
    x = g.pick(exact=True); y = partner(g, g.values[x])
    g.add(one_of(g, 'Greater', 'LessOrEqual', 'Equal', 'Less'), [x, g.weight(0.)]); a = last(g)
    g.add(one_of(g, 'GreaterOrEqual', 'Less'), [x, y] if y in g.weights or y in g.exact else [x, x]); b = last(g)
    g.add(one_of(g, 'And', 'Or', 'Xor'), [a, b])
    if odds(g, .4): g.add('Not', [last(g)])
    if odds(g, .5): return g.add('Cast', [last(g)], to=FLOAT)
    z = g.pick(); g.add('Where', [last(g), z, partner(g, g.values[z])])

@op('IsNaN', 'IsInf', special=True)
def is_odd(g, name):
    x = g.pick(); g.add(name, [x])
    g.add('Where', [last(g), g.weight(.5), x])

@op('Integers', weight=3)
def integers(g, name):
    x = g.pick(exact=True); to, dtype = one_of(g, (TensorProto.INT32, np.int32), (TensorProto.INT64, np.int64))
    g.add('Cast', [x], to=to); y = last(g)
    for _ in range(g.rng.integers(1, 3)):
        kind = one_of(g, 'Add', 'Sub', 'Mul', 'Div', 'Mod', 'Max', 'Min', 'Abs', 'Neg', 'Clip', 'ReduceSum', 'ReduceMax', 'Transpose')
        if kind in ('Abs', 'Neg', 'Transpose'): g.add(kind, [y])
        elif kind == 'Clip': g.add(kind, [y, g.weight(-1, dtype), g.weight(2, dtype)])
        elif kind.startswith('Reduce'): g.add(kind, [y], keepdims=1)
        else: g.add(kind, [y, g.weight(g.rng.integers(1, 4) * one_of(g, 1, -1), dtype)])
        y = last(g)
    if odds(g, .7): g.add('Cast', [y], to=FLOAT)

@op('Mod')
def modulo(g, name):
    x = g.pick(exact=True)
    g.add(name, [x, g.weight(one_of(g, 1.5, 2., -.75))], fmod=1)

@op('Celu', 'ThresholdedRelu', 'EluOf', 'LeakyOf', 'SeluOf')
def parametric(g, name):
    kind = name.replace('Of', '').replace('Leaky', 'LeakyRelu')
    # A threshold is a jump.
    g.add(kind, [g.pick(exact=kind == 'ThresholdedRelu')], kind == 'LeakyRelu', alpha=one_of(g, .5, 1.5, 2.))

@op('Shrink')
def shrink(g, name): g.add(name, [g.pick(exact=True)], lambd=one_of(g, .5, 1.), bias=one_of(g, 0., .25))

@op('Tan', 'Sinh', 'Cosh', 'Atan', 'Asinh', 'Acos', 'Asin')
def functions_of_angles(g, name):
    low = dict(Tan=1.2, Acos=.9, Asin=.9).get(name, 9)
    g.add(name, [g.pick(lambda x: np.abs(x).max() < low)], False)

@op('ReduceL1', 'ReduceSumSquare', 'ReduceLogSum')
def reduce_more(g, name):
    x = g.values[n := g.pick(lambda x: name != 'ReduceLogSum' or x.min() > .1)]
    g.add(name, [n, g.weight(some_axes(g, x), np.int64)], name == 'ReduceL1', keepdims=int(g.rng.integers(2)))

@op('Hardmax', 'LpNormalization', 'MeanVarianceNormalization', 'GlobalPower')
def by_axis(g, name):
    x = g.values[n := g.pick(exact=name == 'Hardmax')]
    if name == 'GlobalPower': return g.add('Pow', [n, g.weight(one_of(g, 0., 1., 2.))], False)
    if name == 'Hardmax': return g.add(name, [n], axis=axis_of(g, x))
    axis = int(g.rng.integers(x.ndim))
    if name == 'LpNormalization':
        norm = (np.abs(x).sum if odds(g, .5) else np.abs(x).max)(axis)
        if np.min(norm) < .1: raise Unfit
        return g.add(name, [n], False, axis=axis, p=one_of(g, 1, 2))
    if x.ndim != 4 or np.min(x.std((0, 2, 3))) < .1: raise Unfit
    g.add(name, [n], False, axes=[0, 2, 3])

@op('Quantized', weight=3)
def quantized(g, name):
    """Quantised and back: exact, since scales are powers of two."""
    x = g.pick(exact=True); dtype = one_of(g, np.uint8, np.int8)
    axis = axis_of(g, g.values[x]) if odds(g, .4) else None
    dims = [] if axis is None else [g.values[x].shape[axis]]
    scale = g.weight(np.broadcast_to(np.asarray(2. ** g.rng.integers(-4, 1, dims)), dims)); zero = g.weight(g.rng.integers(0, 20, dims), dtype)
    extra = {} if axis is None else dict(axis=axis)
    g.add('QuantizeLinear', [x, scale, zero], **extra)
    g.add('DequantizeLinear', [last(g), scale, zero], **extra)

@op('GroupNormPieces', weight=2)
def group_norm(g, name):
    """Group normalisation as PyTorch writes it: reshaped, normalised by instance, shaped back, scaled."""
    x = g.values[n := g.pick(lambda x: x.ndim == 4 and x.shape[1] % 2 == 0 and x[0, 0].size > 1)]
    g.add('Reshape', [n, g.weight([0, 2, -1], np.int64)])
    g.add('InstanceNormalization', [last(g), g.weight([1, 1]), g.weight([0, 0])], False, epsilon=.1)
    g.add('Shape', [n]); shape = last(g); flat = list(g.values)[-2]
    g.add('Reshape', [flat, shape], False)
    g.add('Mul', [last(g), g.weight(grid(g.rng, [x.shape[1], 1, 1]))], False); g.add('Add', [last(g), g.weight(grid(g.rng, [x.shape[1], 1, 1]))], False)

@op('NormPieces', weight=3)
def norm_pieces(g, name):
    """Layer normalisation or RMS normalisation written out."""
    x = g.values[n := g.pick(lambda x: x.shape[-1] > 1)]; axes = [-1] if odds(g, .7) or x.ndim < 2 else [1]
    mean_of = lambda v: g.add('ReduceMean', [v, g.weight(axes, np.int64)], False)
    y = n
    if odds(g, .6): mean_of(n); g.add('Sub', [n, last(g)], False); y = last(g)
    if odds(g, .5): g.add('Pow', [y, g.weight(2.)], False)
    else: g.add('Mul', [y, y], False)
    mean_of(last(g)); g.add('Add', [last(g), g.weight(.1)], False); g.add('Sqrt', [last(g)], False)
    if odds(g, .5): g.add('Div', [y, last(g)], False)
    else: g.add('Reciprocal', [last(g)], False); g.add('Mul', [y, last(g)], False)
    if odds(g, .7): g.add('Mul', [last(g), g.weight(grid(g.rng, [x.shape[-1]]))], False)
    if odds(g, .5): g.add('Add', [last(g), g.weight(grid(g.rng, [x.shape[-1]]))], False)

@op('GatePieces', weight=3)
def gate_pieces(g, name):
    """SiLU, hard swish and squeeze-and-excitation written out."""
    x = g.values[n := g.pick()]; kind = g.rng.integers(3)
    if kind == 0: g.add('Sigmoid', [n], False)
    elif kind == 1: g.add('Add', [n, g.weight(3.)]); g.add('Clip', [last(g), g.weight(0.), g.weight(6.)]); g.add('Div', [last(g), g.weight(6.)], False)
    else:
        if x.ndim != 4: raise Unfit
        g.add('GlobalAveragePool', [n], False); g.add('Conv', [last(g), g.weight(grid(g.rng, [x.shape[1], x.shape[1], 1, 1]))], False)
        g.add(one_of(g, 'Sigmoid', 'HardSigmoid'), [last(g)], False)
    pair = [n, last(g)] if odds(g, .5) else [last(g), n]
    g.add('Mul', pair, False)


# Of onnxruntime's own operators.

def own(g, kind, inputs, exact=False, **extra): g.add(kind, inputs, exact, domain='com.microsoft', **extra)

@op('FusedMatMul', 'FusedGemm', 'FusedConv', weight=2)
def fused(g, name):
    if name == 'FusedMatMul':
        x = g.values[n := g.pick(lambda x: x.ndim >= 2)]; a, b = ints(g, 0, 2, 2); k, out = x.shape[-2 if a else -1], int(g.rng.integers(1, 5))
        return own(g, name, [n, g.weight(grid(g.rng, [*x.shape[:-2], *([out, k] if b else [k, out])]))], transA=a, transB=b, alpha=one_of(g, 1., .5))
    activation = one_of(g, 'Relu', 'Sigmoid', 'Tanh', 'LeakyRelu')
    if name == 'FusedGemm':
        x = g.values[n := g.pick(lambda x: x.ndim == 2)]; out = int(g.rng.integers(1, 5))
        extra = dict(leaky_relu_alpha=.5) if activation == 'LeakyRelu' else {}
        return own(g, name, [n, g.weight(grid(g.rng, [x.shape[1], out])), g.weight(grid(g.rng, [out]))], activation=activation, **extra)
    x = g.values[n := g.pick(lambda x: x.ndim == 4)]; out = int(g.rng.integers(1, 5))
    extra = dict(activation_params=[.5]) if activation == 'LeakyRelu' else {}
    own(g, name, [n, g.weight(grid(g.rng, [out, x.shape[1], 1, 1])), g.weight(grid(g.rng, [out]))], activation=activation, **extra)

@op('Gelu', 'BiasGelu', 'FastGelu', 'QuickGelu')
def gelus(g, name):
    x = g.values[n := g.pick()]
    bias = [g.weight(grid(g.rng, x.shape[-1:]))] if name == 'BiasGelu' or (name == 'FastGelu' and odds(g, .5)) else []
    own(g, name, [n, *bias], **(dict(alpha=1.702) if name == 'QuickGelu' else {}))

@op('SkipLayerNormalization', 'SimplifiedLayerNormalization', 'SkipSimplifiedLayerNormalization')
def skip_norm(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim == 3)]; c = x.shape[-1:]
    gamma, beta = g.weight(grid(g.rng, c)), g.weight(grid(g.rng, c))
    if name == 'SimplifiedLayerNormalization': return g.add(name, [n, gamma], False, epsilon=.1, axis=-1)
    more = [beta] if name == 'SkipLayerNormalization' else []
    own(g, name, [n, g.weight(grid(g.rng, x.shape)), gamma, *more], epsilon=.1)
