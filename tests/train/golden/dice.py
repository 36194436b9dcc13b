"""Dice loss of several classes and its gradient, from PyTorch in float64: dice.json beside this file.

    python tests/train/golden/dice.py

The loss is written out with softmax, one-hot masks and sums; the gradient is autograd's.
"""
import json
import os

import torch

torch.manual_seed(16)
IGNORED = -100
CASES = [
    {'name': 'each image', 'shape': [3, 5, 4, 3]},
    {'name': 'all images together', 'shape': [3, 5, 4, 3], 'batch': True},
    {'name': 'without background', 'shape': [2, 4, 3, 5], 'background': False},
    {'name': 'together, without background, pixels ignored', 'shape': [2, 11, 5, 5], 'batch': True, 'background': False, 'ignored': True},
    {'name': 'hardly smoothed', 'shape': [2, 3, 4, 4], 'smooth': 1e-3, 'ignored': True},
    {'name': 'two classes, far logits', 'shape': [1, 2, 6, 2], 'scale': 8.0},
]


def dice(x, y, smooth, batch, background):
    kept = (y != IGNORED).unsqueeze(1)
    p = torch.softmax(x, 1) * kept
    t = torch.nn.functional.one_hot(y.clamp(min=0), x.shape[1]).movedim(-1, 1).to(x.dtype) * kept
    axes = (0, 2, 3) if batch else (2, 3)
    both, either = (p * t).sum(axes), p.sum(axes) + t.sum(axes)
    losses = 1 - (2 * both + smooth) / (either + smooth)
    return (losses if background else losses[..., 1:]).mean()


def case(name, shape, smooth=1.0, batch=False, background=True, ignored=False, scale=3.0):
    n, c, h, w = shape
    x = (scale * torch.randn(shape)).mul(64).round().div(64)
    y = torch.randint(0, c, (n, h, w))
    if ignored:
        y.view(-1)[::4] = IGNORED
    x64 = x.double().requires_grad_()
    loss = dice(x64, y, smooth, batch, background)
    loss.backward()
    options = {'smooth': smooth, 'batch': batch, 'background': background}
    return {'name': name, 'shape': shape, 'options': options, 'x': x.flatten().tolist(), 'y': y.flatten().tolist(),
            'loss': loss.item(), 'gradient': [float(f'{g:.9g}') for g in x64.grad.flatten().tolist()]}


with open(os.path.join(os.path.dirname(__file__), 'dice.json'), 'w') as file:
    json.dump([case(**one) for one in CASES], file, separators=(',', ':'))
    file.write('\n')
