#!/usr/bin/env python3
"""Publishes the command line in its two forms and measures size and start: from the process's beginning to the first classified picture.

usage: start.py [--reps 7] [--forms framework,self-contained] [--published FOLDER]

Every run is a new process that reads a ResNet-50 (102 MB of random weights in a safetensors file, in the system's cache after the first run)
and a picture of 500x375, and names what is in it. The median and the least time are printed, one JSON object a form. --published measures
what an earlier call left in FOLDER instead of publishing again.
"""
import argparse, array, json, os, random, statistics, struct, subprocess, sys, tempfile, time, zlib

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
FORMS = {'framework': [], 'self-contained': ['-r', 'linux-x64', '--self-contained', '-p:PublishTrimmed=true']}


def resnet50():
    """Names and shapes of torchvision's ResNet-50."""
    def norm(name, channels):
        return [(f'{name}.{part}', [channels]) for part in ('weight', 'bias', 'running_mean', 'running_var')]
    tensors, channels = [('conv1.weight', [64, 3, 7, 7]), *norm('bn1', 64)], 64
    for stage, (blocks, width) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512)), 1):
        for block in range(blocks):
            path = f'layer{stage}.{block}'
            for i, (inputs, outputs, kernel) in enumerate(((channels, width, 1), (width, width, 3), (width, 4 * width, 1)), 1):
                tensors += [(f'{path}.conv{i}.weight', [outputs, inputs, kernel, kernel]), *norm(f'{path}.bn{i}', outputs)]
            if block == 0:
                tensors += [(f'{path}.downsample.0.weight', [4 * width, channels, 1, 1]), *norm(f'{path}.downsample.1', 4 * width)]
            channels = 4 * width
    return tensors + [('fc.weight', [1000, 2048]), ('fc.bias', [1000])]


def write_weights(path):
    """Random weights of sensible size; variances are 1."""
    source = random.Random(1)
    block = array.array('f', (source.gauss(0, 0.02) for _ in range(1 << 16))).tobytes()
    header, parts, at = {}, [], 0
    for name, shape in resnet50():
        size = 4
        for extent in shape:
            size *= extent
        parts.append((struct.pack('<f', 1) * (size // 4)) if name.endswith('running_var') or (len(shape) == 1 and name.endswith('weight'))
                     else (block * (size // len(block) + 1))[:size])
        header[name] = {'dtype': 'F32', 'shape': shape, 'data_offsets': [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        file.writelines(parts)


def write_picture(path, width=500, height=375):
    """A PNG of smooth colours."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\0' + bytes(v for x in range(width) for v in (x * 255 // width, y * 255 // height, (x + y) % 256)) for y in range(height))
    with open(path, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def publish(form, folder):
    subprocess.run(['dotnet', 'publish', '-c', 'Release', os.path.join(ROOT, 'src', 'ResNetSharp.Cli'), '-o', folder, *FORMS[form]], check=True, stdout=subprocess.DEVNULL)


def seconds(command):
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    elapsed = time.perf_counter() - start
    if done.returncode:
        sys.exit(done.stderr.strip())
    return elapsed


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('--reps', type=int, default=7)
    args.add_argument('--forms', default='framework,self-contained')
    args.add_argument('--published', metavar='FOLDER')
    args = args.parse_args()
    with tempfile.TemporaryDirectory() as work:
        weights, picture = os.path.join(work, 'resnet50.safetensors'), os.path.join(work, 'picture.png')
        write_weights(weights)
        write_picture(picture)
        for form in args.forms.split(','):
            folder = os.path.join(args.published or work, form)
            if not os.path.isdir(folder):
                publish(form, folder)
            program = os.path.join(folder, 'resnet')
            predict = [program, 'predict', picture, '--model', 'resnet50', '--weights', weights, '--json', '--quiet']
            first = seconds(predict)
            times = [seconds(predict) for _ in range(args.reps)]
            help_times = [seconds([program, 'summary', 'resnet50', '--quiet']) for _ in range(args.reps)]
            print(json.dumps({'form': form, 'megabytes': round(sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)) / 1e6, 1),
                              'first_picture_seconds': {'first': round(first, 3), 'median': round(statistics.median(times), 3), 'least': round(min(times), 3)},
                              'summary_seconds': round(statistics.median(help_times), 3)}), flush=True)


if __name__ == '__main__':
    main()
