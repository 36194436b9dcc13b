"""
Gradients of whole networks of torchvision in float64: writes tests/train/golden/networks.json.

    python tests/train/networks.py

Parameters are those of tests/golden/state/NAME.json, all in evaluation mode: BatchNorm by its running statistics, no dropout. The input is
the record's first, smaller; the gradient of the output is by formula as well. Of a gradient some elements are recorded, with the noise of
float32 over all of them.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "golden"))
from state import hash32, tensor  # noqa: E402

models = torchvision.models
EVERY, SAMPLES = 16, 1024

"""Builder, size of the image, the output, and the parameters whose gradients are recorded."""
NETS = {
    "convnext_tiny": (models.convnext_tiny, (64, 64), "output", [
        "features.0.0.weight", "features.0.1.weight", "features.1.1.layer_scale", "features.3.0.block.2.bias", "features.3.0.block.3.weight", "classifier.2.bias",
    ]),
    "shufflenet_v2_x1_0": (models.shufflenet_v2_x1_0, (64, 64), "output", [
        "conv1.0.weight", "stage2.0.branch1.0.weight", "stage2.1.branch2.3.weight", "stage4.3.branch2.6.weight", "conv5.0.weight",
    ]),
    "mobilenet_v3_small": (models.mobilenet_v3_small, (64, 64), "output", [
        "features.0.0.weight", "features.1.block.1.fc1.weight", "features.4.block.2.fc2.bias", "features.9.block.1.0.weight", "classifier.0.weight",
    ]),
    "lraspp_mobilenet_v3_large": (lambda: models.segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None), (50, 70), "out", [
        "backbone.0.0.weight", "backbone.15.block.1.0.weight", "classifier.scale.1.weight", "classifier.low_classifier.weight", "classifier.high_classifier.bias",
    ]),
}


def gradients(net, x, dy, output, names):
    x = x.clone().requires_grad_()
    y = net(x)
    y = y if isinstance(y, torch.Tensor) else y[output]
    params = dict(net.named_parameters())
    return dict(zip(["x", *names], torch.autograd.grad((y * dy).sum(), [x, *(params[name] for name in names)])))


def record(name, exact, single):
    values = exact.double().numpy().reshape(-1)
    at = {"sample": name} if values.size > SAMPLES else {}
    picked = values[hash32(f"sample:{name}", SAMPLES) % np.uint32(values.size)] if at else values
    return {
        "name": f"d.{name}", "shape": list(exact.shape), "noise": float(f"{(exact - single.double()).abs().max().item():.3g}"),
        "largest": float(f"{np.abs(values).max():.6g}"), **at, "every": EVERY, "values": [float(f"{value:.9g}") for value in picked[::EVERY]],
    }


def case(name, make, size, output, names):
    net = make().eval()
    params = json.loads((HERE.parent / "golden/state" / f"{name}.json").read_text())["params"]
    net.load_state_dict({key: tensor(key, tuple(shape), offset, scale) for key, shape, offset, scale in params})
    shape = [1, 3, *size]
    x = tensor("input:input", shape, 0.0, 1.0)
    outputs = net(x)
    out = (outputs if isinstance(outputs, torch.Tensor) else outputs[output]).shape
    dy = tensor("grad:output", list(out), 0.0, 1.0)
    single = gradients(net, x, dy, output, names)
    exact = gradients(net.double(), x.double(), dy.double(), output, names)
    return {"name": name, "shape": shape, "output": output, "upstream": list(out), "expected": [record(key, exact[key], single[key]) for key in exact]}


rows = ",\n".join(json.dumps(case(name, *net), separators=(",", ":")) for name, net in NETS.items())
(HERE / "golden/networks.json").write_text(f"[\n{rows}\n]\n")
