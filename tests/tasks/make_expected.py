"""What ONNX Runtime and the original post-processing say of six photos: tests/tasks/expected-tasks.json.

    pip install numpy onnxruntime pillow
    python tests/tasks/make_expected.py FOLDER      (with nanodet.onnx and selfie.onnx, float32)

Boxes: left, top, right, bottom in pixels of the photo, score over 0.35, suppression by class at an IoU of 0.5. Masks: the share of pixels over
0.5, the mean, and every 16th value from 8 on of the network's own 256 x 256.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from PIL import Image

ROOT = pathlib.Path(__file__).parents[2]
FOLDERS = [ROOT / "examples/assets/photos", ROOT / "tests/image/photos"]
LABELS = json.loads((ROOT / "examples/assets/coco80.json").read_text())
MEAN, STD = np.array([103.53, 116.28, 123.675]), np.array([57.375, 57.12, 58.395])


def resized(photo, side):
    return np.asarray(photo.resize((side, side), Image.BILINEAR), np.float64)


def iou(a, b):
    side = [max(0, min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1)]
    area = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return side[0] * side[1] / (sum(area) - side[0] * side[1])


def detected(session, photo):
    x = ((resized(photo, 416)[..., ::-1] - MEAN) / STD).transpose(2, 0, 1)[None].astype(np.float32)
    outputs = session.run(None, {session.get_inputs()[0].name: x})
    found = []
    for stride in (8, 16, 32):
        side = 416 // stride
        scores, sides = ([o[0] for o in outputs if o.shape == (1, side * side, last)][0] for last in (80, 44))
        powers = np.exp(sides.reshape(-1, 4, 11).astype(np.float64))
        distances = (powers / powers.sum(-1, keepdims=True) * np.arange(11)).sum(-1) * stride
        for cell, label in np.argwhere(scores > 0.35):
            centre = np.array([cell % side, cell // side]) * stride + (stride - 1) / 2
            corners = np.concatenate([centre - distances[cell, :2], centre + distances[cell, 2:]])
            found.append((float(scores[cell, label]), int(label), np.clip(corners / 416, 0, 1) * np.tile(photo.size, 2)))
    kept = []
    for one in sorted(found, key=lambda each: -each[0]):
        if all(other[1] != one[1] or iou(other[2], one[2]) <= 0.5 for other in kept):
            kept.append(one)
    return [{"label": LABELS[label], "index": label, "score": round(score, 5), "box": [round(float(v), 2) for v in box]} for score, label, box in kept]


def segmented(session, photo):
    x = (resized(photo, 256) / 255)[None].astype(np.float32)
    (mask,) = session.run(None, {session.get_inputs()[0].name: x})
    mask = mask.reshape(256, 256)
    return {"share_over_half": round(float((mask > 0.5).mean()), 5), "mean": round(float(mask.mean()), 5),
            "rows_of_16": [[round(float(v), 4) for v in row] for row in mask[8::16, 8::16]]}


def main(folder):
    photos = {path.name: Image.open(path).convert("RGB") for path in sorted((p for f in FOLDERS for p in f.iterdir()), key=lambda p: p.name)}
    asked = {"nanodet": detected, "selfie": segmented}
    answers = {}
    for name, ask in asked.items():
        session = onnxruntime.InferenceSession(folder / f"{name}.onnx")
        answers[name] = {photo: ask(session, image) for photo, image in photos.items()}
    pathlib.Path(__file__).with_name("expected-tasks.json").write_text(json.dumps(answers, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
