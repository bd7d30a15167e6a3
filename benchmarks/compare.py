#!/usr/bin/env python3
"""Lets this project's benchmark and those of PyTorch and ONNX Runtime take turns, and makes tables of speed, ratios and memory.

usage: compare.py RESNET [--torch TORCH_BENCH] [--onnx FOLDER] [--only REGEX] [--modes fp32,bf16,int8,recompute] [--rounds 9] [--turn 0.4]
                  [--threads 2] [--scaling] [--docs docs/benchmarks.md] [--keep FILE]

RESNET is the published executable; TORCH_BENCH a script that times PyTorch, see torch_turns.py; FOLDER has the networks as ONNX files and
node_modules with onnxruntime-node. Machines are noisy, and change from second to second: so all programs of a workload are started and
warmed up together, all but one are stopped, and each has a turn of --turn seconds (one step at least) in each of --rounds rounds, in changing
order. A turn counts with its median step, a ratio is taken within a round, and a peer counts with its best mode of a precision in that
round, and with the memory of its most modest one. --scaling measures with one thread as well. --docs writes the tables between the markers of
a document instead of printing them;
--keep saves each workload when it is done, and takes what is there already from the file.
"""
import argparse, json, os, random, re, sys
sys.dont_write_bytecode = True
from contestants import INFER, TRAIN, onnx_runtime, ours, pytorch
import tables


def arguments():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('resnet')
    args.add_argument('--torch', metavar='TORCH_BENCH')
    args.add_argument('--onnx', metavar='FOLDER')
    args.add_argument('--python', default='/usr/bin/python3')
    args.add_argument('--only', default='.', metavar='REGEX')
    args.add_argument('--modes', default='fp32,bf16,int8,recompute')
    args.add_argument('--rounds', type=int, default=9)
    args.add_argument('--turn', type=float, default=0.4, metavar='SECONDS')
    args.add_argument('--threads', type=int, default=os.cpu_count())
    args.add_argument('--scaling', action='store_true')
    args.add_argument('--docs', metavar='FILE')
    args.add_argument('--keep', metavar='FILE')
    return args.parse_args()


def start(args, name):
    """The programs of a workload, warm and stopped, as lists by program, workload, mode and threads."""
    everyone = []
    for mode, threads in [(mode, args.threads) for mode in args.modes.split(',')] + ([('fp32', 1)] if args.scaling else []):
        found = ours(args.resnet, name, mode, threads)
        if args.torch:
            found += pytorch(args.python, args.torch, name, mode, threads)
        if args.onnx:
            found += onnx_runtime(args.onnx, name, mode, threads)
        everyone += [((program.label, name, mode, threads), program) for program in found]
    programs = {}
    for key, program in everyone:
        if program.wait():
            programs.setdefault(key, []).append(program)
    return programs


def measure(args, name):
    """Lets all programs of a workload take turns: for each key an entry a round of (images/s of the fastest mode, least peak MB, label of the fastest)."""
    programs = start(args, name)
    batch = next((program.ready['batch'] for found in programs.values() for program in found if 'batch' in program.ready), None)
    if batch is None:
        sys.exit(f'{args.resnet} does not run {name}')
    turns = {key: [] for key in programs}
    # A first turn is a single step, by which the steps of the next are counted: it finds the caches empty, and does not count.
    for round in range(-1, args.rounds):
        everyone = [(key, program) for key, found in programs.items() for program in found]
        random.shuffle(everyone)
        seconds = {key: [] for key in programs}
        for key, program in everyone:
            step = program.turn(args.turn)
            if step:
                seconds[key].append((step, program.mode))
            else:
                programs[key].remove(program)
        for key, found in seconds.items():
            if round >= 0:
                turns[key].append(min(found, default=None))
    peaks = {key: min((program.close() for program in found), default=0) for key, found in programs.items()}
    return {key: [turn and (batch / turn[0], peaks[key], turn[1]) for turn in found] for key, found in turns.items()}


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
    results = load(args.keep)
    for name in names:
        if not any(key[1] == name for key in results):
            results.update(measure(args, name))
            save(args.keep, results)
            print('\n'.join(tables.lines(results, name)), file=sys.stderr, flush=True)
    text = tables.report(results, [name for name in TRAIN + INFER if any(key[1] == name for key in results)], args.threads)
    if args.docs:
        tables.write(args.docs, text)
    else:
        print(text)


if __name__ == '__main__':
    main()
