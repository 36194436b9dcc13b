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

"""Detectors without their transform: what the heads say is recorded; and for an image of bytes the boxes of scores above DETECTED."""
DETECTORS = {
    "ssdlite320_mobilenet_v3_large": ["backbone.features.0", "backbone.features.1", "backbone.extra.0", "backbone.extra.3"],
}
DETECTED = 0.25

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
    def hook(name, module):
        def calibrated(_, inputs, output):
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
    net, size = Heads(full), (1, 3, *full.transform.fixed_size)
    params = fill(net)
    x = tensor("input:input", size, 0.0, 1.0)
    calibrate(net, params, x)
    names = DETECTORS[name]
    single, exact = evaluate(net, x, names), evaluate(net.double(), x.double(), names)
    heads = list(exact["output"])
    flat = [{**found.pop("output"), **found} for found in (exact, single)]
    made = [record(key, flat[0][key], flat[1][key]) for key in [*heads, *names]]
    given = {"name": "input", "formula": "input:input", "shape": list(size), "offset": 0.0, "scale": 1.0}
    case = {"inputs": [given], "outputs": made[:len(heads)], "activations": made[len(heads):]}
    return net, params, {"cases": [case], "detections": detections(full, net, size)}


def detections(full, net, size):
    """
    What is found in an image whose bytes are the hashes' highest ones, from -1 to 1: left, top, right, bottom, score and class, best first.
    Where rounding may change which boxes there are, or torchvision's limits of their numbers do, there is no record.
    """
    pixels = (hash32("image", int(np.prod(size))) >> np.uint32(24)).astype(np.float64) / 127.5 - 1
    heads = net(torch.from_numpy(pixels).reshape(1, *size[2:], size[1]).permute(0, 3, 1, 2))
    full.score_thresh = DETECTED
    images = torchvision.models.detection.image_list.ImageList(torch.zeros(size, dtype=torch.float64), [size[2:]])
    anchors = full.anchor_generator(images, [torch.zeros(1, 1, side, side, dtype=torch.float64) for side in (20, 10, 5, 3, 2, 1)])
    (found,) = full.postprocess_detections({key: heads[key] for key in ("cls_logits", "bbox_regression")}, anchors, images.image_sizes)
    scores = heads["cls_logits"].softmax(-1)[0, :, 1:]
    per_class = (scores > DETECTED).sum(0)
    assert (scores - DETECTED).abs().min() > 1e-6 and per_class.max() < full.topk_candidates and len(found["scores"]) < full.detections_per_img
    rows = torch.cat([found["boxes"], found["scores"][:, None], found["labels"][:, None]], 1).tolist()
    return [[float(f"{value:.8g}") for value in row] for row in rows]


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
