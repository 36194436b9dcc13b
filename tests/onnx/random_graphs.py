"""Random ONNX graphs of 1 to 6 nodes with the answers of onnxruntime, for random-graphs.mjs.

    pip install numpy onnx onnxruntime
    python tests/onnx/random_graphs.py OUT.jsonl [--count 5000] [--seed 1]
    node tests/onnx/random-graphs.mjs OUT.jsonl [--variant simd] [--unoptimized]

Each line is one graph: its model, its inputs and the expected outputs, all in base64. Ranks are 1 to 5. A node is added where
onnxruntime computes it without an error; its optimisations are off, so that each operator answers for itself.

Numbers are multiples of 1/4, so that sums and products are exact. A value is `exact` as long as only such operators made it:
Floor, comparisons and the like read exact values alone, since a jump would make a difference of one rounding visible. One graph in
six has NaN and infinities in its inputs and is made of the operators in SPECIAL: of the others onnxruntime loses NaN by its own
choice of instructions (max pooling, reductions by Max), or an algorithm may spread them (Winograd's tiles).
"""
import argparse, base64, json
import numpy as np
from onnx import TensorProto, helper, numpy_helper
from random_base import OPS, SPECIAL, Graph, Unfit, axis_of, grid, last, op, partner, some_axes
import random_operators  # noqa: F401 (registers further operators)


@op('Relu', 'Neg', 'Abs', 'Identity', special=True)
def exact_unary(g, name): g.add(name, [g.pick()])

@op('Sigmoid', 'LeakyRelu', special=True)
@op('Tanh', 'Exp', 'Softplus', 'Erf', 'Elu', 'Selu', 'HardSwish', 'Softsign', 'Gelu2', 'Sin', 'Cos', 'Mish')
def unary(g, name):
    if name == 'Gelu2':
        x = g.pick()
        half = g.weight(.5); one = g.weight(1.); root = g.weight(np.sqrt(2))
        g.add('Div', [x, root], False); g.add('Erf', [last(g)], False); g.add('Add', [last(g), one], False)
        g.add('Mul', [x, last(g)], False); return g.add('Mul', [last(g), half], False)
    g.add(name, [g.pick()], False)

@op('Floor', 'Ceil', 'Round', 'Sign')
def jump(g, name): g.add(name, [g.pick(exact=True)])

@op('HardSigmoid', special=True, weight=3)
def hard_sigmoid(g, name):
    extra = [{}, dict(alpha=.25, beta=.5), dict(alpha=1 / 6, beta=.5)][g.rng.integers(3)]
    g.add(name, [g.pick()], extra.get('alpha') == .25, **extra)

@op('Clip', special=True, weight=3)
def clip(g, name):
    low, high = sorted(g.rng.integers(-8, 9, 2) / 4)
    bounds = [[g.weight(low), g.weight(high)], [g.weight(low)], ['', g.weight(high)], [g.weight(0.), g.weight(6.)]]
    g.add(name, [g.pick(), *bounds[g.rng.integers(4)]])

@op('Add', 'Sub', 'Mul', 'Div', special=True, weight=3)
def arithmetic(g, name):
    x = g.pick(); y = partner(g, g.values[x])
    pair = [x, y] if g.rng.random() < .75 else [y, x]
    g.add(name, pair, name != 'Div')
    if name == 'Div' and all(i in g.exact or i in g.weights for i in pair) and g.rng.random() < .5: g.add('Floor', [last(g)])

@op('Min', 'Max', special=True, weight=2)
@op('Sum', 'Mean')
def variadic(g, name):
    x = g.pick()
    g.add(name, [x] + [partner(g, g.values[x]) for _ in range(g.rng.integers(1, 3))], name != 'Mean')

@op('Pow')
def power(g, name): g.add(name, [g.pick(), g.weight(g.rng.choice([2., 3.]))], False)

@op('Sqrt', 'Log', 'Reciprocal')
def positive(g, name): g.add(name, [g.pick(lambda x: x.min() > .1)], False)

@op('PRelu', special=True)
def prelu(g, name):
    x = g.values[g.pick()]; name_x = next(n for n, v in g.values.items() if v is x)
    slope = [[], [1], list(x.shape[-1:]), [d if i == 1 else 1 for i, d in enumerate(x.shape)][1:] or [1]][g.rng.integers(4)]
    g.add(name, [name_x, g.weight(grid(g.rng, slope))])

@op('Where', special=True)
def where(g, name):
    x = g.pick(exact=True); y = g.pick()
    g.add('Greater', [x, g.weight(0.)])
    g.add(name, [last(g), y, partner(g, g.values[y])])

@op('Equal', 'Less', 'GreaterOrEqual')
def compare(g, name):
    x = g.pick(exact=True)
    g.add(name, [x, g.weight(grid(g.rng, g.values[x].shape[-1:]))])
    g.add('Cast', [last(g)], to=TensorProto.FLOAT)

@op('Cast')
def cast(g, name):
    x = g.pick(exact=True); to = g.rng.choice([TensorProto.INT32, TensorProto.INT64, TensorProto.FLOAT16, TensorProto.DOUBLE])
    g.add(name, [x], to=int(to))
    if g.rng.random() < .5: g.add('Mul', [last(g), last(g)])
    g.add(name, [last(g)], to=TensorProto.FLOAT)

@op('Conv', weight=6)
def conv(g, name):
    x = g.values[n := g.pick(lambda x: 3 <= x.ndim <= 5)]
    spatial = x.ndim - 2; c = x.shape[1]
    groups = int(g.rng.choice([d for d in (1, c) if c % d == 0])); out = groups * int(g.rng.integers(1, 5))
    kernel = [int(k) for k in g.rng.choice([1, 2, 3, 5], spatial, p=[.3, .15, .45, .1])]
    inputs = [n, g.weight(grid(g.rng, [out, c // groups, *kernel]) / 4)]
    if g.rng.random() < .6: inputs.append(g.weight(grid(g.rng, [out])))
    extra = dict(group=groups, strides=[int(s) for s in g.rng.choice([1, 2], spatial, p=[.7, .3])])
    if g.rng.random() < .2: extra['auto_pad'] = str(g.rng.choice(['SAME_UPPER', 'SAME_LOWER', 'VALID']))
    else: extra.update(pads=[int(p) for p in g.rng.integers(0, 3, 2 * spatial)], dilations=[int(d) for d in g.rng.choice([1, 2], spatial, p=[.8, .2])])
    g.add(name, inputs, False, **extra)

@op('Conv1', special=True)
def pointwise(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim == 4)]
    g.add('Conv', [n, g.weight(grid(g.rng, [int(g.rng.integers(1, 6)), x.shape[1], 1, 1]))], False)

@op('ConvTranspose', weight=2)
def conv_transpose(g, name):
    x = g.values[n := g.pick(lambda x: 3 <= x.ndim <= 4)]
    spatial = x.ndim - 2; strides = [int(s) for s in g.rng.integers(1, 3, spatial)]
    kernel = [int(k) for k in g.rng.integers(1, 4, spatial)]
    extra = dict(output_padding=[int(g.rng.integers(0, s)) for s in strides]) if g.rng.random() < .3 else {}
    pads = [int(p) for p in g.rng.integers(0, 2, 2 * spatial)]
    g.add(name, [n, g.weight(grid(g.rng, [x.shape[1], int(g.rng.integers(1, 4)), *kernel]) / 4)], False, strides=strides, pads=pads, **extra)

@op('MaxPool', 'AveragePool', weight=3)
def pool(g, name):
    x = g.values[n := g.pick(lambda x: 3 <= x.ndim <= 5)]
    spatial = x.ndim - 2
    kernel = [int(k) for k in g.rng.integers(1, 4, spatial)]
    extra = dict(kernel_shape=kernel, strides=[int(s) for s in g.rng.integers(1, 3, spatial)])
    if g.rng.random() < .6: extra['pads'] = [int(g.rng.integers(0, k)) for k in kernel * 2]
    if g.rng.random() < .3: extra['ceil_mode'] = 1
    if name == 'AveragePool': extra['count_include_pad'] = int(g.rng.integers(2))
    # (1 - 2) / 2 rounds down to -1, which leaves no window; onnxruntime cuts it off to 0 and gives one.
    pads = extra.get('pads', [0] * 2 * spatial)
    narrow = any(k > d + pads[i] + pads[spatial + i] for i, (k, d) in enumerate(zip(kernel, x.shape[2:])))
    if narrow and not extra.get('ceil_mode'): raise Unfit
    g.add(name, [n], name == 'MaxPool', **extra)

@op('GlobalAveragePool', 'GlobalMaxPool')
def global_pool(g, name): g.add(name, [g.pick(lambda x: x.ndim >= 3)], name == 'GlobalMaxPool')

@op('Gemm', special=True, weight=5)
def gemm(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim == 2)]
    a, b = int(g.rng.integers(2)), int(g.rng.integers(2)); m, k = x.shape[::-1] if a else x.shape; out = int(g.rng.integers(1, 6))
    inputs = [n, g.weight(grid(g.rng, [out, k] if b else [k, out]))]
    bias = [None, [], [1], [out], [1, out], [m, 1], [m, out]][g.rng.integers(7)]
    if bias is not None: inputs.append(g.weight(grid(g.rng, bias)))
    extra = dict(alpha=.5, beta=2.) if g.rng.random() < .2 else {}
    g.add(name, inputs, transA=a if g.rng.random() < .3 or a else 0, transB=b, **extra)

@op('MatMul', special=True, weight=6)
def matmul(g, name):
    x = g.values[n := g.pick()]
    if g.rng.random() < .15: return g.add(name, [n, g.pick()])
    k, out = x.shape[-1], int(g.rng.integers(1, 6))
    dims = [[k, out], [k, out], [k, out], [k], [*x.shape[:-2], k, out]][g.rng.integers(5)]
    g.add(name, [n, g.weight(grid(g.rng, dims))])
    if g.rng.random() < .4: g.add('Add', [last(g), g.weight(grid(g.rng, g.values[last(g)].shape[-1:]))])

@op('ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceL2', 'ReduceProd', 'ReduceLogSumExp')
def reduce(g, name):
    x = g.values[n := g.pick()]
    extra = dict(keepdims=int(g.rng.integers(2)))
    axes = some_axes(g, x)
    if g.rng.random() < .3 and x.ndim == 4: axes = [2, 3]
    inputs = [n, g.weight(axes, np.int64)] if g.rng.random() < .9 else [n]
    g.add(name, inputs, name in ('ReduceSum', 'ReduceMax', 'ReduceMin'), **extra)

@op('ArgMax', 'ArgMin')
def arg(g, name):
    x = g.pick(exact=True)
    g.add(name, [x], axis=axis_of(g, g.values[x]), keepdims=int(g.rng.integers(2)))
    g.add('Cast', [last(g)], to=TensorProto.FLOAT)

@op('TopK')
def top(g, name):
    x = g.pick(exact=True); axis = axis_of(g, g.values[x])
    g.add(name, [x, g.weight([g.rng.integers(1, g.values[x].shape[axis] + 1)], np.int64)], outputs=2, axis=axis)

@op('Reshape', special=True, weight=4)
def reshape(g, name):
    x = g.values[n := g.pick()]
    size, dims = x.size, []
    for _ in range(g.rng.integers(1, 5)):
        d = int(g.rng.choice([d for d in range(1, 13) if size % d == 0])); dims.append(d); size //= d
    dims.insert(int(g.rng.integers(len(dims) + 1)), -1 if g.rng.random() < .5 else size)
    g.add(name, [n, g.weight(dims, np.int64)])

@op('Transpose', special=True, weight=5)
def transpose(g, name):
    x = g.values[n := g.pick()]
    perm = [int(p) for p in g.rng.permutation(x.ndim)]
    if x.ndim == 4 and g.rng.random() < .5: perm = [[0, 2, 3, 1], [0, 3, 1, 2]][g.rng.integers(2)]
    g.add(name, [n], perm=perm)

@op('Flatten', special=True, weight=2)
def flatten(g, name):
    x = g.values[n := g.pick()]
    g.add(name, [n], axis=int(g.rng.integers(-x.ndim, x.ndim + 1)))

@op('Squeeze', special=True)
def squeeze(g, name):
    x = g.values[n := g.pick(lambda x: 1 in x.shape)]
    axes = [i for i, d in enumerate(x.shape) if d == 1]
    g.add(name, [n, g.weight([axes[g.rng.integers(len(axes))]], np.int64)] if g.rng.random() < .8 else [n])

@op('Unsqueeze', special=True, weight=2)
def unsqueeze(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim < 5)]
    g.add(name, [n, g.weight([g.rng.integers(-x.ndim - 1, x.ndim + 1)], np.int64)])

@op('Slice', special=True, weight=2)
def cut(g, name):
    x = g.values[n := g.pick()]
    axes = some_axes(g, x); steps = g.rng.choice([1, 1, 2, -1], len(axes))
    starts = [int(g.rng.integers(x.shape[a])) if s > 0 else -1 for a, s in zip(axes, steps)]
    ends = [2 ** 31 if s > 0 else -2 ** 31 for s in steps]
    g.add(name, [n] + [g.weight(v, np.int64) for v in (starts, ends, axes, steps)])

@op('Concat', special=True, weight=4)
def concat(g, name):
    x = g.values[n := g.pick()]; axis = axis_of(g, x)
    rest = lambda d: d[:axis % x.ndim] + d[axis % x.ndim + 1:]
    fit = [m for m, v in g.values.items() if v.dtype == np.float32 and v.ndim == x.ndim and rest(v.shape) == rest(x.shape)]
    more = [str(g.rng.choice(fit)) for _ in range(g.rng.integers(1, 3))]
    if g.rng.random() < .3: more.append(g.weight(grid(g.rng, x.shape)))
    g.add(name, [n, *more], axis=axis)

@op('Split', special=True)
def split(g, name):
    x = g.values[n := g.pick(lambda x: max(x.shape) > 1)]
    axis = int(g.rng.choice([i for i, d in enumerate(x.shape) if d > 1])); first = int(g.rng.integers(1, x.shape[axis]))
    g.add(name, [n, g.weight([first, x.shape[axis] - first], np.int64)], outputs=2, axis=axis)

@op('Pad', special=True, weight=3)
def pad(g, name):
    x = g.values[n := g.pick()]
    mode = str(g.rng.choice(['constant', 'constant', 'edge', 'reflect']))
    inputs = [n, g.weight(g.rng.integers(0, 3, 2 * x.ndim) * (g.rng.random(2 * x.ndim) < .5), np.int64)]
    if mode == 'constant' and g.rng.random() < .5: inputs.append(g.weight(1.5))
    g.add(name, inputs, mode=mode)

@op('Resize', weight=3)
def resize(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim == 4)]
    mode = str(g.rng.choice(['nearest', 'linear', 'cubic'])); how = str(g.rng.choice(['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel']))
    extra = dict(nearest_mode=str(g.rng.choice(['floor', 'round_prefer_floor', 'ceil']))) if mode == 'nearest' else {}
    if g.rng.random() < .5:
        scales = g.rng.choice([1., 2., 3., .5], 2)
        # The definition aligns the corners by the length that is asked for, though it be 3.5; onnxruntime rounds it first.
        if how == 'align_corners' and any((scales * x.shape[2:]) % 1): raise Unfit
        inputs = [n, '', g.weight([1, 1, *scales])]
    else: inputs = [n, '', '', g.weight([*x.shape[:2], *g.rng.integers(1, 9, 2)], np.int64)]
    g.add(name, inputs, False, mode=mode, coordinate_transformation_mode=how, **extra)

@op('Gather', special=True, weight=2)
def gather(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim < 5)]; axis = axis_of(g, x)
    dims = [[], [2], [2, 2]][g.rng.integers(3)]
    g.add(name, [n, g.weight(g.rng.integers(-x.shape[axis], x.shape[axis], dims), np.int64)], axis=axis)

@op('Softmax', special=True, weight=3)
@op('LogSoftmax')
def softmax(g, name):
    x = g.values[n := g.pick()]
    g.add(name, [n], False, axis=axis_of(g, x))

@op('BatchNormalization', weight=3)
def batch_norm(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim >= 2)]; c = x.shape[1]
    g.add(name, [n, *(g.weight(grid(g.rng, [c])) for _ in range(3)), g.weight(np.abs(grid(g.rng, [c])) + .5)], False)

@op('InstanceNormalization')
def instance_norm(g, name):
    x = g.values[n := g.pick(lambda x: x.ndim >= 3 and np.prod(x.shape[2:]) > 1)]; c = x.shape[1]
    g.add(name, [n, g.weight(grid(g.rng, [c])), g.weight(grid(g.rng, [c]))], False, epsilon=.1)

@op('LayerNormalization', weight=3)
def layer_norm(g, name):
    x = g.values[n := g.pick()]; axis = axis_of(g, x) if g.rng.random() < .3 else -1
    dims = x.shape[axis:]
    g.add(name, [n, g.weight(grid(g.rng, dims)), g.weight(grid(g.rng, dims))][:g.rng.integers(2, 4)], False, axis=axis, epsilon=.1)

@op('LRN')
def lrn(g, name): g.add(name, [g.pick(lambda x: x.ndim == 4)], False, size=int(g.rng.integers(1, 6)), alpha=.1)

@op('Expand', special=True)
def expand(g, name):
    x = g.values[n := g.pick()]
    g.add(name, [n, g.weight([d if d > 1 else int(g.rng.integers(1, 4)) for d in x.shape], np.int64)])

@op('Tile', special=True)
def tile(g, name):
    x = g.values[n := g.pick()]
    g.add(name, [n, g.weight(g.rng.integers(1, 3, x.ndim), np.int64)])

@op('DepthToSpace', 'SpaceToDepth')
def depth(g, name):
    fits = (lambda x: x.ndim == 4 and x.shape[1] % 4 == 0) if name == 'DepthToSpace' else (lambda x: x.ndim == 4 and x.shape[2] % 2 == 0 and x.shape[3] % 2 == 0)
    g.add(name, [g.pick(fits)], blocksize=2, **({'mode': str(g.rng.choice(['DCR', 'CRD']))} if name == 'DepthToSpace' else {}))

@op('CumSum')
def cumulate(g, name):
    x = g.values[n := g.pick()]
    g.add(name, [n, g.weight(axis_of(g, x), np.int64)], exclusive=int(g.rng.integers(2)), reverse=int(g.rng.integers(2)))

@op('If', weight=5)
def branches(g, name):
    """Both branches name their weight `w` and their result `r`; the condition is constant, of a shape, or of numbers."""
    x = g.values[n := g.pick()]
    kind = g.rng.integers(3)
    def branch():
        op_type = str(g.rng.choice(['Mul', 'Add', 'MatMul', 'Sub']))
        w = grid(g.rng, [x.shape[-1], x.shape[-1]] if op_type == 'MatMul' else x.shape[-1:])
        nodes = [helper.make_node(op_type, [n, 'w'], ['r']), helper.make_node('Relu', ['r'], ['s'])]
        return helper.make_graph(nodes, 'branch', [], [helper.make_empty_tensor_value_info('s')], [numpy_helper.from_array(w, 'w')])
    if kind == 0: condition = g.weight(g.rng.integers(2), bool)
    elif kind == 1:
        g.add('Size', [n]); g.add('Greater', [last(g), g.weight(12, np.int64)]); condition = last(g)
    else:
        y = g.pick(exact=True); g.add('ReduceSum', [y], keepdims=0); g.add('Greater', [last(g), g.weight(0.)]); condition = last(g)
    g.add(name, [condition], then_branch=branch(), else_branch=branch())


def build(rng):
    g = Graph(rng, rng.random() < 1 / 6)
    names = [n for n in OPS if not g.special or n in SPECIAL]
    chances = np.array([OPS[n][1] for n in names], float); chances /= chances.sum()
    wanted = rng.integers(1, 7)
    for _ in range(8 * wanted):
        if len(g.nodes) >= wanted: break
        name = str(rng.choice(names, p=chances))
        try: OPS[name][0](g, name)
        # A rank of 0 or nothing to choose from.
        except (Unfit, IndexError, ValueError): pass
    return g


def coded(x):
    # Half floats never reach outputs.
    return dict(dtype=str(x.dtype), shape=list(x.shape), data=base64.b64encode(np.ascontiguousarray(x).tobytes()).decode())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('out'); parser.add_argument('--count', type=int, default=5000); parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    with open(options.out, 'w') as out:
        written, seed = 0, options.seed * 10 ** 6
        while written < options.count:
            seed += 1
            g = build(np.random.default_rng(seed))
            if not g.nodes: continue
            read = {i for node in g.nodes for i in node.input}
            made = [o for node in g.nodes for o in node.output]
            # What nothing reads, and sometimes what lies between, which then may not be fused away.
            keep = [o for o in made if (o not in read or g.rng.random() < .15) and g.values[o].dtype in (np.float32, np.int64, np.int32, bool)]
            if not keep: continue
            answers = g.run(g.nodes, keep)
            line = dict(seed=seed, ops=[n.op_type for n in g.nodes], model=base64.b64encode(g.model(g.nodes, keep)).decode(),
                        inputs={n: coded(x) for n, x in g.inputs.items()}, outputs={n: coded(x) for n, x in zip(keep, answers)})
            out.write(json.dumps(line) + '\n')
            written += 1


if __name__ == '__main__': main()
