"""What PyTorch, torchvision and pycocotools say of masks: tests/tasks/segment/oracles.json.

    pip install numpy torch torchvision pycocotools
    python tests/tasks/segment/make_oracles.py

Inputs are whole numbers over 64, so that both sides read the same floats. Masks are runs: lengths of zeros and ones in turn, row by row.
"""

import json
import pathlib

import numpy as np
import torch
from pycocotools import mask as coco
from torch.nn import functional
from torchvision.models.detection.roi_heads import paste_masks_in_image

generator = np.random.default_rng(20)


def sixty_fourths(*shape, low=-256, high=257):
    return generator.integers(low, high, shape)


def floats(numbers):
    return torch.tensor(np.asarray(numbers), dtype=torch.float32) / 64


def runs(mask):
    flat = np.asarray(mask, dtype=np.uint8).ravel()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat])))
    return np.diff(np.concatenate([[0], edges, [len(flat)]])).astype(int).tolist()


def resized():
    """Logits of five classes, and what becomes of them on photos of several sizes."""
    logits = sixty_fourths(5, 7, 9)
    x = floats(logits)[None]
    cases = []
    for size in [(13, 20), (7, 9), (5, 4), (29, 1), (1, 1)]:
        scores = functional.interpolate(x, size, mode="bilinear", align_corners=False)
        classes = functional.interpolate(x.argmax(1, keepdim=True).float(), size, mode="nearest-exact")
        cases.append({"size": size, "before": scores.argmax(1).flatten().tolist(), "after": classes.flatten().int().tolist(),
                      "scores": [round(v, 5) for v in scores[0, 2].flatten().tolist()]})
    return {"logits": logits.flatten().tolist(), "shape": [5, 7, 9], "cases": cases}


def yolo():
    """Ultralytics' process_mask_native: sums of prototypes, cut free of the letterbox, resized to the photo, cropped to the boxes, over 0."""
    prototypes, coefficients = sixty_fourths(6, 16, 20), sixty_fourths(4, 6)
    cases = []
    # The input of 64 x 80 is the whole photo, or holds it between 8 rows of grey above and below, or 16 columns at both sides.
    for photo, (top, left) in [((96, 120), (0, 0)), ((64, 80), (0, 0)), ((90, 150), (8, 0)), ((128, 96), (0, 16))]:
        height, width = photo
        boxes = [[3.4, 5, width - 7.2, height - 9.9], [0, 0, width, height], [width / 3, height / 4, width / 2, height * 0.9], [5, 5, 5, 9]]
        maps = torch.einsum("nk,khw->nhw", floats(coefficients), floats(prototypes))
        inner = maps[:, top // 4:16 - top // 4, left // 4:20 - left // 4]
        large = functional.interpolate(inner[None], photo, mode="bilinear", align_corners=False)[0]
        rows, columns = torch.arange(height)[None, :, None], torch.arange(width)[None, None, :]
        b = torch.tensor(boxes)[:, :, None, None]
        inside = (columns >= b[:, 0]) & (columns < b[:, 2]) & (rows >= b[:, 1]) & (rows < b[:, 3])
        cases.append({"photo": photo, "pad": [top, left], "boxes": boxes, "masks": [runs(m) for m in (large > 0) & inside]})
    return {"prototypes": prototypes.flatten().tolist(), "coefficients": coefficients.flatten().tolist(), "shape": [6, 16, 20], "input": [64, 80],
            "cases": cases}


def pasted():
    """Masks of 8 x 8 and of 28 x 28, boxes inside, over the edges, outside and of no size. No sum is 0.503: rounding decides nothing."""
    cases = []
    for side in (8, 28):
        boxes = [[10.2, 8.7, 40.9, 33.1], [-7.5, -3.2, 20.4, 60.8], [50.1, 30.3, 90.0, 70.0], [15.5, 15.5, 15.9, 15.7], [0, 0, 64, 48]]
        masks = sixty_fourths(len(boxes), side, side, low=0, high=65)
        laid = paste_masks_in_image(floats(masks)[:, None], torch.tensor(boxes), (48, 64))[:, 0]
        cases.append({"side": side, "boxes": boxes, "masks": masks.flatten().tolist(), "laid": [runs(m >= 0.503) for m in laid]})
    return {"photo": [48, 64], "cases": cases}


def overlaps():
    pairs = []
    for share in (0, 1, 10, 30, 60):
        a, b = (generator.integers(0, 64, (2, 11, 13)) < share).astype(np.uint8)
        encoded = [coco.encode(np.asfortranarray(m)) for m in (a, b)]
        pairs.append({"a": runs(a), "b": runs(b), "iou": float(coco.iou([encoded[0]], [encoded[1]], [0])[0, 0])})
    return {"size": [11, 13], "pairs": pairs}


if __name__ == "__main__":
    oracles = {"resized": resized(), "yolo": yolo(), "pasted": pasted(), "overlaps": overlaps()}
    pathlib.Path(__file__).with_name("oracles.json").write_text(json.dumps(oracles, separators=(",", ":")) + "\n")
