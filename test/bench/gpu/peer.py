"""The same work in PyTorch as a careful user writes it: weights frozen in attacks, data and networks on the device,
channels_last where it is faster, fused optimizers, updates in one compiled function. Every maker returns a function of
nothing that does the work once; the caller waits for the device."""
import os
import sys

import torch
from torch.nn.functional import cross_entropy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cifar_training import BATCH, DECAY, MOMENTUM, RATE, build_network  # noqa: E402

EPS, STEP = 8 / 255, 0.8 / 255


def prepare(tf32):
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.set_num_threads(len(os.sched_getaffinity(0)))


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def layout(name):
    return torch.channels_last if name == "channels_last" else torch.contiguous_format


def images(device, batch, memory):
    pictures = torch.rand(batch, 3, 32, 32, device=device).contiguous(memory_format=layout(memory))
    return pictures, torch.randint(10, (batch,), device=device)


def compiled(function, mode):
    """None as mode: as it is. Shapes never change, so none are left open."""
    return torch.compile(function, mode=mode, dynamic=False) if mode else function


def project(x, clean):
    return torch.minimum(torch.maximum(x, clean - EPS), clean + EPS).clamp(0, 1)


def attack(device, batch, steps, memory, mode=None, draws=1):
    """PGD; with more draws, in expectation over a dropout of 0.3, the draws side by side in one batch."""
    network = build_network().to(device, memory_format=layout(memory)).requires_grad_(False).eval()
    if draws > 1:
        for layer in network:
            if isinstance(layer, torch.nn.Dropout):
                layer.p = 0.3
                layer.train()
    clean, goals = images(device, batch, memory)
    goals = goals.repeat(draws)
    model = compiled(network, mode)

    def update(x, gradient):
        return project(x - STEP * gradient.sign(), clean)
    update = compiled(update, mode)

    def run():
        x = project(clean + torch.empty_like(clean).uniform_(-EPS, EPS), clean)
        for _ in range(steps):
            x = x.detach().clone() if mode == "reduce-overhead" else x.detach()  # its graphs reuse their outputs
            x.requires_grad_(True)
            many = x.repeat(draws, 1, 1, 1) if draws > 1 else x
            loss = cross_entropy(model(many), goals, reduction="sum") / draws
            gradient, = torch.autograd.grad(loss, x)
            with torch.no_grad():
                x = update(x, gradient)
        return x
    return run


def trainer(device, memory, mode=None):
    """A network with its optimizer: a function of a batch that trains one step."""
    network = build_network().to(device, memory_format=layout(memory)).train()
    optimizer = torch.optim.SGD(network.parameters(), RATE, MOMENTUM, nesterov=True, fused=device == "cuda")
    model = compiled(network, mode)

    def step(pictures, labels):
        optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(model(pictures), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()
    return step, optimizer


def train_steps(device, count, memory, mode=None):
    """Several in a row, so that the host may run ahead of the device."""
    step, _ = trainer(device, memory, mode)
    pictures, labels = images(device, BATCH, memory)

    def run():
        for _ in range(count):
            step(pictures, labels)
    return run


def train_channels(device, memory, channels, epochs, count):
    """Networks trained one after the other on images that are on the device."""
    pictures, labels = images(device, count, memory)

    def run():
        for _ in range(channels):
            step, optimizer = trainer(device, memory)
            iteration, total = 0, 0
            for _ in range(epochs):
                for rows in torch.randperm(count, device=device).split(BATCH):
                    for group in optimizer.param_groups:
                        group["lr"] = RATE / (1 + DECAY * iteration)
                    total = total + step(pictures[rows], labels[rows])
                    iteration += 1
            float(total)
    return run


def copy(device, count):
    source = torch.ones(count, device=device)
    target = torch.empty_like(source)
    return lambda: target.copy_(source)
