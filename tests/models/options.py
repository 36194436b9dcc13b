"""
Parameters of torchvision's networks by their options: writes tests/models/options.json.

    python tests/models/options.py

For each case a digest of the sorted lines `name dim,dim,...`, and the shape of what a module gives on 1x3x96x128.
"""
import hashlib
import json
from pathlib import Path

import torch
import torchvision
from torchvision.models import segmentation

models = torchvision.models

"""Case: builder, its options here, the module whose shape is recorded, and the same network of torchvision."""
CASES = [
    ("mobilenet_v3_large", {"widthMult": 0.75}, "features", lambda: models.mobilenet_v3_large(width_mult=0.75)),
    ("mobilenet_v3_large", {"reducedTail": True, "dilated": True}, "features", lambda: models.mobilenet_v3_large(reduced_tail=True, dilated=True)),
    ("mobilenet_v3_small", {"reducedTail": True, "widthMult": 1.25, "classes": 7}, "features", lambda: models.mobilenet_v3_small(reduced_tail=True, width_mult=1.25, num_classes=7)),
    ("mobilenet_v3_small", {"dilated": True}, "features", lambda: models.mobilenet_v3_small(dilated=True)),
    ("mnasnet1_0", {"alpha": 0.5}, "layers", lambda: models.mnasnet0_5()),
    ("mnasnet1_0", {"alpha": 1.3, "classes": 5}, "layers", lambda: models.mnasnet1_3(num_classes=5)),
    ("resnet50", {"replaceStrideWithDilation": [False, True, False]}, "layer4", lambda: models.resnet50(replace_stride_with_dilation=[False, True, False])),
    ("resnet101", {"replaceStrideWithDilation": [True, True, True], "classes": 3}, "layer4", lambda: models.resnet101(replace_stride_with_dilation=[True, True, True], num_classes=3)),
    ("googlenet", {}, "inception5b", lambda: models.googlenet(aux_logits=False, init_weights=False)),
    ("googlenet", {"auxLogits": True, "classes": 12}, "inception4d", lambda: models.googlenet(num_classes=12, init_weights=False)),
    ("efficientnet_b0", {"classes": 4}, "features", lambda: models.efficientnet_b0(num_classes=4)),
    ("densenet121", {"classes": 4}, "features", lambda: models.densenet121(num_classes=4)),
    ("shufflenet_v2_x1_0", {"classes": 4}, "stage4", lambda: models.shufflenet_v2_x1_0(num_classes=4)),
    ("regnet_y_400mf", {"classes": 4}, "trunk_output", lambda: models.regnet_y_400mf(num_classes=4)),
    ("convnext_tiny", {"classes": 4}, "features", lambda: models.convnext_tiny(num_classes=4)),
    ("fcn_resnet50", {}, "classifier", lambda: segmentation.fcn_resnet50(weights=None, weights_backbone=None)),
    ("fcn_resnet50", {"classes": 2, "auxLoss": True}, "classifier", lambda: segmentation.fcn_resnet50(weights=None, weights_backbone=None, num_classes=2, aux_loss=True)),
    ("deeplabv3_mobilenet_v3_large", {}, "classifier", lambda: segmentation.deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None)),
    ("deeplabv3_mobilenet_v3_large", {"classes": 2, "auxLoss": True}, "aux_classifier", lambda: segmentation.deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=2, aux_loss=True)),
    ("lraspp_mobilenet_v3_large", {"classes": 2}, "classifier", lambda: segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=2)),
]


def row(name, options, module, make):
    net = make().eval()
    lines = sorted(f"{key} {','.join(map(str, value.shape))}" for key, value in net.state_dict().items() if not key.endswith("num_batches_tracked"))
    shapes = []
    hook = dict(net.named_modules())[module].register_forward_hook(lambda _, __, y: shapes.append(list(y.shape)))
    with torch.no_grad():
        net(torch.zeros(1, 3, 96, 128))
    hook.remove()
    return {"name": name, "options": options, "params": len(lines), "digest": hashlib.sha256("\n".join(lines).encode()).hexdigest(), "module": module, "shape": shapes[0]}


rows = ",\n".join(json.dumps(row(*case)) for case in CASES)
Path(__file__).with_suffix(".json").write_text(f"[\n{rows}\n]\n")
