"""Writes the expected pixels beside this script: what Pillow makes of small images.

    pip install pillow==11.3.0 numpy && python tests/image/make_fixtures.py

resize.json   resized pixels; the input is noise that the tests make again from the same recurrence.
              Pillow 13 filters some sizes down before across, which moves a pixel by one level at most.
files.json    small encoded files (base64) and the RGB they decode to
photos.json   size and SHA-256 of the RGB of the six photos
"""

import base64
import hashlib
import io
import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def noise(count, extreme=False):
    """x' = x * 1664525 + 1013904223 mod 2^32, the top byte of each; `extreme` keeps only black and white."""
    out, x = [], 1
    for _ in range(count):
        x = (x * 1664525 + 1013904223) % 2**32
        byte = x >> 24
        out.append((255 if byte > 127 else 0) if extreme else byte)
    return np.array(out, np.uint8)


def b64(data):
    return base64.b64encode(bytes(data)).decode()


def resize_cases():
    sizes = [
        ((17, 13), (5, 7)), ((5, 7), (17, 13)), ((1, 1), (4, 3)), ((9, 1), (3, 1)), ((1, 9), (2, 4)),
        ((31, 31), (31, 10)), ((31, 31), (10, 31)), ((48, 32), (47, 31)), ((40, 30), (1, 1)), ((3, 3), (8, 8)),
        ((2, 2), (3, 5)), ((64, 5), (7, 11)), ((6, 4), (6, 4)), ((100, 75), (23, 17)), ((23, 17), (30, 12)),
    ]
    cases = []
    for extreme in (False, True):
        for (w, h), (ow, oh) in sizes:
            image = Image.fromarray(noise(w * h * 3, extreme).reshape(h, w, 3))
            for name, code in FILTERS.items():
                out = image.resize((ow, oh), code)
                cases.append({"from": [w, h], "to": [ow, oh], "filter": name, "extreme": extreme, "rgb": b64(out.tobytes())})
    return cases


def png(width, height, depth, colour, rows):
    """A PNG by hand, for kinds Pillow cannot write."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = b"".join(b"\0" + row for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def over_white(rgba):
    rgba = np.asarray(rgba).astype(int)
    alpha = rgba[..., 3:]
    return ((rgba[..., :3] * alpha + 127) // 255 + 255 - alpha).astype(np.uint8)


def files():
    out = []

    def add(name, data, rgb, tolerance=0):
        rgb = np.asarray(rgb, np.uint8)
        out.append({"name": name, "bytes": b64(data), "width": rgb.shape[1], "height": rgb.shape[0],
                    "tolerance": tolerance, "rgb": b64(rgb.tobytes())})

    ramp = np.stack(np.meshgrid(np.arange(16) * 16, np.arange(8) * 32), -1)
    photo = Image.fromarray(np.dstack([ramp, np.full((8, 16), 90)]).astype(np.uint8))
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        data = encoded(photo, "JPEG", quality=95, subsampling=0, exif=exif)
        add(f"orientation {turn}.jpg", data, ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    add("subsampled.jpg", data := encoded(photo, "JPEG", quality=80), Image.open(io.BytesIO(data)).convert("RGB"))
    add("progressive.jpg", data := encoded(photo, "JPEG", progressive=True), Image.open(io.BytesIO(data)).convert("RGB"))
    grey = Image.fromarray(noise(35).reshape(5, 7))
    add("grey.png", encoded(grey, "PNG"), grey.convert("RGB"))
    add("grey.jpg", data := encoded(grey, "JPEG"), Image.open(io.BytesIO(data)).convert("RGB"))
    rgba = noise(6 * 5 * 4).reshape(5, 6, 4).copy()
    rgba[0, :, 3] = [0, 1, 2, 128, 254, 255]
    add("alpha.png", encoded(Image.fromarray(rgba), "PNG"), over_white(rgba))
    la = np.asarray(Image.fromarray(rgba[..., [0, 3]], "LA").convert("RGBA"))
    add("grey alpha.png", encoded(Image.fromarray(rgba[..., [0, 3]], "LA"), "PNG"), over_white(la))
    palette = Image.fromarray(noise(8 * 6 * 3).reshape(6, 8, 3)).quantize(7)
    add("palette.png", encoded(palette, "PNG"), palette.convert("RGB"))
    seen = encoded(palette, "PNG", transparency=2)
    add("palette, one colour transparent.png", seen, over_white(Image.open(io.BytesIO(seen)).convert("RGBA")))
    add("frame.gif", data := encoded(palette, "GIF"), Image.open(io.BytesIO(data)).convert("RGB"))
    add("lossless.webp", encoded(photo, "WEBP", lossless=True), photo)
    # 16 bits: the high byte; a decoder that rounds instead of cutting is one level off at most
    deep = np.arange(8 * 4 * 3, dtype=np.uint32).reshape(4, 8, 3) * 683 % 65536
    rows = [row.astype(">u2").tobytes() for row in deep]
    add("16 bit.png", png(8, 4, 16, 2, rows), deep >> 8, 1)
    rows = [row.astype(">u2").tobytes() for row in deep[..., 0]]
    add("16 bit grey.png", png(8, 4, 16, 0, rows), np.repeat(deep[..., :1] >> 8, 3, -1), 1)
    return out


def photos():
    places = [HERE / "photos", HERE.parent.parent / "examples" / "assets" / "photos"]
    for path in sorted((p for place in places for p in place.iterdir()), key=lambda p: p.name):
        image = Image.open(path).convert("RGB")
        yield {"name": path.name, "width": image.width, "height": image.height,
               "sha256": hashlib.sha256(image.tobytes()).hexdigest()}


def write(name, value):
    lines = ",\n".join(json.dumps(item) for item in value)
    (HERE / name).write_text(f"[\n{lines}\n]\n")


write("resize.json", resize_cases())
write("files.json", files())
write("photos.json", photos())
