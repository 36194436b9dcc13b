"""Writes heads.json beside this script: what outputs of detectors say, by the formulas of the papers, in float64.

    pip install numpy && python tests/tasks/detect/heads/make_heads.py

An output is noise that the tests make again from a recurrence (seed, low, high), or it is spelled out (values). `boxes` are rows of
left, top, right, bottom, score, class, highest score first, before suppression, in pixels of the input; of all that are over `score`
no two scores are nearer than 1e-6, nor is one to `score`.
"""

import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
SIZE = (64, 96)
CASES = []


def noise(shape, seed, low, high):
    """x' = x * 1664525 + 1013904223 mod 2^32, the top 24 bits as a share of the range."""
    count, out, x = int(np.prod(shape)), [], seed
    for _ in range(count):
        x = (x * 1664525 + 1013904223) % 2**32
        out.append(low + (high - low) * ((x >> 8) / 2**24))
    return np.array(out).astype(np.float32).reshape(shape)


class Outputs:
    def __init__(self):
        self.specs, self.count = [], 0

    def noise(self, name, shape, low, high):
        self.count += 1
        seed = 100 * len(CASES) + self.count
        self.specs.append({"name": name, "shape": list(shape), "dtype": "float32", "seed": seed, "low": low, "high": high})
        return noise(shape, seed, low, high).astype(np.float64)

    def values(self, name, array, dtype):
        self.specs.append({"name": name, "shape": list(array.shape), "dtype": dtype, "values": [float(v) if dtype == "float32" else int(v) for v in array.ravel()]})


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def centred(cx, cy, w, h):
    return np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], -1)


def grid(stride, size=SIZE):
    rows, columns = -(-size[0] // stride), -(-size[1] // stride)
    y, x = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    return x.ravel().astype(float), y.ravel().astype(float), rows, columns


def grids(strides, size=SIZE):
    parts = [(*grid(s, size)[:2], s) for s in strides]
    return [np.concatenate(each) for each in zip(*[(x, y, np.full(len(x), s)) for x, y, s in parts])]


def best(boxes, scores):
    """[n, 4] and [n, C] to rows of box, score, class: the best class of each."""
    k = scores.argmax(1)
    return np.concatenate([boxes, scores[np.arange(len(k)), k][:, None], k[:, None]], 1)


def every(boxes, scores):
    n, c = scores.shape
    return np.concatenate([np.repeat(boxes, c, 0), scores.reshape(-1, 1), np.tile(np.arange(c), n)[:, None]], 1)


def case(name, head, outputs, rows, *, spec=None, size=SIZE, labels=None, keep=12, found=True, score=None):
    """`found`: whether the shapes alone say which head it is."""
    rows = np.asarray(rows, float).reshape(-1, 6)
    rows = rows[np.argsort(-rows[:, 4], kind="stable")]
    if score is None:
        score = float(np.float32((rows[keep - 1, 4] + rows[keep, 4]) / 2))
    kept = rows[rows[:, 4] > score]
    if len(kept) > 1:
        assert np.min(-np.diff(kept[:, 4])) > 1e-6, name
    assert len(rows) == 0 or np.min(np.abs(rows[:, 4] - score)) > 1e-6, name
    CASES.append({"name": name, "head": head, "size": list(size), "spec": spec or {}, "labels": labels, "found": found, "score": score,
                  "outputs": outputs.specs, "boxes": [[float(f"{v:.7g}") for v in row] for row in kept]})


# --- YOLOv2, v3, v4: maps of anchors ---

TINY = {32: [(81, 82), (135, 169), (344, 319)], 16: [(10, 14), (23, 27), (37, 58)]}


def anchored(maps, anchors, stride, *, scale=1.0, form="v3"):
    """maps: [A, 5 + C, h * w] of logits."""
    x, y, _, _ = grid(stride)
    rows = []
    for a, (aw, ah) in enumerate(anchors):
        t = maps[a]
        if form == "v5":
            cx, cy = (2 * sigmoid(t[0]) - 0.5 + x) * stride, (2 * sigmoid(t[1]) - 0.5 + y) * stride
            w, h = (2 * sigmoid(t[2])) ** 2 * aw, (2 * sigmoid(t[3])) ** 2 * ah
        else:
            cx, cy = (sigmoid(t[0]) * scale - (scale - 1) / 2 + x) * stride, (sigmoid(t[1]) * scale - (scale - 1) / 2 + y) * stride
            w, h = np.exp(t[2]) * aw, np.exp(t[3]) * ah
        classes = softmax(t[5:], 0) if form == "v2" else sigmoid(t[5:])
        rows.append(best(centred(cx, cy, w, h), (sigmoid(t[4]) * classes).T))
    return np.concatenate(rows)


C = 3
for order, nhwc, scale in [((16, 32), False, 1.0), ((32, 16), True, 1.0), ((32, 16), False, 1.05)]:
    out, rows = Outputs(), []
    for stride in order:
        _, _, h, w = grid(stride)
        shape = (1, h, w, 3 * (5 + C)) if nhwc else (1, 3 * (5 + C), h, w)
        raw = out.noise(f"map{stride}", shape, -4, 2)
        maps = (raw.transpose(0, 3, 1, 2) if nhwc else raw).reshape(3, 5 + C, h * w)
        rows.append(anchored(maps, TINY[stride], stride, scale=scale))
    case(f"yolov3-tiny {'nhwc' if nhwc else 'nchw'}, strides {order}, scale {scale}", "yolov3", out, np.concatenate(rows), spec={} if scale == 1 else {"xyScale": scale})

out, rows = Outputs(), []
for stride in (32, 16):
    _, _, h, w = grid(stride)
    raw = out.noise(f"map{stride}", (1, h, w, 3, 5 + C), -4, 2)
    rows.append(anchored(raw[0].transpose(2, 3, 0, 1).reshape(3, 5 + C, h * w), TINY[stride], stride))
case("yolov3 of Keras", "yolov3", out, np.concatenate(rows))

out, rows = Outputs(), []
OWN = {8: [(9, 7)], 16: [(20, 30)], 32: [(60, 50)]}
for stride in (8, 16, 32):
    _, _, h, w = grid(stride)
    rows.append(anchored(out.noise(f"map{stride}", (1, 6, h, w), -4, 2).reshape(1, 6, h * w), OWN[stride], stride))
case("yolov3, own anchors, the largest stride first, one class", "yolov3", out, np.concatenate(rows),
     spec={"strides": [32, 16, 8], "anchors": [[[60, 50]], [[20, 30]], [[9, 7]]]})

out = Outputs()
anchors = [(34.56, 38.08), (109.44, 141.12), (212.16, 364.16), (301.44, 163.52), (531.84, 336.64)]
_, _, h, w = grid(32)
rows = anchored(out.noise("grid", (1, 5 * (5 + C), h, w), -3, 2).reshape(5, 5 + C, h * w), anchors, 32, form="v2")
case("tiny yolov2", "yolov2", out, rows, spec={"head": "yolov2", "anchors": [[list(a) for a in anchors]]}, found=False, keep=8)

# --- YOLOv5, v7 ---

V5 = {8: [(10, 13), (16, 30), (33, 23)], 16: [(30, 61), (62, 45), (59, 119)], 32: [(116, 90), (156, 198), (373, 326)]}
out, rows = Outputs(), []
for stride in (8, 16, 32):
    _, _, h, w = grid(stride)
    raw = out.noise(f"map{stride}", (1, 3, h, w, 5 + C), -4, 1)
    rows.append(anchored(raw[0].reshape(3, h * w, 5 + C).transpose(0, 2, 1), V5[stride], stride, form="v5"))
case("yolov5 maps", "yolov5", out, np.concatenate(rows))

for name, factor, spec in [("pixels", SIZE[1], {}), ("shares", 1, {}), ("shares of corners", 1, {"boxes": "xyxy", "normalized": True})]:
    out = Outputs()
    raw = out.noise("output", (1, 3 * (8 * 12 + 4 * 6 + 2 * 3), 5 + C), 0, 1)[0]
    if name == "pixels":
        out.specs[0]["high"] = 96
        out.specs[0]["scale"] = [1, 1, 1, 1] + [1 / 96] * (1 + C)
        raw = noise(raw.shape, out.specs[0]["seed"], 0, 96).astype(np.float64)
        raw = (raw * np.array(out.specs[0]["scale"])).astype(np.float32).astype(np.float64)
        boxes = centred(*raw[:, :4].T)
    elif spec:
        boxes = raw[:, :4] * np.array([SIZE[1], SIZE[0]] * 2)
    else:
        boxes = centred(*(raw[:, :4] * np.array([SIZE[1], SIZE[0]] * 2)).T)
    rows = best(boxes, raw[:, 4:5] * raw[:, 5:])
    # A box without a size is no box, which the head leaves to the task.
    case(f"yolov5 rows, {name}", "yolov5", out, rows, spec=spec)

# --- YOLOv8, v9, v11 ---

N = 8 * 12 + 4 * 6 + 2 * 3
for name, transposed, extra, labels, spec in [
    ("columns", False, 0, None, {}), ("rows", True, 0, 3, {}), ("rows, named", True, 0, None, {"head": "yolov8"}),
    ("masks beside", False, 4, None, {}), ("key points", False, 6, None, {"extra": 6}),
]:
    out = Outputs()
    k = 4 + C + extra
    scale = [1, 1, 1, 1] + [1 / 96] * (C + extra)
    raw = noise((1, N, k) if transposed else (1, k, N), 100 * len(CASES) + 1, 0, 96)
    factors = np.array(scale).reshape(1, 1, k) if transposed else np.array(scale).reshape(1, k, 1)
    raw = (raw.astype(np.float64) * factors).astype(np.float32).astype(np.float64)
    out.noise("output0", raw.shape, 0, 96)
    out.specs[0]["scale"] = scale
    out.specs[0]["along"] = 2 if transposed else 1
    if name.startswith("masks"):
        out.noise("output1", (1, extra, 16, 24), 0, 1)
    t = raw[0] if transposed else raw[0].T
    case(f"yolov8 {name}", "yolov8", out, best(centred(*t[:, :4].T), t[:, 4 : 4 + C]), spec=spec, labels=labels, found="head" not in spec)


def dfl(raw, stride):
    """[4 * 16, n] of logits to corners."""
    x, y, _, _ = grid(stride)
    d = (softmax(raw.reshape(4, 16, -1), 1) * np.arange(16).reshape(1, 16, 1)).sum(1)
    return np.stack([(x + 0.5 - d[0]) * stride, (y + 0.5 - d[1]) * stride, (x + 0.5 + d[2]) * stride, (y + 0.5 + d[3]) * stride], -1)


for split, nhwc in [(False, False), (False, True), (True, False)]:
    out, rows = Outputs(), []
    for stride in (8, 16, 32):
        _, _, h, w = grid(stride)
        if split:
            sides = out.noise(f"box{stride}", (1, 64, h, w), -3, 3).reshape(64, h * w)
            scores = out.noise(f"cls{stride}", (1, C, h, w), 0, 1).reshape(C, h * w)
        else:
            raw = out.noise(f"map{stride}", (1, h, w, 64 + C) if nhwc else (1, 64 + C, h, w), -3, 3)
            raw = (raw.transpose(0, 3, 1, 2) if nhwc else raw).reshape(64 + C, h * w)
            sides, scores = raw[:64], sigmoid(raw[64:])
        rows.append(best(dfl(sides, stride), scores.T))
    case(f"yolov8 maps{', split' if split else ''}{', nhwc' if nhwc else ''}", "yolov8", out, np.concatenate(rows), labels=C)

# --- YOLOv10 and others from end to end ---

out = Outputs()
raw = np.zeros((1, 20, 6), np.float32)
r = noise((20, 6), 77, 0, 1)
raw[0, :, :2] = r[:, :2] * 40
raw[0, :, 2:4] = raw[0, :, :2] + 1 + r[:, 2:4] * 20
raw[0, :, 4] = r[:, 4]
raw[0, :, 5] = np.floor(r[:, 5] * 3)
out.values("output0", raw, "float32")
case("yolov10", "yolov10", out, raw[0].astype(np.float64), keep=9)
out = Outputs()
seven = np.concatenate([np.zeros((20, 1), np.float32), raw[0, :, :4], raw[0, :, 5:6], raw[0, :, 4:5]], 1)
out.values("output", seven, "float32")
case("yolov7 from end to end", "yolov10", out, raw[0].astype(np.float64), keep=9)

# --- YOLOX ---

x, y, s = grids((8, 16, 32))
out = Outputs()
raw = noise((1, N, 5 + C), 100 * len(CASES) + 1, 0, 1).astype(np.float64)
out.noise("output", (1, N, 5 + C), 0, 1)
t = raw[0]
boxes = centred((t[:, 0] + x) * s, (t[:, 1] + y) * s, np.exp(t[:, 2]) * s, np.exp(t[:, 3]) * s)
case("yolox raw", "yolox", out, best(boxes, t[:, 4:5] * t[:, 5:]))
out = Outputs()
decoded = np.concatenate([np.stack([(t[:, 0] + x) * s, (t[:, 1] + y) * s, np.exp(t[:, 2]) * s, np.exp(t[:, 3]) * s], 1), t[:, 4:]], 1).astype(np.float32)
out.values("output", decoded[None], "float32")
CASES_DECODED = decoded.astype(np.float64)
case("yolox decoded", "yolox", out, best(centred(*CASES_DECODED[:, :4].T), CASES_DECODED[:, 4:5] * CASES_DECODED[:, 5:]))

# --- SSD ---

PER = {16: [(20, 20), (28.3, 14.1)], 32: [(50, 50), (70.7, 35.4)]}
priors = []
for stride in (16, 32):
    gx, gy, _, _ = grid(stride)
    for cx, cy in zip(gx, gy):
        for w, h in PER[stride]:
            priors.append(((cx + 0.5) * stride, (cy + 0.5) * stride, w, h))
priors = np.array(priors)
P = len(priors)
anchors = [[list(a) for a in PER[16]], [list(a) for a in PER[32]]]


def offsets(priors, loc, variances=(0.1, 0.2)):
    cx, cy = priors[:, 0] + loc[:, 0] * variances[0] * priors[:, 2], priors[:, 1] + loc[:, 1] * variances[0] * priors[:, 3]
    return centred(cx, cy, priors[:, 2] * np.exp(loc[:, 2] * variances[1]), priors[:, 3] * np.exp(loc[:, 3] * variances[1]))


for name, spec, labels, variances in [("", {}, None, (0.1, 0.2)), (", other variances", {"variances": [1, 1]}, C, (1, 1)), (", names with background", {}, C + 1, (0.1, 0.2))]:
    out = Outputs()
    loc = out.noise("loc", (1, P, 4), -2, 2)[0]
    conf = softmax(out.noise("conf", (1, P, C + 1), -3, 3)[0], 1)[:, 1:]
    rows = every(offsets(priors, loc, variances), conf)
    if labels == C + 1:
        rows[:, 5] += 1
    case("ssd logits" + name, "ssd", out, rows, spec={"anchors": anchors, "strides": [16, 32], **spec}, labels=labels)
out = Outputs()
conf = out.noise("scores", (1, P, C), -3, 3)[0]
loc = out.noise("boxes", (1, P, 4), -2, 2)[0]
case("ssd sigmoid, no background", "ssd", out, every(offsets(priors, loc), sigmoid(conf)), spec={"anchors": anchors, "strides": [16, 32], "scores": "sigmoid", "background": False})
out = Outputs()
conf = out.noise("scores", (1, P, 2), 0, 1)[0][:, 1:]
corners = np.sort(noise((1, P, 2, 2), 5, 0, 1), 2).reshape(1, P, 4)
out.values("boxes", corners, "float32")
case("ssd decoded, shares, one class", "ssd", out, every(corners[0].astype(float) * np.array([96, 64, 96, 64]), conf))
out = Outputs()
conf = out.noise("scores", (1, P, C + 1), 0, 1)[0][:, 1:]
loc = out.noise("boxes", (1, P, 4), -2, 2)[0]
shares = (priors / np.array([96, 64, 96, 64])).astype(np.float32)
out.values("priors", shares[None], "float32")
case("ssd with prior boxes beside", "ssd", out, every(offsets(shares.astype(float) * np.array([96, 64, 96, 64]), loc), conf))

# --- BlazeFace ---

for size, together in [((128, 128), False), ((128, 128), True), ((256, 256), True)]:
    strides = (size[0] // 16, size[0] // 8)
    out, centres, scores, numbers = Outputs(), [], [], []
    for stride, per in zip(strides, (2, 6)):
        gx, gy, _, _ = grid(stride, size)
        centres.append(np.repeat(np.stack([(gx + 0.5) * stride, (gy + 0.5) * stride], 1), per, 0))
    if together:
        scores = [out.noise("classificators", (1, 896, 1), -8, 2)[0]]
        numbers = [out.noise("regressors", (1, 896, 16), -4, 40)[0]]
    else:
        scores = [out.noise(f"s{len(c)}", (1, len(c), 1), -8, 2)[0] for c in centres]
        numbers = [out.noise(f"b{len(c)}", (1, len(c), 16), -4, 40)[0] for c in centres]
    t, centres = np.concatenate(numbers), np.concatenate(centres)
    boxes = centred(centres[:, 0] + t[:, 0], centres[:, 1] + t[:, 1], t[:, 2], t[:, 3])
    case(f"blazeface {size[0]}{' in one' if together else ''}", "blazeface", out, every(boxes, sigmoid(np.concatenate(scores))), size=size)

# --- CenterNet, CenterFace ---


def peaks(heat):
    padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    h, w = heat.shape[1:]
    return heat == np.max([padded[:, dy : dy + h, dx : dx + w] for dy in range(3) for dx in range(3)], 0)


for name, low, high, order in [("logits", -6, 2, ("wh", "reg")), ("probabilities", 0, 1, ("offset", "size"))]:
    out = Outputs()
    raw = out.noise("hm", (1, C, 16, 24), low, high)[0]
    heat = sigmoid(raw) if low < 0 else raw
    maps = {n: out.noise(n, (1, 2, 16, 24), 0, 1 if n in ("reg", "offset") else 6)[0] for n in order}
    wh, off = (maps["wh"], maps["reg"]) if "wh" in maps else (maps["size"], maps["offset"])
    rows = []
    for k, yy, xx in zip(*np.nonzero(peaks(heat))):
        cx, cy = xx + off[0, yy, xx], yy + off[1, yy, xx]
        w, h = wh[0, yy, xx], wh[1, yy, xx]
        rows.append([(cx - w / 2) * 4, (cy - h / 2) * 4, (cx + w / 2) * 4, (cy + h / 2) * 4, heat[k, yy, xx], k])
    case(f"centernet {name}", "centernet", out, rows)

out = Outputs()
heat = out.noise("537", (1, 1, 16, 24), 0, 1)[0, 0]
scale = out.noise("538", (1, 2, 16, 24), 0, 2)[0]
off = out.noise("539", (1, 2, 16, 24), -0.5, 0.5)[0]
out.noise("540", (1, 10, 16, 24), 0, 1)
gx, gy, _, _ = grid(4)
w, h = np.exp(scale[1].ravel()) * 4, np.exp(scale[0].ravel()) * 4
boxes = centred((gx + off[1].ravel() + 0.5) * 4, (gy + off[0].ravel() + 0.5) * 4, w, h)
case("centerface", "centerface", out, every(boxes, heat.reshape(-1, 1)))

# --- torchvision, TensorFlow, NonMaxSuppression ---

corners = np.sort(noise((15, 2, 2), 9, 0, 60), 1).reshape(15, 4)
scores = np.sort(noise((15,), 10, 0, 1))[::-1].copy()
index = np.floor(noise((15,), 11, 1, 5))
rows = np.concatenate([corners, scores[:, None], index[:, None]], 1).astype(float)
out = Outputs()
out.values("boxes", corners, "float32")
out.values("labels", index, "int64")
out.values("scores", scores, "float32")
case("torchvision", "torchvision", out, rows, keep=6)
out = Outputs()
out.values("boxes", corners[:0], "float32")
out.values("labels", index[:0], "int64")
out.values("scores", scores[:0], "float32")
case("torchvision, nothing", "torchvision", out, [], score=0.25)
out = Outputs()
shares = (corners[:, [1, 0, 3, 2]] / 96).astype(np.float32)
out.values("detection_boxes", shares[None], "float32")
out.values("detection_classes", index[None], "float32")
out.values("detection_scores", scores[None], "float32")
out.values("num_detections", np.array([4.0]), "float32")
pixels = shares[:, [1, 0, 3, 2]].astype(float) * np.array([96, 64, 96, 64])
case("TensorFlow", "torchvision", out, np.concatenate([pixels, scores[:, None], index[:, None]], 1)[:4], score=0.01)

for name, order, spec in [("", [1, 0, 3, 2], {}), (", x first", [0, 1, 2, 3], {"boxes": "xyxy"})]:
    out = Outputs()
    out.values("boxes", corners[:, order][None], "float32")
    table = out.noise("scores", (1, C, 15), 0, 1)[0]
    picked = [(0, 2, 3), (0, 0, 14), (0, 1, 3), (0, 2, 7)]
    out.values("selected", np.array(picked + [(-1, -1, -1)]), "int64" if name else "int32")
    rows = [[*corners[b], table[c, b], c] for _, c, b in picked]
    case("NonMaxSuppression" + name, "nms", out, rows, spec=spec, score=0.01)

# --- NanoDet ---

for name, classes, bins, labels, order in [("", 7, 8, None, 0), (", as many classes as numbers of sides", 44, 11, None, 1), (", 80 classes", 80, 11, None, 0), (", 32 classes", 32, 8, 32, 1)]:
    out, rows = Outputs(), []
    size = (32, 32)
    for stride in (8, 16, 32):
        gx, gy, h, w = grid(stride, size)
        def both():
            return out.noise(f"cls{stride}", (1, h * w, classes), 0, 1)[0]
        if order:
            sides = out.noise(f"dis{stride}", (1, h * w, 4 * bins), -3, 3)[0]
            scores = both()
        else:
            scores = both()
            sides = out.noise(f"dis{stride}", (1, h * w, 4 * bins), -3, 3)[0]
        d = (softmax(sides.reshape(-1, 4, bins), 2) * np.arange(bins)).sum(2) * stride
        cx, cy = gx * stride + (stride - 1) / 2, gy * stride + (stride - 1) / 2
        rows.append(every(np.stack([cx - d[:, 0], cy - d[:, 1], cx + d[:, 2], cy + d[:, 3]], 1), scores))
    case("nanodet" + name, "nanodet", out, np.concatenate(rows), labels=labels, size=size)

text = ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES)
(HERE / "heads.json").write_text(f"[\n{text}\n]\n")
print(len(CASES), (HERE / "heads.json").stat().st_size)
