"""Turns measurements into Markdown. A measurement's key is (program, workload, mode, threads), its value a list, one entry a round."""
import datetime, os, platform, re, shlex, statistics, sys

BEGIN, END = '<!-- written by benchmarks/compare.py: begin -->', '<!-- written by benchmarks/compare.py: end -->'


def speed(entry):
    return entry[0]


def memory(entry):
    return entry[1]


def median(results, key, of):
    """The median of a figure over the rounds; None where there is none."""
    values = [of(entry) for entry in results.get(key, []) if entry]
    return statistics.median(values) if values else None


def fastest(results, round, candidates):
    """The highest speed of some keys in a round."""
    return max((results[key][round][0] for key in candidates if key in results and results[key][round]), default=None)


def ratios(results, ours, theirs):
    """The ratios of two sets of keys within the rounds, each set with its fastest."""
    rounds = min((len(results[key]) for key in [*ours, *theirs] if key in results), default=0)
    pairs = [(fastest(results, r, ours), fastest(results, r, theirs)) for r in range(rounds)]
    return [a / b for a, b in pairs if a and b]


def ratio(results, ours, theirs):
    """The median ratio, and the middle half of them."""
    found = ratios(results, ours, theirs)
    if len(found) < 2:
        return ''.join(f'**{value:.2f}**' for value in found)
    low, middle, high = statistics.quantiles(found, n=4, method='inclusive')
    return f'**{middle:.2f}** ({low:.2f} to {high:.2f})'


def lines(results, name):
    """What was measured of a workload, a line a program."""
    for (program, _, mode, threads), turns in ((key, turns) for key, turns in results.items() if key[1] == name):
        yield f'{name} {mode}, {threads} thread(s), {program}: ' + ' '.join(f'{turn[0]:.1f}' if turn else '-' for turn in turns) + ' images/s'


def cell(value, digits=1):
    return '' if value is None else f'{value:.{digits}f}'


def table(head, rows):
    """The rows that say something."""
    rows = [row for row in rows if any(row[1:])]
    return ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head)] + ['| ' + ' | '.join(row) + ' |' for row in rows] if rows else []


def training(results, names, threads):
    def key(program, name, mode):
        return program, name, mode, threads

    def row(name):
        ours = {mode: key('ResNetSharp', name, mode) for mode in ('fp32', 'bf16', 'recompute')}
        torch = {mode: key('PyTorch', name, mode) for mode in ('fp32', 'bf16')}
        return [name[6:], *(cell(median(results, ours[mode], speed)) for mode in ('fp32', 'bf16')), *(cell(median(results, torch[mode], speed)) for mode in torch),
                *(ratio(results, [ours[mode]], [torch[mode]]) for mode in torch),
                ratio(results, [ours['fp32'], ours['bf16']], torch.values())]
    return table(['training, images/s', 'fp32', 'bf16', 'PyTorch fp32', 'PyTorch bf16', 'fp32 ratio', 'bf16 ratio', 'best mode against best mode'], map(row, names))


def prediction(results, names, threads):
    def milliseconds(entry):
        return 1000 / entry[0]

    def row(name):
        ours = {mode: ('ResNetSharp', name, mode, threads) for mode in ('fp32', 'bf16', 'int8')}
        torch = {mode: ('PyTorch', name, mode, threads) for mode in ('fp32', 'bf16')}
        onnx = ('ONNX Runtime', name, 'fp32', threads)
        shown = [*ours.values(), *torch.values(), onnx]
        return [name[6:], *(cell(median(results, key, milliseconds), 2) for key in shown),
                ratio(results, [ours['fp32']], [torch['fp32'], onnx]), ratio(results, [ours['bf16']], [torch['bf16']]),
                ratio(results, [ours['int8']], [onnx]), ratio(results, ours.values(), [*torch.values(), onnx])]
    return table(['prediction, ms/image', 'fp32', 'bf16', 'int8', 'PyTorch fp32', 'PyTorch bf16', 'ONNX Runtime fp32', 'fp32, to the faster peer',
                  'bf16 to PyTorch bf16', 'int8 to ONNX Runtime fp32', 'best mode against best mode'], map(row, names))


def peaks(results, names, threads):
    """Peak resident memory of the processes, and what share of the peer's in the same precision ours is."""
    columns = [('ResNetSharp', 'fp32'), ('ResNetSharp', 'bf16'), ('ResNetSharp', 'recompute'), ('PyTorch', 'fp32'), ('PyTorch', 'bf16'), ('ONNX Runtime', 'fp32')]

    def row(name):
        values = {column: median(results, (column[0], name, column[1], threads), memory) for column in columns}
        pairs = [(('ResNetSharp', 'fp32'), ('PyTorch', 'fp32')), (('ResNetSharp', 'bf16'), ('PyTorch', 'bf16')), (('ResNetSharp', 'recompute'), ('PyTorch', 'fp32'))]
        return [name, *(cell(values[column], 0) for column in columns), *(f'{values[a] / values[b]:.2f}' if values[a] and values[b] else '' for a, b in pairs)]
    return table(['peak memory, MB', 'fp32', 'bf16', 'fp32, `--recompute`', 'PyTorch fp32', 'PyTorch bf16', 'ONNX Runtime', 'fp32 share', 'bf16 share', '`--recompute` share'],
                 map(row, names))


def scaling(results, names, threads):
    """How many times as fast several threads are as one."""
    def gain(program, name):
        one, many = (median(results, (program, name, 'fp32', count), speed) for count in (1, threads))
        return f'{many / one:.2f}' if one and many else ''
    programs = ('ResNetSharp', 'PyTorch', 'ONNX Runtime')
    return table([f'{threads} threads against 1, fp32', *programs], ([name, *(gain(program, name) for program in programs)] for name in names))


def recomputation(results, names, threads):
    rows = ([name, ratio(results, [('ResNetSharp', name, 'recompute', threads)], [('ResNetSharp', name, 'fp32', threads)])] for name in names)
    return table(['speed with `--recompute`', 'against without'], rows)


def machine():
    with open('/proc/cpuinfo') as file:
        model = re.search(r'model name\s*: (.*)', file.read())
    pages = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
    return f'{os.cpu_count()} cores of {model[1] if model else platform.processor()}, {pages / 2**30:.0f} GB, {platform.system()} {platform.release()}'


def report(results, names, threads):
    """All tables as one piece of Markdown."""
    train, infer = ([n for n in names if n.startswith(kind)] for kind in ('train/', 'infer/'))
    parts = [training(results, train, threads), prediction(results, infer, threads), peaks(results, names, threads),
             recomputation(results, train, threads), scaling(results, names, threads)]
    rounds = sorted({len(turns) for turns in results.values()})
    said = (f'{datetime.date.today().isoformat()}, {machine()}; {threads} threads; {", ".join(sorted({key[0] for key in results}))}. Medians of '
            f'{" to ".join(map(str, rounds[:1] + rounds[1:][-1:]))} rounds, in each of which every program had a turn; a ratio is the median of those within '
            'a round (with the middle half of them), above 1 where ResNetSharp is faster.')
    command = '```\n' + shlex.join(['python3', *sys.argv]) + '\n```'
    return '\n\n'.join([said, *('\n'.join(part) for part in parts if part), command]) + '\n'


def write(path, text):
    """Puts the text between the markers of a document."""
    with open(path) as file:
        document = file.read()
    if BEGIN not in document or END not in document:
        sys.exit(f'{path} has no place for the tables: it needs the lines\n{BEGIN}\n{END}')
    head, rest = document.split(BEGIN, 1)
    with open(path, 'w') as file:
        file.write(f'{head}{BEGIN}\n\n{text}\n{END}{rest.split(END, 1)[1]}')
