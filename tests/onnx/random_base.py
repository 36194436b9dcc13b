"""What random_graphs.py and random_operators.py share: a graph that grows, and the list of operators that it grows by."""
import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

ort.set_default_logger_severity(4)
OPSETS = [18, 19, 20, 21]
OPTIONS = ort.SessionOptions()
OPTIONS.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
OPTIONS.intra_op_num_threads = OPTIONS.inter_op_num_threads = 1
LARGEST = 1e4


class Graph:
    """Nodes so far, their values, and which of those are exact."""

    def __init__(self, rng, special):
        self.rng, self.special = rng, special
        self.inputs, self.weights, self.nodes, self.values, self.exact, self.functions = {}, {}, [], {}, set(), []
        self.open, self.opset = rng.random() < .25, int(rng.choice(OPSETS))
        for i in range(rng.integers(1, 3)):
            x = grid(rng, shape(rng, rng.integers(1, 6)))
            if special:
                holes = rng.random(x.shape)
                x[holes < .15] = np.nan
                x[(holes > .9) & (holes < .95)] = np.inf
                x[holes > .95] = -np.inf
            self.inputs[f'x{i}'] = self.values[f'x{i}'] = x
            self.exact.add(f'x{i}')

    def weight(self, array, dtype=np.float32):
        name = f'w{len(self.weights)}_{len(self.nodes)}'
        self.weights[name] = np.asarray(array, dtype)
        return name

    def pick(self, test=lambda x: True, exact=False, dtype=np.float32):
        """A value, one of the latest rather."""
        fit = [name for name, x in self.values.items() if x.dtype == dtype and test(x) and (not exact or name in self.exact)]
        if not fit: raise Unfit
        return fit[-1] if self.rng.random() < .7 else str(self.rng.choice(fit))

    def add(self, op, inputs, exact=True, outputs=1, **attributes):
        names = [f'v{len(self.nodes)}_{i}' for i in range(outputs)]
        node = helper.make_node(op, inputs, names, **attributes)
        grown = self.run(self.nodes + [node], names)
        # Of a Clip without a bound infinity is the largest float: whether a sum of those overflows hangs on the order of its terms.
        small = all(x.dtype != np.float32 or np.abs(x[np.isfinite(x)]).max(initial=0) < LARGEST for x in grown)
        whole = self.special or all(x.dtype != np.float32 or np.isfinite(x).all() for x in grown)
        fine = small and whole and all(x.size and x.size < 5000 and x.ndim <= 6 for x in grown)
        if not fine: raise Unfit
        self.nodes.append(node)
        self.values.update(zip(names, grown))
        if exact and all(i in self.exact or i in self.weights or i == '' for i in inputs): self.exact.update(names)

    def model(self, nodes, outputs):
        ports = [helper.make_tensor_value_info(n, TensorProto.FLOAT, self.declared(n, x)) for n, x in self.inputs.items()]
        results = [helper.make_empty_tensor_value_info(n) for n in outputs]
        weights = [numpy_helper.from_array(x, n) for n, x in self.weights.items()]
        graph = helper.make_graph(nodes, 'random', ports, results, weights)
        opsets = [helper.make_opsetid('', self.opset), helper.make_opsetid('com.microsoft', 1), helper.make_opsetid('local', 1)]
        return helper.make_model(graph, opset_imports=opsets, functions=self.functions, ir_version=9).SerializeToString()

    def declared(self, name, x):
        """Dimensions as the model states them: some graphs leave every one open."""
        return [f'{name}_{i}' for i in range(x.ndim)] if self.open else x.shape

    def run(self, nodes, outputs):
        try:
            return ort.InferenceSession(self.model(nodes, outputs), OPTIONS, providers=['CPUExecutionProvider']).run(outputs, self.inputs)
        except Exception as error:
            raise Unfit from error


class Unfit(Exception):
    """The operator does not fit the values there are."""


def shape(rng, rank):
    return tuple(int(d) for d in rng.choice([1, 2, 3, 4, 5, 7, 9], rank, p=[.2, .2, .2, .15, .1, .1, .05]))

def grid(rng, dims):
    return (rng.integers(-12, 13, dims) / 4).astype(np.float32)

def partner(g, x):
    """Something that broadcasts with x: a value or a constant, of its shape or with some dimensions of 1 or left out."""
    if g.rng.random() < .3: return g.pick()
    dims = [d if g.rng.random() < .6 else 1 for d in x.shape][g.rng.integers(0, x.ndim + 1):]
    return g.weight(grid(g.rng, dims))

def axis_of(g, x):
    axis = int(g.rng.integers(x.ndim))
    return axis - x.ndim if g.rng.random() < .3 else axis

def some_axes(g, x):
    return sorted(int(a) for a in g.rng.choice(x.ndim, g.rng.integers(1, x.ndim + 1), replace=False))

OPS, SPECIAL = {}, set()

def op(*names, special=False, weight=1):
    def register(make):
        for name in names:
            OPS[name] = make, weight
            if special: SPECIAL.add(name)
        return make
    return register

def last(g): return list(g.values)[-1]
