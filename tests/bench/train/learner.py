"""A network of the benchmark in PyTorch, stepped by lines of standard input: `step` answers milliseconds and loss."""

import json
import sys
import time

import numpy
import torch
from torch.nn import functional as F


def activation(words, x):
    return {1: lambda: F.relu(x), 2: lambda: torch.clamp(x, words[1], words[2])}[words[0]]()


def norm(module, attrs, role, x):
    return F.batch_norm(x, role("running_mean"), role("running_var"), role("weight"), role("bias"), module.trained, 0.1, attrs["eps"])


def conv(attrs, role, x):
    top, left, *_ = attrs["pad"]
    return F.conv2d(x, role("weight"), role("bias"), attrs["stride"], (top, left), attrs["dilation"], attrs["groups"])


def transposed(attrs, role, x):
    return F.conv_transpose2d(x, role("weight"), role("bias"), attrs["stride"], 0, 0, attrs["groups"])


class Net(torch.nn.Module):
    """Runs the nodes of a graph, as a module's `forward` would call them."""

    def __init__(self, job, params):
        super().__init__()
        self.nodes, self.names, self.frozen = job["nodes"], params, job["frozen"]
        self.trained = not self.frozen

    def run(self, nodes, values):
        for node in nodes:
            attrs, (x, *others) = node["attrs"], [values[i] for i in node["inputs"]]
            role = lambda name: self.names.get(node["params"].get(name))
            values[node["outputs"][0]] = {
                "Conv2d": lambda: conv(attrs, role, x),
                "ConvTranspose2d": lambda: transposed(attrs, role, x),
                "Linear": lambda: F.linear(x, role("weight"), role("bias")),
                "BatchNorm2d": lambda: norm(self, attrs, role, x),
                "Activation": lambda: activation(attrs["words"], x),
                "Pool2d": lambda: F.max_pool2d(x, attrs["kernel"], attrs["stride"]),
                "AdaptiveAvgPool2d": lambda: F.adaptive_avg_pool2d(x, attrs["size"]),
                "GlobalPool2d": lambda: F.adaptive_avg_pool2d(x, 1),
                "Flatten": lambda: torch.flatten(x, attrs["startDim"], attrs["endDim"]),
                "Add": lambda: x + others[0],
                "Concat": lambda: torch.cat([x, *others], attrs["dim"]),
                "Identity": lambda: x,
            }[node["type"]]()
        return values[nodes[-1]["outputs"][0]]

    def forward(self, x):
        values = {0: x}
        values[self.input] = x
        with torch.no_grad():
            if self.frozen:
                self.run(self.nodes[: self.frozen], values)
        return self.run(self.nodes[self.frozen :], values)


def main():
    job = json.loads(sys.stdin.readline())
    torch.set_num_threads(job["threads"])
    numbers = torch.from_numpy(numpy.fromfile(job["file"], dtype=numpy.float32))
    tensors, at = {}, 0
    for name, shape in job["tensors"]:
        size = numpy.prod(shape, dtype=int)
        tensors[name] = numbers[at : at + size].reshape(shape).clone()
        at += size
    x, target = tensors.pop("x"), tensors.pop("target").long()
    learnt = [tensors[name].requires_grad_() for name in job["trainable"]]
    net = Net(job, tensors)
    net.input = job["input"]
    optimizer = torch.optim.SGD(learnt, lr=job["rate"], momentum=job["momentum"])
    print(json.dumps({"version": torch.__version__}), flush=True)
    for _ in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), target)
        loss.backward()
        optimizer.step()
        loss = loss.item()
        took = {"ms": 1000 * (time.perf_counter() - start), "cpu": 1000 * (time.process_time() - cpu)}
        print(json.dumps({**took, "loss": loss}), flush=True)


main()
