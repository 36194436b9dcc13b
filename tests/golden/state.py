"""
Records of networks of torchvision, as those of tests/golden/state: parameters by formula, outputs and activations of PyTorch in float64.

    python tests/golden/state.py [NAME...]

writes tests/golden/state/NAME.json for the networks of NETS, which have no record from elsewhere.

A parameter is `offset + scale * u`, u in [-1, 1) by the hash of its name and the index (tests/golden/formula.ts). The scale of a convolution
or linear layer is calibrated: in the order of execution its output without bias has root mean square 1 on the first input.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision

STATE = Path(__file__).parent / "state"

"""By name, the modules whose outputs are recorded."""
NETS = {
    "mnasnet1_0": ["layers.7", "layers.9", "layers.11", "layers.16"],
    "mobilenet_v3_small": ["features.0", "features.1", "features.6", "features.12"],
    "regnet_y_400mf": ["stem", "trunk_output.block1", "trunk_output.block3", "trunk_output.block4.block4-5.f.se"],
}

"""
Detectors without their transform: the modules whose outputs are recorded beside what the heads say, the size of the image, strides of the
maps, what scores are, and the least score of the boxes that are recorded for an image of bytes.
"""
DETECTORS = {
    "ssdlite320_mobilenet_v3_large": {
        "modules": ["backbone.features.0", "backbone.features.1", "backbone.extra.0", "backbone.extra.3"],
        "size": (320, 320), "cells": [(side, side) for side in (20, 10, 5, 3, 2, 1)], "scores": "softmax", "detected": 0.25,
    },
    "retinanet_resnet50_fpn": {
        "modules": ["backbone.body.layer2", "backbone.fpn.layer_blocks.0", "backbone.fpn.extra_blocks.p6", "backbone.fpn.extra_blocks.p7"],
        "size": (128, 256), "cells": [(128 // stride, 256 // stride) for stride in (8, 16, 32, 64, 128)], "scores": "sigmoid", "detected": 0.98,
    },
}

SHAPES = [(1, 3, 224, 224), (2, 3, 160, 224)]
CALIBRATED = (torch.nn.Conv2d, torch.nn.Linear)
WHOLE, SAMPLES = 4096, 1024


def hash32(name, count):
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = np.uint32(seed) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def tensor(name, shape, offset, scale):
    count = int(np.prod(shape, dtype=np.int64))
    values = hash32(name, count).astype(np.float64) * 2.0**-31 - 1.0
    return torch.from_numpy((values * scale + offset).astype(np.float32).reshape(shape))


def default(name, shape):
    last = name.rsplit(".", 1)[-1]
    if len(shape) >= 2:
        return 0.0, float(np.sqrt(3.0 / np.prod(shape[1:])))
    known = {"num_batches_tracked": (0.0, 0.0), "running_var": (1.15, 0.15), "running_mean": (0.0, 0.05), "weight": (1.0, 0.1)}
    return known.get(last, (0.0, 0.1))


def fill(net):
    """Offset and scale of each entry of the state dict, before calibration; the network holds the numbers."""
    params = {name: default(name, value.shape) for name, value in net.state_dict().items()}
    with torch.no_grad():
        for name, value in net.state_dict().items():
            value.copy_(tensor(name, tuple(value.shape), *params[name]))
    return params


def calibrate(net, params, x):
    """Layers that run several times are calibrated by the first."""
    known = set()

    def hook(name, module):
        def calibrated(_, inputs, output):
            if name in known:
                return None
            known.add(name)
            bias = 0 if module.bias is None else module.bias.view(-1, *[1] * (output.dim() - 2))
            size = float((output - bias).double().square().mean().sqrt())
            params[name] = (0.0, float(f"{params[name][1] / size:.4g}"))
            module.weight.copy_(tensor(name, tuple(module.weight.shape), *params[name]))
            return module.forward(inputs[0])
        return calibrated

    hooks = [module.register_forward_hook(hook(f"{name}.weight", module)) for name, module in net.named_modules() if isinstance(module, CALIBRATED)]
    net(x)
    for one in hooks:
        one.remove()


def evaluate(net, x, names):
    """The output, and those of the modules, before anything changes them in place."""
    found = {}
    modules = dict(net.named_modules())
    hooks = [modules[name].register_forward_hook(lambda _, __, y, name=name: found.update({name: y.clone()})) for name in names]
    found["output"] = net(x)
    for one in hooks:
        one.remove()
    return found


def record(name, exact, single):
    values = exact.double().numpy().reshape(-1)
    short = np.float32(values)
    at = {} if values.size <= WHOLE else {"sample": name}
    picked = short if values.size <= WHOLE else short[hash32(f"sample:{name}", SAMPLES) % np.uint32(values.size)]
    stats = {"mean": values.mean(), "std": values.std(), "min": values.min(), "max": values.max()}
    return {
        "name": name, "dtype": "float32", "shape": list(exact.shape), **at, "values": [float(f"{value:.8g}") for value in picked.tolist()],
        "stats": {key: float(f"{value:.9g}") for key, value in stats.items()},
        "noise": float(f"{(exact - single.double()).abs().max().item():.3g}"),
    }


def case(net, index, shape, names):
    formula = "input:input" + ("" if index == 0 else f".{'abc'[index]}")
    x = tensor(formula, shape, 0.0, 1.0)
    single = evaluate(net, x, names)
    exact = evaluate(net.double(), x.double(), names)
    net.float()
    made = [record(name, exact[name], single[name]) for name in ["output", *names]]
    given = {"name": "input", "formula": formula, "shape": list(shape), "offset": 0.0, "scale": 1.0}
    return {"inputs": [given], "outputs": made[:1], "activations": made[1:]}


class Heads(torch.nn.Module):
    """What the heads of a detector say of images, its state dict that of the detector."""

    def __init__(self, net):
        super().__init__()
        self.backbone, self.head = net.backbone, net.head

    def forward(self, x):
        return self.head(list(self.backbone(x).values()))


def detector(name):
    """A network, and its record: of a case of one image the heads' answers, and its boxes."""
    full = getattr(torchvision.models.detection, name)(weights=None, weights_backbone=None).eval()
    net, size = Heads(full), (1, 3, *DETECTORS[name]["size"])
    params = fill(net)
    x = tensor("input:input", size, 0.0, 1.0)
    calibrate(net, params, x)
    names = DETECTORS[name]["modules"]
    single, exact = evaluate(net, x, names), evaluate(net.double(), x.double(), names)
    heads = list(exact["output"])
    flat = [{**found.pop("output"), **found} for found in (exact, single)]
    made = [record(key, flat[0][key], flat[1][key]) for key in [*heads, *names]]
    given = {"name": "input", "formula": "input:input", "shape": list(size), "offset": 0.0, "scale": 1.0}
    case = {"inputs": [given], "outputs": made[:len(heads)], "activations": made[len(heads):]}
    return net, params, {"cases": [case], "detections": detections(full, net, size, DETECTORS[name])}


def detections(full, net, size, spec):
    """
    What is found in an image whose bytes are the hashes' highest ones, from -1 to 1: left, top, right, bottom, score and class, best first.
    Boxes that lie outside of the image are left out: torchvision cuts them to nothing and keeps them. Where rounding may change which boxes
    there are, or torchvision's limits of their numbers do, there is no record.
    """
    pixels = (hash32("image", int(np.prod(size))) >> np.uint32(24)).astype(np.float64) / 127.5 - 1
    heads = net(torch.from_numpy(pixels).reshape(1, *size[2:], size[1]).permute(0, 3, 1, 2))
    full.score_thresh = spec["detected"]
    images = torchvision.models.detection.image_list.ImageList(torch.zeros(size, dtype=torch.float64), [size[2:]])
    anchors = full.anchor_generator(images, [torch.zeros(1, 1, *cells, dtype=torch.float64) for cells in spec["cells"]])
    said = {key: heads[key] for key in ("cls_logits", "bbox_regression")}
    if spec["scores"] == "sigmoid":
        scores = heads["cls_logits"].sigmoid()[0]
        counts = [rows * columns * len(anchors[0]) // sum(r * c for r, c in spec["cells"]) for rows, columns in spec["cells"]]
        best = [int((level > spec["detected"]).sum()) for level in scores.split(counts)]
        said, anchors = {key: list(value.split(counts, 1)) for key, value in said.items()}, [list(anchors[0].split(counts))]
    else:
        scores = heads["cls_logits"].softmax(-1)[0, :, 1:]
        best = (scores > spec["detected"]).sum(0).tolist()
    (found,) = full.postprocess_detections(said, anchors, images.image_sizes)
    assert (scores - spec["detected"]).abs().min() > 1e-6 and max(best) < full.topk_candidates and len(found["scores"]) < full.detections_per_img
    assert len(found["scores"]) > 5
    rows = torch.cat([found["boxes"], found["scores"][:, None], found["labels"][:, None]], 1).tolist()
    inside = [row for row in rows if row[2] > row[0] and row[3] > row[1]]
    return [[float(f"{value:.8g}") for value in row] for row in inside]


def classifier(name):
    """A network, and its record: of each shape the answer, and that of some modules."""
    net = getattr(torchvision.models, name)(weights=None).eval()
    params = fill(net)
    calibrate(net, params, tensor("input:input", SHAPES[0], 0.0, 1.0))
    return net, params, {"cases": [case(net, index, shape, NETS[name]) for index, shape in enumerate(SHAPES)]}


@torch.no_grad()
def main(wanted):
    for name in wanted or [*NETS, *DETECTORS]:
        net, params, made = (detector if name in DETECTORS else classifier)(name)
        whole = {
            "name": name, "source": f"torchvision {torchvision.__version__.split('+')[0]}",
            "params_total": sum(value.numel() for value in net.state_dict().values()),
            "params": [[key, list(value.shape), *params[key]] for key, value in net.state_dict().items()],
            **made,
        }
        (STATE / f"{name}.json").write_text(json.dumps(whole, separators=(",", ":")) + "\n")
        print(name, whole["params_total"])


if __name__ == "__main__":
    main(sys.argv[1:])
