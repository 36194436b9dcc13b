"""Rewrites three kinds of operators of an ONNX model that `receptive convert` has no form for, without a change of its numbers.

    pip install onnx numpy
    python examples/assets/simplify.py nanodet.onnx build/nanodet.onnx

- A Split of the channels of a convolution (with the transposed sum of its bias between them) becomes one convolution for each part.
- A Reshape of [1, C, H, W] to [1, C, H * W] with a Transpose to [1, H * W, C] after it becomes a Transpose with a Reshape after it.
- A ConvTranspose that says output_shape, where its stride and kernel alone give that shape, says it no longer.
"""

import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

TO_LAST, TO_FIRST = [0, 2, 3, 1], [0, 3, 1, 2]


def attributes(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


class Rewriter:
    def __init__(self, graph):
        self.graph = graph
        self.data = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
        self.producer = {name: node for node in graph.node for name in node.output}

    def constant(self, name, array):
        self.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def source(self, node, kind, at=0):
        found = self.producer[node.input[at]]
        assert found.op_type == kind, f"{node.name}: expected {kind} before it, got {found.op_type}"
        return found

    def split(self, node):
        """Split(Transpose(Add(Transpose(Conv(x)), bias))) as a list of convolutions."""
        assert attributes(node)["axis"] == 1
        back = self.source(node, "Transpose")
        add = self.source(back, "Add")
        there = self.source(add, "Transpose")
        conv = self.source(there, "Conv")
        assert attributes(back)["perm"] == TO_FIRST and attributes(there)["perm"] == TO_LAST and len(conv.input) == 2
        weight, bias = self.data[conv.input[1]], self.data[add.input[1]]
        parts, start = [], 0
        for size, output in zip(self.data[node.input[1]], node.output):
            end = start + int(size)
            names = [self.constant(f"{output}.weight", weight[start:end]), self.constant(f"{output}.bias", bias[start:end])]
            parts.append(helper.make_node("Conv", [conv.input[0], *names], [output], f"{output}.conv", **attributes(conv)))
            start = end
        assert start == len(weight)
        return parts

    def transposed(self, node):
        """A ConvTranspose whose kernel is as large as its stride, so that nothing overlaps and nothing is cut."""
        said = attributes(node)
        assert list(self.data[node.input[1]].shape[2:]) == list(said["strides"]) and not any(said.get("pads", []))
        kept = {key: value for key, value in said.items() if key not in ("auto_pad", "output_shape")}
        return [helper.make_node("ConvTranspose", list(node.input), list(node.output), node.name, **kept)]

    def cells(self, node):
        """Transpose(Reshape(map)) as Reshape(Transpose(map)): pixels lie as they do, and neither has to move them twice."""
        reshape = self.source(node, "Reshape")
        one, channels, size = (int(n) for n in self.data[reshape.input[1]])
        assert one == 1 and channels > 0 and size == -1
        name = node.output[0]
        last, shape = f"{name}.last", self.constant(f"{name}.shape", np.array([1, -1, channels], np.int64))
        return [helper.make_node("Transpose", [reshape.input[0]], [last], last, perm=TO_LAST),
                helper.make_node("Reshape", [last, shape], list(node.output), name)]

    def rewritten(self, node):
        if node.op_type == "Split":
            return self.split(node)
        if node.op_type == "Transpose" and attributes(node)["perm"] == [0, 2, 1]:
            return self.cells(node)
        if node.op_type == "ConvTranspose" and "output_shape" in attributes(node):
            return self.transposed(node)
        return [node]

    def run(self):
        nodes = [new for node in self.graph.node for new in self.rewritten(node)]
        del self.graph.node[:]
        self.graph.node.extend(live(nodes, {o.name for o in self.graph.output}))
        used = {name for node in self.graph.node for name in node.input}
        kept = [t for t in self.graph.initializer if t.name in used]
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)


def live(nodes, wanted):
    """The nodes that what is wanted depends on, in their order."""
    kept = []
    for node in reversed(nodes):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(node.input)
    return reversed(kept)


def main(source, target):
    model = onnx.load(source)
    Rewriter(model.graph).run()
    onnx.save(model, target)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
