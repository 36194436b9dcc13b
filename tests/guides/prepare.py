"""Runs a block of Python that exports a model of torchvision, as it stands but for the weights: these are random, since downloads need a network.

Beside the file of the block it writes, for an input of its shape, what PyTorch answers: x.bin and y.bin, float32.
"""
import sys

import torch

torch.manual_seed(7)
block = sys.stdin.read()
assert block.count("weights='DEFAULT'") == 1, 'the block names its weights otherwise'
names = {}
exec(compile(block.replace("weights='DEFAULT'", 'weights=None'), 'block', 'exec'), names)
x = torch.rand(1, 3, 224, 224) * 2 - 1
with torch.no_grad():
    y = names['model'](x)
x.numpy().tofile('x.bin')
y.numpy().tofile('y.bin')
