#!/usr/bin/env python3
"""Trains a CIFAR-10 network, the paper's or a residual one, in Switchyard and in PyTorch with the same settings, over
several seeds, and sets losses, accuracies and times side by side. Initial weights, order and dropout are drawn by each on its own, so
only distributions can agree. Not a test: it takes minutes and needs PyTorch (Debian: python3-torch).

With --augment both move each image by up to 4 pixels and mirror half of them.

Usage: test/bench/cifar_training.py BUILD --data DIR [--network cifar_resnet] [--augment] [--seeds 3] [--epochs 3] [--train 20000]
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

PROGRAM = """
use std
use std.paper
dataset photos = cifar10(train = {train})
experiment training {{
  dataset  photos
  network  {network}
  training paper.sgd(rate = {rate}, weight_decay = {weight_decay}, epochs = {epochs}){augment}
  defend with {{ none }}
  measure accuracy
}}
"""
BATCH, MOMENTUM, DECAY, DROPOUT = 128, 0.9, 1e-6, 0.7  # paper.sgd and cifar_cnn
RATE = {"cifar_cnn": 0.01, "cifar_resnet": 0.1}
WEIGHT_DECAY = {"cifar_cnn": 0, "cifar_resnet": 5e-4}
MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)  # of cifar_resnet


def switchyard(options, seed):
    """Loss of each epoch, accuracy on the test split, seconds of training."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "training.swy")
        with open(path, "w") as file:
            file.write(PROGRAM.format(train=options.train, epochs=options.epochs, network=options.network,
                                      rate=RATE[options.network], weight_decay=WEIGHT_DECAY[options.network],
                                      augment=" { augment { random_crop(4) random_flip } }" if options.augment else ""))
        command = [os.path.join(options.build, "bin", "switchyard"), "run", path, "--data", options.data,
                   "--seed", str(seed), "--store", folder + "/store", "--out", folder + "/out"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(folder + "/out/results.json") as file:
            results = json.load(file)
    training = results["trainings"][0]
    accuracy = [row["value"] for row in results["results"] if row["measure"] == "accuracy"][0]
    return training["epoch_loss"], accuracy, training["seconds"]


def read_split(options, names, count):
    import numpy
    import torch
    records = numpy.concatenate([numpy.fromfile(os.path.join(options.data, name), numpy.uint8).reshape(-1, 3073)
                                 for name in names])[:count]
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).astype("float32") / 255)
    return images.contiguous(memory_format=torch.channels_last), torch.from_numpy(records[:, 0].astype("int64"))


def cifar_cnn():
    from torch import nn
    layers = []
    for inputs, outputs in ((3, 64), (64, 64), (64, 128), (128, 128)):
        layers += [nn.Conv2d(inputs, outputs, 3), nn.ReLU()] + ([nn.MaxPool2d(2)] if inputs == outputs else [])
    layers += [nn.Flatten(), nn.Linear(3200, 256), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(256, 256), nn.ReLU(),
               nn.Linear(256, 10)]
    return nn.Sequential(*layers)


def cifar_resnet(n=3, width=16):
    import torch
    from torch import nn

    def normalized(inputs, outputs, kernel, stride=1):
        return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)]

    class Basic(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.main = nn.Sequential(*normalized(inputs, outputs, 3, stride), nn.ReLU(), *normalized(outputs, outputs, 3))
            self.shortcut = nn.Sequential(*(normalized(inputs, outputs, 1, stride) if inputs != outputs else []))

        def forward(self, x):
            return torch.relu(self.main(x) + self.shortcut(x))

    class Normalize(nn.Module):
        def forward(self, x):
            return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)

    layers = [Normalize(), *normalized(3, width, 3), nn.ReLU()]
    for stage in range(3):
        for block in range(n):
            first = block == 0 and stage > 0
            layers.append(Basic(width << (stage - first), width << stage, 2 if first else 1))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, 10))


def build_network(name):
    """Weights begin as Switchyard's do."""
    import torch
    from torch import nn
    network = {"cifar_cnn": cifar_cnn, "cifar_resnet": cifar_resnet}[name]()
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return network.to(memory_format=torch.channels_last)


def augmented(images):
    """Each image by draws of its own, as torchvision's RandomCrop(32, padding=4) and RandomHorizontalFlip."""
    import torch
    count, _, height, width = images.shape
    padded = torch.nn.functional.pad(images, (4, 4, 4, 4))
    rows = torch.randint(0, 9, (count, 1)) + torch.arange(height)
    columns = torch.randint(0, 9, (count, 1)) + torch.arange(width)
    columns = torch.where(torch.rand(count, 1) < 0.5, columns.flip(1), columns)
    moved = padded.permute(0, 2, 3, 1)[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2)  # channels last in memory, as the network wants them


def pytorch(options, seed, train, test):
    import torch
    from torch.nn.functional import cross_entropy
    torch.manual_seed(seed)
    network, rate = build_network(options.network), RATE[options.network]
    optimizer = torch.optim.SGD(network.parameters(), rate, MOMENTUM, nesterov=True,
                                weight_decay=WEIGHT_DECAY[options.network])
    losses, iteration, begin = [], 0, time.time()
    for _ in range(options.epochs):
        network.train()
        total = 0.0
        for rows in torch.randperm(len(train[1])).split(BATCH):
            for group in optimizer.param_groups:
                group["lr"] = rate / (1 + DECAY * iteration)
            images = augmented(train[0][rows]) if options.augment else train[0][rows]
            loss = cross_entropy(network(images), train[1][rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
            iteration += 1
        losses.append(total / len(train[1]))
    seconds = time.time() - begin
    network.eval()
    with torch.no_grad():
        right = sum((network(x).argmax(1) == y).sum().item() for x, y in zip(test[0].split(500), test[1].split(500)))
    return losses, right / len(test[1]), seconds


def table(options, runs):
    names = [f"loss, epoch {i + 1}" for i in range(options.epochs)] + ["test accuracy (%)", "seconds"]
    columns = {tool: [list(losses) + [100 * accuracy, seconds] for losses, accuracy, seconds in results]
               for tool, results in runs.items()}
    print("| | " + " | ".join(columns) + " |\n| --- |" + " --- |" * len(columns))
    for i, name in enumerate(names):
        digits = 4 if name.startswith("loss") else 2
        cells = []
        for values in columns.values():
            values = [run[i] for run in values]
            spread = f" +- {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
            cells.append(f"{statistics.mean(values):.{digits}f}{spread}")
        print(f"| {name} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--data", required=True, help="folder of CIFAR-10's binary version")
    parser.add_argument("--network", choices=sorted(RATE), default="cifar_cnn")
    parser.add_argument("--augment", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--train", type=int, default=20000)
    options = parser.parse_args()
    import torch
    torch.set_num_threads(len(os.sched_getaffinity(0)))  # as Switchyard does; one fewer under taskset
    train = read_split(options, [f"data_batch_{i}.bin" for i in range(1, 6)], options.train)
    test = read_split(options, ["test_batch.bin"], 10000)
    runs = {"Switchyard": [], f"PyTorch {torch.__version__}": []}
    for seed in range(1, options.seeds + 1):  # taking turns, so that a busy machine slows both alike
        for tool, results in runs.items():
            results.append(switchyard(options, seed) if tool == "Switchyard" else pytorch(options, seed, train, test))
            losses, accuracy, seconds = results[-1]
            print(f"{tool}, seed {seed}: loss {' '.join(f'{loss:.4f}' for loss in losses)}, accuracy "
                  f"{100 * accuracy:.2f} %, {seconds:.0f} s", flush=True)
    table(options, runs)


if __name__ == "__main__":
    main()
