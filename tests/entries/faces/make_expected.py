"""The faces that MTCNN's cascade finds on six photos: expected.json beside this file, which examples/17-faces.mjs has to equal.

    pip install numpy onnxruntime pillow torch torchvision
    python tests/entries/faces/make_expected.py FOLDER      (with mtcnn_pnet.onnx, mtcnn_rnet.onnx and mtcnn_onet.onnx)

The steps, thresholds and roundings are those of facenet-pytorch's detect_face (Zhang et al. 2016, arXiv 1604.02878), its crops and pyramid
resized by area; the networks want rows and columns exchanged.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
import torch
from PIL import Image
from torch.nn import functional
from torchvision.ops import nms

ROOT = pathlib.Path(__file__).parents[3]
FOLDERS = [ROOT / "examples/assets/photos", ROOT / "tests/image/photos"]
SMALLEST, FACTOR, THRESHOLDS = 20, 0.709, (0.6, 0.7, 0.7)


class Net:
    def __init__(self, path):
        self.session = onnxruntime.InferenceSession(path)

    def __call__(self, images):
        """[n, 3, H, W] to outputs by their last dimension: 2 scores, 4 sides, 10 coordinates."""
        x = ((images - 127.5) / 128).permute(0, 3, 2, 1).contiguous().numpy()
        outputs = self.session.run(None, {self.session.get_inputs()[0].name: x})
        return {out.shape[-1]: torch.from_numpy(out) for out in outputs}


def area(image, size):
    return functional.interpolate(image, size, mode="area")


def squared(boxes):
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    side = torch.maximum(width, height)
    left, top = boxes[:, 0] + width / 2 - side / 2, boxes[:, 1] + height / 2 - side / 2
    return torch.stack([left, top, left + side, top + side], 1)


def moved(boxes, sides):
    width, height = boxes[:, 2] - boxes[:, 0] + 1, boxes[:, 3] - boxes[:, 1] + 1
    return boxes + sides * torch.stack([width, height, width, height], 1)


def crops(image, boxes, side):
    height, width = image.shape[2:]
    cut = []
    for left, top, right, bottom in boxes.trunc().int().tolist():
        left, top, right, bottom = max(left, 1), max(top, 1), min(right, width), min(bottom, height)
        cut.append(area(image[:, :, top - 1:bottom, left - 1:right], (side, side)))
    return torch.cat(cut)


def proposed(net, image):
    height, width = image.shape[2:]
    scale, found = 12 / SMALLEST, []
    while min(height, width) * scale >= 12:
        out = net(area(image, (int(height * scale + 1), int(width * scale + 1))))
        # The map's rows are columns of the photo.
        scores, sides = out[2][0, :, :, 1].T, out[4][0].permute(1, 0, 2)
        rows, columns = torch.nonzero(scores >= THRESHOLDS[0], as_tuple=True)
        cell = torch.stack([columns, rows], 1).float() * 2
        boxes = torch.cat([((cell + 1) / scale).floor(), ((cell + 12) / scale).floor()], 1)
        kept = nms(boxes, scores[rows, columns], 0.5)
        found.append((boxes[kept], scores[rows, columns][kept], sides[rows, columns][kept]))
        scale *= FACTOR
    boxes, scores, sides = (torch.cat(parts) for parts in zip(*found))
    kept = nms(boxes, scores, 0.7)
    boxes, sides = boxes[kept], sides[kept]
    size = boxes[:, 2:] - boxes[:, :2]
    return squared(boxes + sides * torch.cat([size, size], 1))


def refined(net, image, boxes):
    out = net(crops(image, boxes, 24))
    good = out[2][:, 1] > THRESHOLDS[1]
    boxes, scores, sides = boxes[good], out[2][good, 1], out[4][good]
    kept = nms(boxes, scores, 0.7)
    return squared(moved(boxes[kept], sides[kept]))


def suppressed_by_smaller(boxes, scores):
    """Greedy, by the intersection over the smaller of two areas."""
    areas = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    kept = []
    for i in np.argsort(-scores.numpy(), kind="stable").tolist():
        common = [(torch.minimum(boxes[i, 2:], boxes[j, 2:]) - torch.maximum(boxes[i, :2], boxes[j, :2]) + 1).clamp(min=0).prod() for j in kept]
        if all(c / torch.minimum(areas[i], areas[j]) <= 0.7 for c, j in zip(common, kept)):
            kept.append(i)
    return kept


def finished(net, image, boxes):
    out = net(crops(image, boxes, 48))
    good = out[2][:, 1] > THRESHOLDS[2]
    boxes, scores, sides, points = boxes[good], out[2][good, 1], out[4][good], out[10][good]
    size = boxes[:, 2:] - boxes[:, :2] + 1
    eyes = torch.stack([points[:, :5] * size[:, :1] + boxes[:, :1] - 1, points[:, 5:] * size[:, 1:] + boxes[:, 1:2] - 1], 2)
    boxes = moved(boxes, sides)
    kept = suppressed_by_smaller(boxes, scores)
    return boxes[kept], scores[kept], eyes[kept]


def main(folder):
    nets = [Net(folder / f"mtcnn_{name}.onnx") for name in ("pnet", "rnet", "onet")]
    answers = {}
    for path in sorted((p for f in FOLDERS for p in f.iterdir()), key=lambda p: p.name):
        image = torch.from_numpy(np.asarray(Image.open(path).convert("RGB"), np.float32)).permute(2, 0, 1)[None]
        boxes = proposed(nets[0], image)
        boxes = refined(nets[1], image, boxes) if len(boxes) else boxes
        faces = zip(*finished(nets[2], image, boxes)) if len(boxes) else []
        answers[path.name] = [{"score": round(float(s), 5), "box": [round(float(v), 3) for v in b], "points": [[round(float(v), 3) for v in p] for p in e]}
                              for b, s, e in faces]
    pathlib.Path(__file__).with_name("expected.json").write_text(json.dumps(answers, indent=1) + "\n")
    print({name: len(faces) for name, faces in answers.items()})


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
