"""How many pictures Pillow decodes, and resizes for ImageNet's evaluation, in a second of one thread's processor time.

usage: pillow.py FILE...             the twin of `ResNetSharp.Benchmarks decode FILE...`
       pillow.py input FOLDER SIDE   the twin of `ResNetSharp.Benchmarks input FOLDER SIDE`: decoded, cropped, flipped and normalised with NumPy
"""
import io
import math
import pathlib
import random
import sys
import time

import numpy
from PIL import Image

MEAN, DEVIATION = numpy.array([0.485, 0.456, 0.406], 'f'), numpy.array([0.229, 0.224, 0.225], 'f')


def rate(action, seconds=0.5):
    action()
    best = 0.0
    for _ in range(3):
        start, count = time.thread_time(), 0
        while True:
            action()
            count += 1
            spent = time.thread_time() - start
            if spent >= seconds / 3:
                break
        best = max(best, count / spent)
    return best


def evaluation_size(picture):
    """torchvision's Resize(256) and CenterCrop(224)."""
    width, height = picture.size
    size = (256, int(256 * height / width)) if width <= height else (int(256 * width / height), 256)
    resized = picture.resize(size, Image.BILINEAR)
    left, top = round((size[0] - 224) / 2), round((size[1] - 224) / 2)
    return resized.crop((left, top, left + 224, top + 224)).tobytes()


def training_input(file, side):
    """torchvision's RandomResizedCrop, RandomHorizontalFlip and Normalize."""
    picture = Image.open(file).convert("RGB")
    width, height = picture.size
    while True:
        area, ratio = width * height * random.uniform(0.08, 1), math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if w <= width and h <= height:
            break
    left, top = random.randint(0, width - w), random.randint(0, height - h)
    picture = picture.resize((side, side), Image.BILINEAR, (left, top, left + w, top + h))
    if random.random() < 0.5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    return (numpy.asarray(picture, 'f') / 255 - MEAN) / DEVIATION


if sys.argv[1] == "input":
    files = sorted(path for path in pathlib.Path(sys.argv[2]).rglob("*") if path.is_file())
    print(f"{sys.argv[2]}, {len(files)} pictures, one thread: {rate(lambda: training_input(random.choice(files), int(sys.argv[3])), 6):.0f} images/s")
    sys.exit()
print(f"{'file':<32} {'pixels':>12} {'decode/s':>10} {'MP/s':>8} {'resize/s':>10}")
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        data = file.read()
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    decode = rate(lambda: Image.open(io.BytesIO(data)).convert("RGB"))
    resize = rate(lambda: evaluation_size(picture))
    width, height = picture.size
    name = path.rsplit("/", 1)[-1]
    print(f"{name:<32} {f'{width}x{height}':>12} {decode:>10.1f} {decode * width * height / 1e6:>8.1f} {resize:>10.1f}")
