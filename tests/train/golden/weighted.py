"""Losses with a weight for each element, and losses of boxes, from PyTorch and torchvision in float64; their gradients from autograd.

    python tests/train/golden/weighted.py

Writes weighted.json here, and the same file where the tests of the kernels read it. Each case has predictions `x`, a target, weights, the loss and
its gradient by `x`; the mean divides by the sum of the weights, or by `divisor` where there is one.
"""
import json
import os

import torch
import torch.nn.functional as F
from torchvision.ops import box_convert, complete_box_iou_loss, distance_box_iou_loss, generalized_box_iou_loss

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = [os.path.join(HERE, 'weighted.json'), os.path.join(HERE, '../../../crates/kernels/tests/fixtures/weighted.json')]
torch.manual_seed(16)


def numbers(*shape, scale=1.0):
    """Numbers that float32 has, too."""
    return (torch.rand(*shape, dtype=torch.float64) * scale).float().double()


def iou_loss(a, b, reduction):
    """torchvision has no loss of plain IoU: that of GIoU without what it adds, its eps included."""
    low, high = torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:])
    both = torch.where((high > low).all(1), (high - low).prod(1), torch.zeros_like(a[:, 0]))
    area = lambda box: (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
    return 1 - both / (area(a) + area(b) - both + 1e-7)


KINDS = {'iou': iou_loss, 'giou': generalized_box_iou_loss, 'diou': distance_box_iou_loss, 'ciou': complete_box_iou_loss}


def corners(form, boxes):
    if form == 'ltrb':
        return torch.cat([-boxes[:, :2], boxes[:, 2:]], 1)
    return box_convert(boxes, form, 'xyxy')


def boxes_of(form, count):
    if form == 'ltrb':
        return numbers(count, 4, scale=8) + 0.25
    centre = torch.cat([numbers(count, 2, scale=16), numbers(count, 2, scale=12) + 0.5], 1)
    return centre if form == 'cxcywh' else box_convert(centre, 'cxcywh', 'xyxy').float().double()


def finished(case, x, loss, weights, divisor):
    total = weights.sum() if divisor is None else divisor
    value = (loss * weights).sum() / total
    value.backward()
    flat = lambda t: [float(v) for v in t.detach().reshape(-1)]
    return {**case, 'shape': list(x.shape), 'x': flat(x), 'weights': flat(weights), 'divisor': divisor, 'loss': float(value), 'gradient': flat(x.grad)}


def box_case(kind, form, dim, divisor=None, special=None):
    """`dim`: -1 for [12, 4], 1 for [2, 4, 6]."""
    rows = boxes_of(form, 12) if special is None else special[0]
    target = boxes_of(form, 12) if special is None else special[1]
    weights = numbers(len(rows))
    weights[2::5] = 0
    lie = (lambda t: t) if dim == -1 else (lambda t: t.reshape(2, 6, 4).transpose(1, 2).contiguous())
    back = (lambda t: t) if dim == -1 else (lambda t: t.transpose(1, 2).reshape(-1, 4))
    x = lie(rows).clone().requires_grad_()
    loss = KINDS[kind](corners(form, back(x)), corners(form, target), reduction='none')
    case = {'name': f'{kind} {form} {dim}{"" if special is None else " special"}', 'kind': 'boxIou', 'of': kind, 'form': form, 'dim': dim, 'target': lie(target).reshape(-1).tolist()}
    return finished(case, x, loss, weights, divisor)


# The same box, edges that touch, one in the other with common edges, apart.
SPECIAL = [torch.tensor(rows, dtype=torch.float64) for rows in (
    [[0, 0, 4, 4], [0, 0, 4, 4], [1, 0, 3, 4], [0, 0, 1, 1], [2, 2, 5, 6]],
    [[0, 0, 4, 4], [4, 0, 8, 4], [0, 0, 4, 4], [7, 8, 9, 9], [2, 3, 5, 9]],
)]


def bce_case(positive=1.0, divisor=None):
    x = (numbers(3, 2, 5, scale=8) - 4).requires_grad_()
    target, weights = numbers(3, 2, 5), numbers(3, 2, 5, scale=2)
    weights[0, 1] = 0
    loss = F.binary_cross_entropy_with_logits(x, target, reduction='none', pos_weight=torch.tensor(positive, dtype=torch.float64))
    case = {'name': f'bce {positive} {divisor}', 'kind': 'bceWithLogits', 'posWeight': positive, 'target': target.reshape(-1).tolist()}
    return finished(case, x, loss, weights, divisor)


def classes_case(shape, smoothing=0.0, class_weights=None, divisor=None):
    x = (numbers(*shape, scale=6) - 3).requires_grad_()
    spread = [shape[0], *shape[2:]]
    target = torch.randint(shape[1], spread)
    weights = numbers(*spread)
    weights.view(-1)[1::3] = 0
    target.view(-1)[2] = -100
    of = None if class_weights is None else torch.tensor(class_weights, dtype=torch.float64)
    loss = F.cross_entropy(x, target, weight=of, reduction='none', label_smoothing=smoothing)
    counted = torch.where(target == -100, 0.0, weights * (1 if of is None else of[target.clamp(min=0)]))
    case = {'name': f'cross-entropy {len(shape)} {smoothing} {divisor}', 'kind': 'crossEntropy', 'smoothing': smoothing, 'classWeights': class_weights, 'target': target.reshape(-1).tolist()}
    return {**finished(case, x, loss, weights, float(counted.sum()) if divisor is None else divisor), 'divisor': divisor}


def main():
    cases = [box_case(kind, form, dim) for kind in KINDS for form, dim in (('xyxy', -1), ('ltrb', 1), ('cxcywh', 1))]
    cases += [box_case('ciou', 'cxcywh', -1, divisor=5.0)]
    cases += [box_case(kind, 'xyxy', -1, special=SPECIAL) for kind in KINDS]
    cases += [bce_case(), bce_case(2.5), bce_case(divisor=7.0)]
    cases += [classes_case((9, 5)), classes_case((2, 4, 3, 3), class_weights=[1.0, 0.5, 2.0, 0.25]), classes_case((9, 5), 0.125, divisor=4.0)]
    for path in OUT:
        with open(path, 'w') as file:
            file.write('[\n' + ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases) + '\n]\n')
    print(len(cases), 'cases')


if __name__ == '__main__':
    main()
