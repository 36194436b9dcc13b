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
from PIL import Image, ImageCms, ImageOps

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


def png(width, height, depth, colour, rows, interlace=0):
    """A PNG by hand, for kinds Pillow cannot write."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    data = rows if interlace else b"".join(b"\0" + row for row in rows)
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
    exif = Image.Exif()
    exif[0x0112] = 6
    add("orientation 6.png", encoded(photo, "PNG", exif=exif), photo.transpose(Image.Transpose.ROTATE_270))
    # Chromium leaves these as they are stored, and so does Node
    add("orientation 6.webp", encoded(photo, "WEBP", lossless=True, exif=exif), photo)
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
    more_png(add)
    more_jpeg(add, photo)
    more_frames(add, palette, photo, rgba)
    bitmaps(add)
    return out


def opened(data, mode="RGB"):
    return Image.open(io.BytesIO(data)).convert(mode)


def more_png(add):
    for depth in (1, 2, 4):
        levels = noise(9 * 3).reshape(3, 9) >> (8 - depth)
        bits = [np.unpackbits(row[:, None], axis=1)[:, -depth:].reshape(-1) for row in levels]
        grey = levels.astype(int) * 255 // (2**depth - 1)
        add(f"{depth} bit grey.png", png(9, 3, depth, 0, [np.packbits(b).tobytes() for b in bits]), np.repeat(grey[..., None], 3, -1))
    deep = np.arange(6 * 4 * 4, dtype=np.uint32).reshape(4, 6, 4) * 683 % 65536
    add("16 bit alpha.png", png(6, 4, 16, 6, [row.astype(">u2").tobytes() for row in deep]), over_white(deep >> 8), 2)
    la = deep[..., [0, 0, 0, 3]]
    add("16 bit grey alpha.png", png(6, 4, 16, 4, [row[:, [0, 3]].astype(">u2").tobytes() for row in deep]), over_white(la >> 8), 2)
    colours = noise(9 * 10 * 3).reshape(10, 9, 3)
    data = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        part = colours[y0::dy, x0::dx]
        data += b"".join(b"\0" + row.tobytes() for row in part) if part.size else b""
    add("interlaced.png", png(9, 10, 8, 2, data, interlace=1), colours)
    add("rgb.png", png(9, 10, 8, 2, [row.tobytes() for row in colours]), colours)


def more_jpeg(add, photo):
    add("4:4:4.jpg", data := encoded(photo, "JPEG", quality=90, subsampling=0), opened(data))
    icc = adobe_rgb()
    add("wide gamut.jpg", data := encoded(photo, "JPEG", quality=90, subsampling=0, icc_profile=icc), opened(data))
    add("wide gamut.png", encoded(photo, "PNG", icc_profile=icc), photo)
    ink = np.zeros((8, 16, 4), np.uint8)
    ink[:, :8], ink[:, 8:] = (0, 255, 255, 0), (40, 90, 160, 60)
    add("cmyk.jpg", data := encoded(Image.fromarray(ink, "CMYK"), "JPEG", quality=95), opened(data), 1)
    # YCCK: the first three inks as YCbCr (Adobe transform 2), made by changing the marker of a file whose numbers are read so
    at = data.index(b"Adobe") + 11
    ycck = data[:at] + b"\2" + data[at + 1:]
    add("ycck.jpg", ycck, opened(ycck), 2)


def adobe_rgb():
    """An ICC profile whose primaries are swapped: who applies it changes every colour."""
    icc = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", icc[128:132])[0]
    entries = {bytes(icc[132 + 12 * i:136 + 12 * i]): 136 + 12 * i for i in range(count)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    icc[red:red + 8], icc[blue:blue + 8] = icc[blue:blue + 8], icc[red:red + 8]
    return bytes(icc)


def more_frames(add, palette, photo, rgba):
    seen = encoded(palette, "GIF", transparency=2)
    add("transparent.gif", seen, over_white(opened(seen, "RGBA")))
    add("interlaced.gif", data := encoded(palette, "GIF", interlace=1), opened(data))
    second = palette.transpose(Image.Transpose.ROTATE_180)
    add("animated.gif", data := encoded(palette, "GIF", save_all=True, append_images=[second]), opened(data))
    add("lossy.webp", data := encoded(photo, "WEBP", quality=90), opened(data), 2)
    add("alpha.webp", encoded(Image.fromarray(rgba), "WEBP", lossless=True, exact=True), over_white(rgba))
    flipped = photo.transpose(Image.Transpose.ROTATE_180)
    add("animated.webp", encoded(photo, "WEBP", lossless=True, save_all=True, append_images=[flipped]), photo)
    if "AVIF" in Image.SAVE or Image.init() and "AVIF" in Image.SAVE:
        add("8 bit.avif", data := encoded(photo, "AVIF", quality=90, subsampling="4:4:4"), opened(data), 3)


def bmp(width, height, bits, pixels, header=40, compression=0, colours=b"", masks=()):
    """A bitmap by hand; `height` under zero: rows from the top."""
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(pixels), 0, 0, 0, 0)
        extra = b"".join(struct.pack("<I", mask) for mask in masks)
        info = info + extra if header == 40 else (info + extra).ljust(header, b"\0")
    start = 14 + len(info) + len(colours)
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + info + colours + pixels


def bitmaps(add):
    def rows(lines):
        return b"".join(bytes(line) + bytes(-len(line) % 4) for line in lines)

    for depth, width in ((1, 11), (4, 7), (8, 5)):
        index = noise(3 * width).reshape(3, width) >> (8 - depth)
        table = noise(3 * 2**depth).reshape(-1, 3)
        bits = [np.packbits(np.unpackbits(r[:, None], axis=1)[:, -depth:].reshape(-1)).tobytes() for r in index[::-1]]
        quads = b"".join(bytes(c[::-1]) + b"\0" for c in table)
        add(f"{depth} bit.bmp", bmp(width, 3, depth, rows(bits), colours=quads), table[index])
        if depth == 4:
            core = b"".join(bytes(c[::-1]) for c in table)
            add("core header.bmp", bmp(width, 3, depth, rows(bits), header=12, colours=core), table[index])
    rgb = noise(4 * 5 * 3).reshape(4, 5, 3)
    lines = [row[:, ::-1].tobytes() for row in rgb]
    add("24 bit.bmp", bmp(5, 4, 24, rows(lines[::-1])), rgb)
    add("top down.bmp", bmp(5, -4, 24, rows(lines)), rgb)
    alpha = noise(4 * 5).reshape(4, 5, 1)
    bgra = np.dstack([rgb[..., ::-1], alpha])
    add("32 bit.bmp", bmp(5, -4, 32, bgra.tobytes()), rgb)
    four = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    rgba = np.dstack([rgb, alpha])
    add("v5 alpha.bmp", bmp(5, -4, 32, bgra.tobytes(), 124, 3, masks=four), over_white(rgba))
    add("v4 alpha.bmp", bmp(5, -4, 32, bgra.tobytes(), 108, 3, masks=four), over_white(rgba))
    none = np.dstack([rgb[..., ::-1], alpha * 0])
    add("v5, alpha all zero.bmp", bmp(5, -4, 32, none.tobytes(), 124, 3, masks=four), np.full((4, 5, 3), 255))
    add("32 bit masks.bmp", bmp(5, -4, 32, bgra.tobytes(), 40, 3, masks=four[:3]), rgb)
    words = noise(2 * 4 * 6).view("<u2").reshape(4, 6)

    def part(shift, bits):
        return np.floor((words >> shift & (2**bits - 1)) * 255 / (2**bits - 1) + 0.5)
    add("555.bmp", bmp(6, -4, 16, words.tobytes()), np.dstack([part(10, 5), part(5, 5), part(0, 5)]))
    masks = (0xF800, 0x7E0, 0x1F)
    add("565.bmp", bmp(6, -4, 16, words.tobytes(), 40, 3, masks=masks), np.dstack([part(11, 5), part(5, 6), part(0, 5)]))
    table = noise(3 * 256).reshape(-1, 3)
    quads = b"".join(bytes(c[::-1]) + b"\0" for c in table)
    skips = bytes([1, 7, 0, 2, 2, 0, 2, 8, 0, 1])
    add("rle8 with a gap.bmp", bmp(5, 1, 8, skips, 40, 1, quads), [[table[7], [0] * 3, [0] * 3, table[8], table[8]]])
    # a run, literals with a pad byte, the end of a line; then a run, and the end of the picture
    code = bytes([2, 7, 0, 3, 1, 2, 3, 0, 0, 0, 5, 9, 0, 0, 0, 1])
    add("rle8.bmp", bmp(5, 2, 8, code, 40, 1, quads), table[[[9] * 5, [7, 7, 1, 2, 3]]])
    code = bytes([3, 0x12, 0, 3, 0x34, 0x50, 0, 0, 6, 0x99, 0, 1])
    add("rle4.bmp", bmp(6, 2, 4, code, 40, 2, quads[:64]), table[[[9] * 6, [1, 2, 1, 3, 4, 5]]])


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
