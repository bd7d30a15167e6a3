#!/usr/bin/env python3
"""Runs this project's benchmark and those of PyTorch and ONNX Runtime in turn, and prints a table of ratios.

usage: compare.py RESNET TORCH_BENCH [--ort "node ort_bench.mjs DIR"] [--only REGEX] [--rounds 3] [--python python3] [--memory]

RESNET is the published executable; TORCH_BENCH a script that takes --only REGEX --reps N --modes M and prints one JSON object a line
(workload, mode, images_per_second or ms_per_image). Machines are noisy, so everything is measured once a round, round after round; a
ratio is the median over the rounds of the ratios within a round, above 1 where this project is faster. A peer counts with its best
fp32 mode. With --memory the peak resident memory of each process stands in the table too.
"""
import argparse, json, os, re, shlex, statistics, subprocess, sys, tempfile

TRAIN = ['seed-custom-32', 'seed-functional-28', 'd2l-resnet18-96', 'cifar-resnet20-32', 'cifar-resnet56-32', 'resnet18-224', 'resnet50-224',
         'resnext50-224', 'transfer-resnet50-frozen-224']
INFER = [f'{n}-b{b}' for n in ('resnet18', 'resnet50', 'resnet152', 'resnext50_32x4d', 'densenet121') for b in (1, 16)]


def run(command):
    """The figures that a program prints, and its peak resident memory in MB."""
    with tempfile.TemporaryFile('w+') as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            print(f'failed ({status}): {shlex.join(command)}', file=sys.stderr)
        output.seek(0)
        return [json.loads(line) for line in output if line.startswith('{')], usage.ru_maxrss / 1024


def speed(figure):
    return figure['images_per_second'] if 'images_per_second' in figure else 1000 / figure['ms_per_image']


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('resnet')
    args.add_argument('torch_bench')
    args.add_argument('--ort')
    args.add_argument('--only', default='.')
    args.add_argument('--rounds', type=int, default=3)
    args.add_argument('--reps', type=int, default=5)
    args.add_argument('--python', default='/usr/bin/python3')
    args.add_argument('--memory', action='store_true')
    args = args.parse_args()
    names = [f'train/{n}' for n in TRAIN] + [f'infer/{n}' for n in INFER]
    names = [n for n in names if re.search(args.only, n)]
    ours, peers, ratios, memory = {}, {}, {}, {}
    for round in range(args.rounds):
        onnx = {}
        if args.ort and any(n.startswith('infer/') for n in names):
            onnx = {f['workload']: f for f in run(shlex.split(args.ort))[0]}
        for name in names:
            exact = f'^{re.escape(name)}$'
            own, own_memory = run([args.resnet, 'bench', '--only', exact, '--reps', str(args.reps)])
            own = [f for f in own if f['workload'] == name]
            modes = 'eager,nhwc' if name.startswith('train/') else 'eager,nhwc,jit'
            theirs, their_memory = run([args.python, args.torch_bench, '--only', exact, '--reps', str(args.reps), '--modes', modes])
            if not own or not theirs:
                continue
            mine = speed(own[0])
            ours.setdefault(name, []).append(mine)
            found = {'PyTorch': max(speed(f) for f in theirs)}
            if name in onnx:
                found['ONNX Runtime'] = speed(onnx[name])
            for peer, value in found.items():
                peers.setdefault((name, peer), []).append(value)
                ratios.setdefault((name, peer), []).append(mine / value)
            memory.setdefault(name, []).append((own_memory, their_memory))
            print(f'round {round + 1} {name}: {mine:.2f} images/s; ' + ', '.join(f'{p} {v:.2f} ({mine / v:.2f}x)' for p, v in found.items()),
                  file=sys.stderr, flush=True)
    print('| workload | images/s | PyTorch, best fp32 mode | ratio | ONNX Runtime | ratio |' + (' peak MB, ours / PyTorch |' if args.memory else ''))
    print('|---|---|---|---|---|---|' + ('---|' if args.memory else ''))
    for name in ours:
        cells = [name, f'{statistics.median(ours[name]):.1f}']
        for peer in ('PyTorch', 'ONNX Runtime'):
            has = (name, peer) in peers
            cells.append(f'{statistics.median(peers[name, peer]):.1f}' if has else '')
            cells.append(f'{statistics.median(ratios[name, peer]):.2f}' if has else '')
        if args.memory:
            cells.append(f'{statistics.median(m for m, _ in memory[name]):.0f} / {statistics.median(m for _, m in memory[name]):.0f}')
        print('| ' + ' | '.join(cells) + ' |')


if __name__ == '__main__':
    main()
