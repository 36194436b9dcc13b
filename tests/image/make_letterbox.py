"""Writes letterbox.json beside this script: photos laid into frames by Pillow, and what numpy makes of their bytes.

    pip install pillow==13.0.0 numpy && python tests/image/make_letterbox.py

The photo is noise that the tests make again. Sizes are [height, width]. Pillow 13 filters some
sizes down before across, which moves a pixel by one level at most.
"""

import base64
import json
import math
import pathlib

import numpy as np
from PIL import Image


def noise(count):
    """x' = x * 1664525 + 1013904223 mod 2^32, the top byte of each."""
    out, x = [], 1
    for _ in range(count):
        x = (x * 1664525 + 1013904223) % 2**32
        out.append(x >> 24)
    return np.array(out, np.uint8)


# Photo, frame, anchor, multiple, fill, layout, channels, dtype, order, mean, std, scale.
UNIT = ([0, 0, 0], [1, 1, 1], 1 / 255)
COCO = ([103.53, 116.28, 123.675], [57.375, 57.12, 58.395], 1)
CASES = [
    ((9, 17), (12, 12), "centre", None, 114, "nchw", 3, "float32", "rgb", *UNIT),
    ((17, 9), (12, 16), "centre", None, 114, "nhwc", 3, "float32", "rgb", *UNIT),
    ((5, 5), (10, 7), "start", None, 0, "nchw", 3, "float32", "bgr", *COCO),
    ((8, 30), (16, 16), "centre", 4, 114, "nchw", 3, "float32", "rgb", *UNIT),
    ((30, 8), (16, 16), "start", 8, 128, "nhwc", 3, "float32", "bgr", *COCO),
    ((9, 17), (12, 12), "centre", None, 114, "nchw", 3, "uint8", "rgb", *UNIT),
    ((17, 9), (13, 11), "centre", None, 7, "nhwc", 3, "uint8", "bgr", *COCO),
    ((9, 17), (12, 15), "centre", None, 114, "nchw", 1, "float32", "rgb", [0.5, 0.25, 0.75], [0.5, 0.5, 0.5], 1 / 255),
    ((9, 17), (12, 15), "start", None, 255, "nhwc", 1, "uint8", "rgb", *UNIT),
    ((1, 40), (16, 16), "centre", None, 114, "nchw", 3, "float32", "rgb", *UNIT),
    ((12, 12), (12, 12), "centre", 1, 114, "nchw", 3, "float32", "rgb", *UNIT),
]


def half_up(x):
    return math.floor(x + 0.5)


def case(photo, frame, anchor, multiple, fill, layout, channels, dtype, order, mean, std, scale):
    pixels = noise(photo[0] * photo[1] * 3).reshape(*photo, 3)
    ratio = min(frame[0] / photo[0], frame[1] / photo[1])
    height, width = (min(most, max(1, half_up(full * ratio))) for full, most in zip(photo, frame))
    inner = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR)
    size = [-(-n // multiple) * multiple for n in (height, width)] if multiple else frame
    top, left = (0, 0) if anchor == "start" else ((size[0] - height) // 2, (size[1] - width) // 2)
    canvas = Image.new("L" if channels == 1 else "RGB", (size[1], size[0]), fill if channels == 1 else (fill,) * 3)
    canvas.paste(inner.convert("L") if channels == 1 else inner, (left, top))
    x = np.asarray(canvas).reshape(*size, channels)
    x = x[:, :, ::-1] if order == "bgr" else x
    if dtype == "float32":
        m, s = (np.mean(mean), np.mean(std)) if channels == 1 else (np.array(mean), np.array(std))
        x = ((x * float(scale) - m) / s).astype(np.float32)
    x = x.transpose(2, 0, 1) if layout == "nchw" else x
    spec = {"preset": "letterbox", "size": list(frame), "anchor": anchor, "fill": fill, "order": order, "mean": mean, "std": std, "scale": scale}
    if multiple:
        spec["multiple"] = multiple
    return {"photo": list(photo), "spec": spec, "target": {"layout": layout, "channels": channels, "dtype": dtype}, "shape": [1, *x.shape],
            "values": base64.b64encode(np.ascontiguousarray(x).tobytes()).decode()}


if __name__ == "__main__":
    text = ",\n".join(json.dumps(case(*c), separators=(",", ":")) for c in CASES)
    (pathlib.Path(__file__).parent / "letterbox.json").write_text(f"[\n{text}\n]\n")
