"""What torchvision and a page of numpy say of drawn boxes, for boxes.test.ts, suppression.test.ts of onnx and crates/kernels/tests/boxes.rs.

    pip install torch torchvision numpy            # and for the last file: onnx onnxruntime
    python tests/tasks/boxes/make_boxes.py         # torchvision.json, soft.json, crates/kernels/tests/fixtures/overlaps.json
    python tests/tasks/boxes/make_boxes.py --onnx  # onnxruntime.json

Boxes are drawn by draw.ts as well: integers of a linear congruential generator, so both have the same bits. Of each set a digest of
what is kept is written, in falling order of score, among equals by index. Sets on a grid of 1/8 go through `batched_nms`, which moves
the boxes of each class elsewhere: exact on the grid. Off the grid that would round, so there it is the one that takes class by class.
"""
import base64, json, pathlib, sys
import numpy as np

HERE = pathlib.Path(__file__).parent
SETS = 10_000
IOUS = [0, 0.3, 0.45, 0.5, 0.6, 0.7, 0.9, 1]
f32 = np.float32


class Draw:
    """Whole numbers below an end: the upper 24 bits of Numerical Recipes' generator, scaled."""

    def __init__(self, seed):
        self.state = (seed * 2654435761) % 2**32

    def below(self, end):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return ((self.state >> 8) * end) >> 24


def draw(seed):
    """Boxes [n, 4], scores [n], classes [n], and whether all lie on the grid."""
    random = Draw(seed)
    grid = random.below(2) == 0
    n = 1001 + random.below(500) if random.below(100) == 0 else random.below(120)
    groups, size = 1 + random.below(6), 40 << random.below(4)
    boxes, scores, classes = np.zeros((n, 4), f32), np.zeros(n, f32), np.zeros(n, np.int64)
    for i in range(n):
        for side, extent in enumerate([640, 640, size, size]):
            # On the grid a multiple of 1/8, else one of 2^-14, which the sum with a side rounds.
            boxes[i, side] = f32(random.below(extent * 8) / 8) if grid else f32(random.below(extent << 14) / 2**14)
        boxes[i, 2:] += boxes[i, :2]
        scores[i] = f32(random.below(64) / 64) if grid else f32(random.below(1 << 24) / 2**24)
        classes[i] = random.below(groups)
    return boxes, scores, classes, grid


def digest(numbers):
    """FNV-1a, 32 bits, of whole numbers."""
    state = 0x811C9DC5
    for number in numbers:
        state = ((state ^ int(number)) * 0x01000193) % 2**32
    return state


def in_order(kept, scores):
    return sorted((int(i) for i in kept), key=lambda i: (-scores[i], i))


def write(name, content):
    path = HERE / name
    path.write_text(json.dumps(content) + "\n")
    print(path, path.stat().st_size)


def torchvision_sets():
    import torch
    from torchvision.ops.boxes import _batched_nms_vanilla, batched_nms

    digests, total = [], 0
    for seed in range(SETS):
        boxes, scores, classes, grid = draw(seed)
        nms = batched_nms if grid else _batched_nms_vanilla
        kept = nms(*map(torch.from_numpy, (boxes, scores, classes)), IOUS[seed % len(IOUS)])
        digests.append(digest(in_order(kept, scores)))
        total += len(kept)
    write("torchvision.json", {"ious": IOUS, "kept": total, "digests": base64.b64encode(np.array(digests, "<u4").tobytes()).decode()})


def iou_matrix(boxes):
    from torchvision.ops import box_iou
    import torch

    return box_iou(*[torch.from_numpy(boxes.astype(np.float64))] * 2).numpy()


def soft(overlaps, scores, classes, factor, floor):
    """Bodla et al. 2017, figure 2, in f64."""
    scores, kept = scores.astype(np.float64), []
    left = [i for i in range(len(scores)) if scores[i] > floor]
    while left:
        best = max(left, key=lambda i: (scores[i], -i))
        kept.append(best)
        left.remove(best)
        for i in left:
            if classes[i] == classes[best]:
                scores[i] *= factor(overlaps[best, i])
        left = [i for i in left if scores[i] > floor]
    return kept, [round(float(scores[i]), 7) for i in kept]


def by_distance(boxes, scores, classes, limit):
    """Greedy by the DIoU of torchvision."""
    import torch
    from torchvision.ops import distance_box_iou

    diou = distance_box_iou(*[torch.from_numpy(boxes.astype(np.float64))] * 2).numpy()
    kept = []
    for i in in_order(range(len(scores)), scores):
        if not any(classes[i] == classes[j] and diou[i, j] > limit for j in kept):
            kept.append(i)
    return kept


def soft_sets():
    sets = []
    # Off the grid: no two scores are equal, and no overlap is a threshold.
    for seed in [seed for seed in range(400) if not draw(seed)[3] and len(draw(seed)[1]) < 80][:60]:
        boxes, scores, classes, _ = draw(seed)
        overlaps, sigma, limit = iou_matrix(boxes), [0.5, 0.1, 1][seed % 3], [0.3, 0.5][seed % 2]
        gaussian = soft(overlaps, scores, classes, lambda iou: np.exp(-iou * iou / sigma), 0.05)
        linear = soft(overlaps, scores, classes, lambda iou: 1 - iou if iou > limit else 1, 0.05)
        sets.append({"seed": seed, "sigma": sigma, "iou": limit, "soft": gaussian, "soft-linear": linear, "diou": by_distance(boxes, scores, classes, limit)})
    write("soft.json", sets)


def overlaps():
    import torch
    from torchvision.ops import box_iou, complete_box_iou, distance_box_iou, generalized_box_iou

    boxes = np.concatenate([draw(seed)[0][:6] for seed in (3, 5, 8, 12)])
    boxes = boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]
    pair = [torch.from_numpy(boxes.astype(np.float64))] * 2
    rows = [[round(float(x), 8) for x in f(*pair).flatten()] for f in (box_iou, generalized_box_iou, distance_box_iou, complete_box_iou)]
    fixture = {"boxes": boxes.tolist(), "iou": rows[0], "giou": rows[1], "diou": rows[2], "ciou": rows[3]}
    write("../../../crates/kernels/tests/fixtures/overlaps.json", fixture)


def onnx_sets():
    import onnxruntime as ort
    from onnx import TensorProto, helper

    ort.set_default_logger_severity(4)
    sets = []
    for seed in range(80):
        centred, (boxes, scores, classes, grid) = seed % 2, draw(seed)
        n = len(scores)
        if n == 0:
            continue
        # Two classes of scores over the same boxes: the second in reverse.
        both = np.stack([scores, scores[::-1]])[None]
        numbers = [[5, 1000][seed // 2 % 2], IOUS[seed % len(IOUS)], [0.1, 0.5][seed // 4 % 2]]
        if not centred:
            boxes[::3] = boxes[::3][:, [2, 1, 0, 3]]
        node = helper.make_node("NonMaxSuppression", ["b", "s", "m", "i", "t"], ["y"], center_point_box=centred)
        inputs = [helper.make_tensor_value_info(name, kind, None) for name, kind in zip("bsmit", [1, 1, TensorProto.INT64, 1, 1])]
        graph = helper.make_graph([node], "g", inputs, [helper.make_tensor_value_info("y", TensorProto.INT64, None)])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=8)
        session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        values = {"b": boxes[None], "s": both, "m": np.array([numbers[0]]), "i": np.array([numbers[1]], f32), "t": np.array([numbers[2]], f32)}
        selected = session.run(None, values)[0]
        sets.append({"seed": seed, "centred": centred, "numbers": numbers, "selected": len(selected), "digest": digest(selected.flatten())})
    write("onnxruntime.json", sets)


if "--onnx" in sys.argv:
    onnx_sets()
else:
    torchvision_sets()
    soft_sets()
    overlaps()
