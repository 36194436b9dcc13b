"""What pycocotools, torchvision and torchmetrics say of data that tests/metrics/random-data.ts makes in the same way: expected.json.

python tests/metrics/make_expected.py      (numpy, torch, torchvision 0.29, pycocotools 2.0, torchmetrics 1.9)
"""
import contextlib
import io
import json
import math
import pathlib

import numpy as np
import torch
import torchvision.ops as ops
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchmetrics.functional.classification import (
    multiclass_accuracy, multiclass_f1_score, multiclass_jaccard_index, multiclass_precision, multiclass_recall)

SIZE = (180, 240)  # height, width of images with masks


class Random:
    """MINSTD (Park and Miller 1988): whole numbers that both languages hold exactly."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = self.state * 48271 % 2147483647
        return self.state / 2147483647

    def below(self, n):
        return math.floor(self.next() * n)


def halves(value):
    return math.floor(value * 2) / 2


def random_box(random, width, height):
    w = halves(1 + random.next() * random.next() * (width - 2))
    h = halves(1 + random.next() * random.next() * (height - 2))
    return [halves(random.next() * (width - w)), halves(random.next() * (height - h)), w, h]


def near(random, box):
    return [halves(box[0] + (random.next() - 0.5) * 0.3 * box[2]), halves(box[1] + (random.next() - 0.5) * 0.3 * box[3]),
            halves(box[2] * (0.8 + 0.4 * random.next())) + 0.5, halves(box[3] * (0.8 + 0.4 * random.next())) + 0.5]


def mask_of(box, ellipse, size=SIZE):
    """The ellipse or rectangle in a box whose sides are rounded down."""
    left, top = math.floor(box[0]), math.floor(box[1])
    w, h = max(1, math.floor(box[2])), max(1, math.floor(box[3]))
    y, x = np.mgrid[0:size[0], 0:size[1]]
    dx, dy = 2 * x + 1 - (2 * left + w), 2 * y + 1 - (2 * top + h)
    inside = (dx * h) ** 2 + (dy * w) ** 2 <= (w * h) ** 2 if ellipse else (abs(dx) <= w) & (abs(dy) <= h)
    return np.asfortranarray(inside.astype(np.uint8))


def random_set(seed, with_masks):
    """Images of one set: [(id, truths, detections)]."""
    random = Random(seed)
    height, width = SIZE if with_masks else (300, 400)
    classes, images = 1 + random.below(4), 3 + random.below(8)
    crowded = seed % 10 == 0 and not with_masks
    out = []
    for i in range(images):
        truths = []
        for _ in range(random.below(7)):
            box, index, crowd = random_box(random, width, height), random.below(classes), random.next() < 0.15
            scale = random.below(3) / 2
            truths.append({'box': box, 'index': index, 'crowd': crowd, 'scale': scale, 'ellipse': random.next() < 0.5})
        found = []
        for truth in truths:
            for _ in range(random.below(4)):
                box = near(random, truth['box'])
                index = random.below(classes) if random.next() < 0.1 else truth['index']
                found.append({'box': box, 'index': index, 'score': random.below(21) / 20, 'ellipse': truth['ellipse']})
        for _ in range(130 if crowded else random.below(5)):
            box = random_box(random, width, height)
            found.append({'box': box, 'index': random.below(classes), 'score': random.below(21) / 20, 'ellipse': random.next() < 0.5})
        out.append((images - i, truths, found))
    return classes, out


def coco_numbers(seed, with_masks):
    classes, images = random_set(seed, with_masks)
    most = [1, 2, 4] if seed % 5 == 1 else [1, 10, 100]
    height, width = SIZE if with_masks else (300, 400)
    annotations, results = [], []
    for image, truths, found in images:
        for truth in truths:
            box = truth['box']
            entry = {'id': len(annotations) + 1, 'image_id': image, 'category_id': truth['index'], 'bbox': box, 'iscrowd': int(truth['crowd'])}
            area = box[2] * box[3]
            if with_masks:
                entry['segmentation'] = masks.encode(mask_of(box, truth['ellipse']))
                area = float(masks.area(entry['segmentation']))
            # A scale of 0 says that the file has the object's own area.
            entry['area'] = area * truth['scale'] if truth['scale'] else area
            annotations.append(entry)
        for one in found:
            entry = {'image_id': image, 'category_id': one['index'], 'score': one['score']}
            entry.update({'segmentation': masks.encode(mask_of(one['box'], one['ellipse']))} if with_masks else {'bbox': one['box']})
            results.append(entry)
    truth = COCO()
    truth.dataset = {'images': [{'id': image, 'height': height, 'width': width} for image, _, _ in images],
                     'categories': [{'id': c} for c in range(classes)], 'annotations': annotations}
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        run = COCOeval(truth, truth.loadRes(results), 'segm' if with_masks else 'bbox')
        run.params.maxDets = most
        run.evaluate()
        run.accumulate()
        run.summarize()
    precision, recall = run.eval['precision'], run.eval['recall']

    def mean(values):
        values = values[values > -1]
        return float(np.mean(values)) if len(values) else -1

    def numbers(p, r):
        # The reference reads the first number at 100 detections, whatever was asked for: all of these are read at the most.
        return [mean(p[..., 0, 2]), mean(p[0, ..., 0, 2]), mean(p[5, ..., 0, 2]), *(mean(p[..., a, 2]) for a in (1, 2, 3)),
                *(mean(r[..., 0, m]) for m in (0, 1, 2)), *(mean(r[..., a, 2]) for a in (1, 2, 3))]

    everything = numbers(precision, recall)
    assert np.allclose(run.stats[1:], everything[1:], rtol=0, atol=0)
    assert most[2] != 100 or run.stats[0] == everything[0]
    by_class = [numbers(precision[:, :, k:k + 1], recall[:, k:k + 1])[:1] for k in range(classes)]
    return {'all': everything, 'ap': [ap for [ap] in by_class]}


def rle_cases():
    """Masks as text, their areas and boxes, and IoU with and without crowds."""
    random, rles = Random(7), []
    for i in range(12):
        size = (1 + random.below(40), 1 + random.below(40))
        mask = np.zeros(size, dtype=np.uint8)
        for y in range(size[0]):
            for x in range(size[1]):
                drawn = random.next() < [0.5, 0.05, 0.95][i % 3]
                mask[y, x] = drawn if i > 1 else i
        rles.append(masks.encode(np.asfortranarray(mask)))
    random = Random(8)
    same = [masks.encode(mask_of(random_box(random, 60, 50), i % 2, (50, 60))) for i in range(8)]
    crowd = [i % 3 == 0 for i in range(8)]
    return {
        'texts': [[*rle['size'], rle['counts'].decode()] for rle in rles],
        'areas': [int(area) for area in masks.area(rles)], 'boxes': [list(box) for box in masks.toBbox(rles)],
        'same': [rle['counts'].decode() for rle in same], 'iou': masks.iou(same, same, crowd).tolist(),
        'union': masks.merge(same[:3])['counts'].decode(),
    }


def polygon_cases():
    random, texts = Random(11), []
    for i in range(60):
        height, width = 1 + random.below(40), 1 + random.below(40)
        polygons = []
        for _ in range(1 + random.below(2)):
            corners = 3 + random.below(6)
            reach = 1.4 if i % 4 == 0 else 1
            values = []
            for _ in range(corners):
                x = (random.next() - (reach - 1) / 2) * reach * width
                y = (random.next() - (reach - 1) / 2) * reach * height
                values += [math.floor(x), math.floor(y)] if i % 3 == 0 else [halves(x), halves(y)] if i % 3 == 1 else [x, y]
            # A corner that is there twice has no direction.
            polygons.append(values + values[-2:] if i % 5 == 0 else values)
        merged = masks.merge(masks.frPyObjects(polygons, height, width))
        # Once through pixels, so that equal masks have equal texts.
        texts.append(masks.encode(np.asfortranarray(masks.decode(merged)))['counts'].decode())
    return texts


def box_cases():
    random = Random(5)
    a, b = ([random_box(random, 50, 40) for _ in range(n)] for n in (9, 7))
    a[0] = b[0]
    corners = [torch.tensor([[x, y, x + w, y + h] for x, y, w, h in boxes], dtype=torch.float64) for boxes in (a, b)]
    names = ['box_iou', 'generalized_box_iou', 'distance_box_iou', 'complete_box_iou']
    return {name: getattr(ops, name)(*corners).flatten().tolist() for name in names}


def class_cases():
    random = Random(3)
    classes, out = 6, []
    for ignore in (None, 255):
        # Class 4 is neither there nor answered, class 5 only answered.
        truths = [255 if ignore and random.next() < 0.2 else random.below(4) for _ in range(500)]
        answers = [truth if truth < 4 and random.next() < 0.6 else [0, 1, 2, 3, 5][random.below(5)] for truth in truths]
        t, a = torch.tensor(truths), torch.tensor(answers)
        kw = {'num_classes': classes, 'ignore_index': ignore}
        out.append({
            'meanIou': multiclass_jaccard_index(a, t, average='macro', **kw).item(),
            'iou': multiclass_jaccard_index(a, t, average='none', **kw).tolist(),
            'accuracy': multiclass_accuracy(a, t, average='micro', **kw).item(),
            'meanDice': multiclass_f1_score(a, t, average='macro', **kw).item(),
            'dice': multiclass_f1_score(a, t, average='none', **kw).tolist(),
            'precision': multiclass_precision(a, t, average='none', **kw).tolist(),
            'recall': multiclass_recall(a, t, average='none', **kw).tolist(),
        })
    scores = torch.tensor([[random.next() for _ in range(12)] for _ in range(100)])
    t = torch.tensor([random.below(12) for _ in range(100)])
    top = [multiclass_accuracy(scores, t, num_classes=12, average='micro', top_k=k).item() for k in (1, 3, 5)]
    return {'matrices': out, 'top': top}


if __name__ == '__main__':
    np.seterr(all='ignore')
    expected = {
        'boxes': [coco_numbers(seed, False) for seed in range(1, 51)], 'masks': [coco_numbers(seed, True) for seed in range(101, 151)],
        'rle': rle_cases(), 'polygons': polygon_cases(), 'boxIou': box_cases(), 'classes': class_cases(),
    }
    path = pathlib.Path(__file__).with_name('expected.json')
    lines = [f'{json.dumps(name)}:{json.dumps(value, separators=(",", ":"))}' for name, value in expected.items()]
    path.write_text('{\n' + ',\n'.join(lines) + '\n}\n')
