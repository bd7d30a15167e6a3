"""How many pictures Pillow decodes, and resizes for ImageNet's evaluation, in a second of one thread's processor time.

usage: pillow.py FILE...    the twin of `ResNetSharp.Benchmarks decode FILE...`
"""
import io
import sys
import time

from PIL import Image


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
