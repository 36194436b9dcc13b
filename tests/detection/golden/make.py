"""What box coders and the assignment of grid cells should give: torchvision's coders, and the rule of assignCells written with numpy.

    python tests/detection/golden/make.py

Writes coders.json and assign.json here.
"""
import json
import os

import numpy as np
import torch
from torchvision.models.detection._utils import BoxCoder, BoxLinearCoder
from torchvision.ops import box_convert

HERE = os.path.dirname(os.path.abspath(__file__))


def boxes(rng, count, size=128, least=2.0, most=60.0):
    centre, side = rng.uniform(0, size, (count, 2)), rng.uniform(least, most, (count, 2))
    return np.round(np.concatenate([centre - side / 2, centre + side / 2], 1) * 8) / 8


def coders():
    rng = np.random.default_rng(1)
    of, anchors = torch.tensor(boxes(rng, 12)), torch.tensor(boxes(rng, 12, least=8.0))
    codes = torch.tensor(np.round(rng.normal(0, 1, (12, 4)) * 64) / 64)
    codes[3, 2] = 40.0  # beyond the limit of a factor
    flat = lambda t: [float(v) for v in t.double().reshape(-1)]
    cases = []

    def case(name, weights, encode, decode):
        cases.append({'name': name, 'weights': weights, 'encoded': flat(encode(of, anchors)), 'decoded': flat(decode(codes, anchors))})

    linear = BoxLinearCoder(normalize_by_size=False)
    # Its first argument is what the distances are measured from.
    case('ltrb', None, lambda b, a: linear.encode(a, b), linear.decode)
    for weights in ((1.0, 1.0, 1.0, 1.0), (10.0, 10.0, 5.0, 5.0)):
        coder = BoxCoder(weights)
        case('box', weights, coder.encode_single, lambda c, a, coder=coder: coder.decode_single(c, a).reshape(-1, 4))

    def relative(b, a):
        b, a = box_convert(b, 'xyxy', 'cxcywh'), box_convert(a, 'xyxy', 'cxcywh')
        return torch.cat([(b[:, :2] - a[:, :2]) / a[:, 2:], b[:, 2:] / a[:, 2:]], 1)

    def absolute(c, a):
        a = box_convert(a, 'xyxy', 'cxcywh')
        return box_convert(torch.cat([a[:, :2] + c[:, :2] * a[:, 2:], c[:, 2:] * a[:, 2:]], 1), 'cxcywh', 'xyxy')

    case('cxcywh', None, relative, absolute)
    return {'boxes': flat(of), 'anchors': flat(anchors), 'codes': flat(codes), 'cases': cases}


def owners(truths, height, width, strides, radius, ranges):
    """For each cell the box that wins: sorted by distance, area and place, the first that wants it."""
    found = []
    for stride, (low, high) in zip(strides, ranges):
        rows, columns = height // stride, width // stride
        cy, cx = np.meshgrid((np.arange(rows) + 0.5) * stride, (np.arange(columns) + 0.5) * stride, indexing='ij')
        if len(truths) == 0:
            found += [-1] * (rows * columns)
            continue
        x, y = truths[:, 0] + truths[:, 2] / 2, truths[:, 1] + truths[:, 3] / 2
        dx, dy = cx.reshape(-1, 1) - x, cy.reshape(-1, 1) - y
        near = (np.abs(dx) < radius * stride) & (np.abs(dy) < radius * stride)
        own = np.minimum(rows - 1, y // stride) * columns + np.minimum(columns - 1, x // stride)
        near |= np.arange(rows * columns).reshape(-1, 1) == own
        longer = truths[:, 2:].max(1)
        near &= (longer >= low) & (longer < high)
        for cell in range(rows * columns):
            wanting = np.flatnonzero(near[cell])
            order = np.lexsort((wanting, truths[wanting, 2] * truths[wanting, 3], dx[cell, wanting] ** 2 + dy[cell, wanting] ** 2))
            found.append(int(wanting[order[0]]) if len(wanting) else -1)
    return found


def assignments():
    rng = np.random.default_rng(2)
    cases = []
    for i in range(40):
        height, width = (128, 128) if i % 3 else (64, 96)
        strides = [[8], [8, 16], [16, 32]][i // 6 % 3]
        radius = [1.0, 0.5, 1.5, 2.5][i % 4]
        count = [0, 1, 2, 5, 12, 40][i % 6]
        side = rng.uniform(1, 70, (count, 2))
        centre = rng.uniform(0, 1, (count, 2)) * [width, height]
        truths = np.round(np.concatenate([centre - side / 2, side], 1) * 4) / 4
        # Rounding may move a centre out of the image; objects of equal centres, and of a centre on the last edge.
        truths[:, :2] = np.clip(truths[:, :2], -truths[:, 2:] / 2, np.array([width, height]) - truths[:, 2:] / 2)
        if count > 3:
            truths[1, :2] = truths[0, :2] + truths[0, 2:] / 2 - truths[1, 2:] / 2
            truths[2] = truths[0]
            truths[3, :2] = [width - truths[3, 2] / 2, height - truths[3, 3] / 2]
        limits = [(0 if j == 0 else 4 * strides[j - 1], 1e9 if j == len(strides) - 1 else 4 * s) for j, s in enumerate(strides)]
        found = owners(truths, height, width, strides, radius, limits)
        cases.append({'size': [height, width], 'strides': strides, 'radius': radius, 'boxes': truths.tolist(), 'cells': len(found),
                      'owners': [[cell, owner] for cell, owner in enumerate(found) if owner >= 0]})
    return cases


def main():
    with open(os.path.join(HERE, 'coders.json'), 'w') as file:
        json.dump(coders(), file, separators=(',', ':'))
    with open(os.path.join(HERE, 'assign.json'), 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(case, separators=(',', ':')) for case in assignments()) + '\n]\n')


if __name__ == '__main__':
    main()
