"""Masks as Pillow writes them, with the values that they hold: masks.json.  python tests/datasets/make_masks.py  (pillow, numpy)"""
import base64
import io
import json
import pathlib

import numpy as np
from PIL import Image

random = np.random.default_rng(0)


def entry(name, image, values, **options):
    out = io.BytesIO()
    image.save(out, 'PNG', **options)
    return {'name': name, 'png': base64.b64encode(out.getvalue()).decode(), 'height': values.shape[0], 'width': values.shape[1], 'values': values.flatten().tolist()}


def indexed(bits, height, width):
    values = random.integers(0, 2 ** bits, (height, width)).astype(np.uint8)
    image = Image.fromarray(values, 'P')
    image.putpalette(random.integers(0, 256, 3 * 2 ** bits).astype(np.uint8).tobytes())
    return entry(f'indices of {bits} bits', image, values, bits=bits)


def smooth(height, width):
    """Every filter of rows finds something in it."""
    y, x = np.mgrid[0:height, 0:width]
    values = (x * 3 + y * 5 + (x * y // 7) + random.integers(0, 3, (height, width))).astype(np.uint8)
    return entry('shades of grey', Image.fromarray(values, 'L'), values)


if __name__ == '__main__':
    two = random.integers(0, 2, (9, 19)).astype(bool)
    deep = random.integers(0, 2 ** 16, (6, 7)).astype(np.uint16)
    seen = random.integers(0, 4, (8, 10)).astype(np.uint8)
    transparent = Image.fromarray(seen, 'P')
    transparent.putpalette(bytes(12))
    cases = [
        *(indexed(bits, 7, 13) for bits in (1, 2, 4, 8)), smooth(24, 20), entry('one shade', Image.fromarray(two), two.astype(int)),
        entry('16 bits', Image.fromarray(deep), deep), entry('a palette that is transparent', transparent, seen, transparency=0),
        entry('one pixel', Image.fromarray(seen[:1, :1], 'L'), seen[:1, :1]),
    ]
    pathlib.Path(__file__).with_name('masks.json').write_text('[\n' + ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases) + '\n]\n')
