#!/usr/bin/env python3
"""Runs this project's benchmark and those of PyTorch and ONNX Runtime in turn, and makes tables of speed, ratios and memory.

usage: compare.py RESNET [--torch TORCH_BENCH] [--onnx FOLDER] [--only REGEX] [--modes fp32,bf16,int8,recompute] [--rounds 3] [--reps 5]
                  [--threads 2] [--scaling] [--docs docs/benchmarks.md] [--keep FILE]

RESNET is the published executable; TORCH_BENCH a script that takes --only REGEX --reps N --modes M --threads N and prints one JSON object a
line (workload, mode, images_per_second or ms_per_image); FOLDER has the networks as ONNX files and node_modules with onnxruntime-node.
Machines are noisy, so everything is measured once a round, round after round, and ratios are taken within a round. A peer counts with its
best mode of a precision. A mode or a peer that is not there leaves its cells empty. --scaling measures with one thread as well. --docs
writes the tables between the markers of a document instead of printing them; --keep adds to what a file holds from runs before.
"""
import argparse, json, os, re, sys
sys.dont_write_bytecode = True
from contestants import INFER, TRAIN, OnnxRuntime, Ours, PyTorch
import tables


def arguments():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('resnet')
    args.add_argument('--torch', metavar='TORCH_BENCH')
    args.add_argument('--onnx', metavar='FOLDER')
    args.add_argument('--python', default='/usr/bin/python3')
    args.add_argument('--only', default='.', metavar='REGEX')
    args.add_argument('--modes', default='fp32,bf16,int8,recompute')
    args.add_argument('--rounds', type=int, default=3)
    args.add_argument('--reps', type=int, default=5)
    args.add_argument('--threads', type=int, default=os.cpu_count())
    args.add_argument('--scaling', action='store_true')
    args.add_argument('--docs', metavar='FILE')
    args.add_argument('--keep', metavar='FILE')
    return args.parse_args()


def measure(args, programs, names, results):
    """Adds one round."""
    steps = [(mode, args.threads) for mode in args.modes.split(',')] + ([('fp32', 1)] if args.scaling else [])
    for name in names:
        for mode, threads in steps:
            for program in programs:
                found = program.measure(name, mode, threads, args.reps)
                if found:
                    results.setdefault((program.label, name, mode, threads), []).append(found)
                    print(f'{name} {mode}, {threads} thread(s), {program.label} ({found[2]}): {found[0]:.2f} images/s, {found[1]:.0f} MB', file=sys.stderr, flush=True)


def load(path):
    """The measurements of runs before."""
    if not path or not os.path.exists(path):
        return {}
    with open(path) as file:
        return {tuple(key): values for key, values in json.load(file)}


def save(path, results):
    if path:
        with open(path, 'w') as file:
            json.dump([[key, values] for key, values in results.items()], file)


def main():
    args = arguments()
    names = [name for name in TRAIN + INFER if re.search(args.only, name)]
    programs = [Ours(args.resnet)] + ([PyTorch(args.python, args.torch)] if args.torch else []) + ([OnnxRuntime(args.onnx)] if args.onnx else [])
    results = load(args.keep)
    for _ in range(args.rounds):
        measure(args, programs, names, results)
        save(args.keep, results)
    rounds = max((len(values) for values in results.values()), default=0)
    # A measurement that failed in some round cannot be told from a later one; it counts for the rounds that all have.
    padded = {key: values + [None] * (rounds - len(values)) for key, values in results.items()}
    text = tables.report(padded, rounds, [name for name in TRAIN + INFER if any(key[1] == name for key in results)], args.threads, [program.label for program in programs])
    if args.docs:
        tables.write(args.docs, text)
    else:
        print(text)


if __name__ == '__main__':
    main()
