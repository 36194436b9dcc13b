"""The weights of an ONNX SqueezeNet 1.1 under torchvision's names, matrices as float16, biases as float32.

    pip install onnx numpy
    python examples/assets/extract.py squeezenet1_1.onnx build/
    node examples/assets/make.mjs build/

Writes build/tensors.json (name, dtype, shape, offset and length in bytes) and build/tensors.bin.
The initializers carry no names of layers, so each is named by the order of the convolutions and checked by its shape.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper

FIRES = [(3, 64, 16, 64), (4, 128, 16, 64), (6, 128, 32, 128), (7, 256, 32, 128),
         (9, 256, 48, 192), (10, 384, 48, 192), (11, 384, 64, 256), (12, 512, 64, 256)]


def layers():
    """(name, shape of the weight) in the order in which the file computes them."""
    yield "features.0", (64, 3, 3, 3)
    for index, inputs, squeeze, expand in FIRES:
        yield f"features.{index}.squeeze", (squeeze, inputs, 1, 1)
        yield f"features.{index}.expand1x1", (expand, squeeze, 1, 1)
        yield f"features.{index}.expand3x3", (expand, squeeze, 3, 3)
    yield "classifier.1", (1000, 512, 1, 1)


def main(source, target):
    graph = onnx.load(source).graph
    data = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    convs = [node for node in graph.node if node.op_type == "Conv"]
    names = list(layers())
    assert len(convs) == len(names), f"expected {len(names)} convolutions, got {len(convs)}"
    target.mkdir(parents=True, exist_ok=True)
    entries, offset = [], 0
    with open(target / "tensors.bin", "wb") as out:
        for node, (name, shape) in zip(convs, names):
            weight, bias = (data[n] for n in node.input[1:])
            assert weight.shape == shape, f"{name}: expected {shape}, got {weight.shape}"
            assert bias.shape == shape[:1], f"{name}: expected {shape[:1]}, got {bias.shape}"
            for role, dtype, array in (("weight", "F16", weight.astype("<f2")), ("bias", "F32", bias.astype("<f4"))):
                assert np.isfinite(array).all(), f"{name}.{role}: not finite"
                raw = np.ascontiguousarray(array).tobytes()
                entries.append({"name": f"{name}.{role}", "dtype": dtype, "shape": list(array.shape),
                                "offset": offset, "length": len(raw)})
                out.write(raw)
                offset += len(raw)
    (target / "tensors.json").write_text(json.dumps(entries, indent=1))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
