"""What examples/19-text-boxes.mjs and 20-blazeface.mjs have to find: text.png and expected.json beside this file.

    pip install numpy pillow onnxruntime
    python tests/entries/boxes/make_expected.py TEXT_MODEL

TEXT_MODEL is yolox_text_det.onnx: common_det.onnx of PyPI's ddddocr 1.6.1 (MIT). Networks run in ONNX Runtime. What comes after them is YOLOX's
demo_postprocess (Ge et al. 2021, arXiv 2107.08430), and for BlazeFace MediaPipe's SsdAnchors and TensorsToDetections (Bazarevsky et al.
2019, arXiv 1907.05047); both with greedy suppression. Boxes are left, top, right, bottom in pixels of the photo, best first.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]
FACES = ROOT / "tests/onnx/real/blazeface_front.onnx"
PHOTOS = [ROOT / "tests/image/photos/astronaut.png", ROOT / "tests/image/photos/person.jpg", ROOT / "examples/assets/photos/chelsea.png"]


def draw():
    photo = Image.new("RGB", (640, 400), (236, 232, 220))
    pen = ImageDraw.Draw(photo)
    for x, y, text, size in [(40, 30, "receptive", 72), (230, 170, "FIELD 32", 88), (60, 310, "a b c", 64)]:
        pen.text((x, y), text, fill=(20, 20, 60), font=ImageFont.load_default(size))
    photo.quantize(16).save(HERE / "text.png", optimize=True)


def letterboxed(photo, side, fill, start):
    """The photo in a square, and how a place in it becomes one of the photo: less the offset, by the ratio."""
    ratio = side / max(photo.size)
    size = [int(edge * ratio + 0.5) for edge in photo.size]
    at = [0, 0] if start else [(side - edge) // 2 for edge in size]
    frame = Image.new("RGB", (side, side), (fill, fill, fill))
    frame.paste(photo.resize(size, Image.Resampling.BILINEAR), tuple(at))
    return np.asarray(frame, np.float32), np.array([*at, *at]), np.tile(np.array(size) / photo.size, 2)


def suppressed(boxes, scores, most):
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        low = [np.maximum(boxes[i, :2], boxes[j, :2]) for j in kept]
        high = [np.minimum(boxes[i, 2:], boxes[j, 2:]) for j in kept]
        common = np.array([np.prod(np.clip(b - a, 0, None)) for a, b in zip(low, high)])
        areas = np.prod(boxes[:, 2:] - boxes[:, :2], 1)
        if not len(kept) or np.all(common / (areas[i] + areas[kept] - common) <= most):
            kept.append(i)
    return kept


def found(photo, boxes, scores, at, ratio, least, most):
    good = scores > least
    boxes, scores = boxes[good], scores[good]
    kept = suppressed(boxes, scores, most)
    boxes = np.clip((boxes[kept] - at) / ratio, 0, np.tile(photo.size, 2))
    return [{"score": round(float(s), 5), "box": [round(float(v), 3) for v in b]} for b, s in zip(boxes, scores[kept])]


def run(session, x):
    return [y.astype(np.float64)[0] for y in session.run(None, {session.get_inputs()[0].name: x})]


def grid(side):
    return np.stack(np.meshgrid(np.arange(side), np.arange(side)), 2).reshape(-1, 2)


def text(session, photo):
    pixels, at, ratio = letterboxed(photo, 416, 114, True)
    (rows,) = run(session, pixels[:, :, ::-1].transpose(2, 0, 1)[None].copy())
    cells = np.concatenate([grid(416 // stride) for stride in (8, 16, 32)])
    strides = np.concatenate([np.full((len(grid(416 // stride)), 1), stride) for stride in (8, 16, 32)])
    centre, size = (rows[:, :2] + cells) * strides, np.exp(rows[:, 2:4]) * strides
    return found(photo, np.concatenate([centre - size / 2, centre + size / 2], 1), rows[:, 4] * rows[:, 5], at, ratio, 0.1, 0.45)


def faces(session, photo):
    pixels, at, ratio = letterboxed(photo, 128, 0, False)
    outputs = run(session, pixels[None] / 127.5 - 1)
    raw = np.concatenate([y for y in outputs if y.shape[1] == 16])
    scores = 1 / (1 + np.exp(-np.clip(np.concatenate([y for y in outputs if y.shape[1] == 1])[:, 0], -100, 100)))
    anchors = np.concatenate([np.repeat((grid(128 // stride) + 0.5) * stride, count, 0) for stride, count in ((8, 2), (16, 6))])
    centre, size = raw[:, :2] + anchors, raw[:, 2:4]
    return found(photo, np.concatenate([centre - size / 2, centre + size / 2], 1), scores, at, ratio, 0.75, 0.3)


def session(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def main(model):
    draw()
    net = session(FACES)
    answers = {
        "19-text-boxes.mjs": {"text.png": text(session(model), Image.open(HERE / "text.png").convert("RGB"))},
        "20-blazeface.mjs": {path.name: faces(net, Image.open(path).convert("RGB")) for path in PHOTOS},
    }
    (HERE / "expected.json").write_text(json.dumps(answers, indent=1) + "\n")
    print(json.dumps(answers))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
