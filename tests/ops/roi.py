"""
What torchvision says of regions: RoIAlign and its gradient, RoIPool, the position-sensitive ones, a pyramid, and a small Faster R-CNN.

    python tests/ops/roi.py

writes tests/ops/roi.json. Maps and parameters are the formula's (tests/golden/formula.ts) under the names that stand in the file; numbers
are those of float64, and both stages of the network choose the same boxes in float32.
"""
import json
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torchvision import ops
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FasterRCNN, FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import FeaturePyramidNetwork, MultiScaleRoIAlign
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))
from state import default, tensor  # noqa: E402

HERE = Path(__file__).parent

"""Of 24 x 32 pixels: inside, over the edges, outside, thin, empty, inverted; halves and negative halves."""
ROIS = [
    [0, 2, 3, 20, 17], [1, 0, 0, 32, 24], [0, -9.5, -4.5, 12.5, 30.25], [1, 40, 2, 50, 9], [0, 5, 5, 5.25, 22],
    [1, 7, 7, 7, 7], [0, 20, 15, 4, 6], [1, 30.5, 22.5, 33, 25], [0, 11.1, 3.3, 12.9, 4.1], [1, -60, -40, 90, 70],
]


def digits(values):
    return [float(f"{v:.9g}") for v in values.flatten().tolist()]


def single(rois):
    cases = []
    for sampling, aligned in [(0, False), (0, True), (2, False), (2, True), (1, True), (5, False)]:
        x = tensor("roi.x", (2, 3, 6, 8), 0, 1).double().requires_grad_()
        y = ops.roi_align(x, rois, (2, 3), 0.25, sampling if sampling else -1, aligned)
        y.backward(tensor("roi.dy", tuple(y.shape), 0, 1).double())
        cases.append({"kind": "align", "sampling": sampling, "aligned": aligned, "y": digits(y), "dx": digits(x.grad)})
    x = tensor("roi.x", (2, 3, 6, 8), 0, 1).double()
    cases.append({"kind": "pool", "y": digits(ops.roi_pool(x, rois, (2, 3), 0.25))})
    wide = tensor("roi.wide", (2, 12, 6, 8), 0, 1).double()
    for sampling in [0, 2]:
        cases.append({"kind": "psAlign", "sampling": sampling, "y": digits(ops.ps_roi_align(wide, rois, (2, 3), 0.25, sampling if sampling else -1))})
    cases.append({"kind": "psPool", "y": digits(ops.ps_roi_pool(wide, rois, (2, 3), 0.25))})
    return cases


def pyramid(rois):
    maps = OrderedDict((str(i), tensor(f"roi.level{i}", (2, 3, 12 >> i, 16 >> i), 0, 1).double()) for i in range(2))
    boxes = [rois[rois[:, 0] == image, 1:] for image in range(2)]
    pool = MultiScaleRoIAlign(["0", "1"], (3, 2), 2, canonical_scale=32, canonical_level=2)
    y = pool(maps, boxes, [(24, 32), (24, 32)])
    order = torch.cat([torch.nonzero(rois[:, 0] == image).flatten() for image in range(2)])
    back = torch.empty_like(y)
    back[order] = y
    return digits(back)


class Backbone(nn.Module):
    """Two maps of strides 4 and 8, and the pooled one."""

    def __init__(self):
        super().__init__()
        self.body = nn.ModuleList([nn.Conv2d(3, 8, 3, 2, 1), nn.Conv2d(8, 12, 3, 2, 1), nn.Conv2d(12, 16, 3, 2, 1)])
        self.fpn = FeaturePyramidNetwork([12, 16], 10, LastLevelMaxPool())
        self.out_channels = 10

    def forward(self, x):
        x = self.body[0](x).relu()
        fine = self.body[1](x).relu()
        return self.fpn(OrderedDict([("0", fine), ("1", self.body[2](fine).relu())]))


SIZES = {"rpn_pre_nms_top_n_test": 40, "rpn_post_nms_top_n_test": 25, "box_detections_per_img": 12, "box_score_thresh": 0.2}
TRAIN = {"rpn_pre_nms_top_n_train": 60, "rpn_post_nms_top_n_train": 30, "rpn_batch_size_per_image": 10**6, "box_batch_size_per_image": 10**6,
         "rpn_positive_fraction": 1.0, "box_positive_fraction": 1.0}


def network():
    net = FasterRCNN(
        Backbone(), rpn_anchor_generator=AnchorGenerator(((12,), (24,), (48,)), ((0.5, 1.0, 2.0),) * 3),
        box_roi_pool=MultiScaleRoIAlign(["0", "1"], 3, 2, canonical_scale=96, canonical_level=4),
        box_head=TwoMLPHead(90, 24), box_predictor=FastRCNNPredictor(24, 4), **SIZES, **TRAIN,
    )
    params = []
    for name, entry in net.state_dict().items():
        offset, scale = default(name, tuple(entry.shape))
        # What follows the features is spread, so that scores differ.
        scale *= 4 if "cls_" in name and name.endswith("weight") else 0.6 if "bbox_pred" in name else 1.6 if name.endswith("weight") else 1
        entry.copy_(tensor(name, tuple(entry.shape), offset, scale))
        params.append([name, list(entry.shape), offset, scale])
    return net, params


def detected(net, images):
    sizes = [tuple(images.shape[2:])] * len(images)
    with torch.no_grad():
        features = net.backbone(images)
        proposals, _ = net.rpn(ImageList(images, sizes), features)
        found, _ = net.roi_heads(features, proposals, sizes)
    return proposals, found


def trained(net, images):
    """Losses and some gradients, with every anchor and region counted."""
    net.train()
    targets = [{"boxes": torch.tensor(b).to(images), "labels": torch.tensor(l)} for b, l in TRUTHS]
    sizes = [tuple(images.shape[2:])] * len(images)
    features = net.backbone(images)
    proposals, rpn = net.rpn(ImageList(images, sizes), features, targets)
    _, roi = net.roi_heads(features, proposals, sizes, targets)
    losses = {**rpn, **roi}
    sum(losses.values()).backward()
    grads = {name: digits(p.grad.flatten()[:200]) for name, p in net.named_parameters() if name in GRADS}
    return {"truths": TRUTHS, "losses": {k: float(v) for k, v in losses.items()}, "gradients": grads}


TRUTHS = [([[4.0, 6.0, 20.0, 25.0], [22.0, 10.0, 40.0, 44.0]], [1, 3]), ([[30.0, 3.0, 60.0, 22.0]], [2])]
GRADS = ["backbone.body.0.weight", "backbone.fpn.inner_blocks.1.0.weight", "rpn.head.conv.0.0.bias", "rpn.head.bbox_pred.weight",
         "roi_heads.box_head.fc6.bias", "roi_heads.box_predictor.cls_score.weight", "roi_heads.box_predictor.bbox_pred.bias"]


def two_stage():
    images = tensor("roi.images", (2, 3, 48, 64), 0, 1)
    net, params = network()
    net.eval()
    single, double = detected(net, images), detected(net.double(), images.double())
    for a, b in zip(single[0], double[0]):
        assert a.shape == b.shape and (a - b).abs().max() < 1e-3, "another choice of proposals"
    for a, b in zip(single[1], double[1]):
        assert a["labels"].tolist() == b["labels"].tolist() and (a["boxes"] - b["boxes"]).abs().max() < 1e-3, "another choice of boxes"
    found = [{k: digits(v) if v.is_floating_point() else v.tolist() for k, v in one.items()} for one in double[1]]
    return {"params": params, "options": SIZES, "proposals": [digits(p) for p in double[0]], "detections": found, "training": trained(net, images.double())}


if __name__ == "__main__":
    torch.set_num_threads(1)
    rois = torch.tensor(ROIS, dtype=torch.float64)
    result = {"rois": ROIS, "single": single(rois), "pyramid": pyramid(rois), "twoStage": two_stage()}
    (HERE / "roi.json").write_text(json.dumps(result, separators=(",", ":")))
