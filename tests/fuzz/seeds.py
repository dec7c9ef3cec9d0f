"""What the fuzzers start from: seeds.py FOLDER NAME… writes FOLDER/NAME/*, sound inputs of each
kind.

A name without a function here starts from nothing, which libFuzzer can do as well.
"""

import os
import random
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../tools"))
import lz4_block  # noqa: E402

BUILD = os.path.join(sys.argv[1], "../..")  # the folder is build/fuzz/seeds

TINY_PROGRAM = """
static int zeroed[2000];
static int *const addresses[] = {zeroed, zeroed + 1, zeroed + 7, zeroed + 64};
int *volatile pointer = zeroed;
const char *volatile text = "text";
int _start(void) { return *pointer + *addresses[*text & 3]; }
"""


def elf():
    """A static PIE as a real linker makes it: with DT_RELA, and with DT_RELR."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "tiny.c"), os.path.join(folder, "tiny")
        with open(source, "w") as f:
            f.write(TINY_PROGRAM)
        for option in ("nopack-relative-relocs", "pack-relative-relocs"):
            subprocess.run(
                ["cc", "-O1", "-fPIE", "-ffreestanding", "-nostdlib", "-fno-stack-protector",
                 "-fno-asynchronous-unwind-tables", "-static-pie", "-s", "-Wl,--build-id=none",
                 "-Wl,-z,max-page-size=4096", "-Wl,-z,norelro", "-Wl,-z," + option, source,
                 "-o", program],
                check=True, stderr=subprocess.DEVNULL)
            with open(program, "rb") as f:
                yield f.read()


def program():
    """The image's own programs, and one linked where it is to lie: size, and the first page. The C
    library's are there when the image was built."""
    for name in ("user/hello", "user/tests/abuse", "programs/bin/init", "programs/bin/tools"):
        path = os.path.join(BUILD, name)
        if os.path.exists(path):
            with open(path, "rb") as f:
                data = f.read()
            yield struct.pack("<Q", len(data)) + data[:4096]
            yield struct.pack("<Q", len(data)) + data[:256] + notes(data)
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "tiny.c"), os.path.join(folder, "tiny")
        with open(source, "w") as f:
            f.write(TINY_PROGRAM)
        subprocess.run(["cc", "-O1", "-fno-pie", "-no-pie", "-static", "-nostdlib", "-ffreestanding", "-s",
                        "-fno-asynchronous-unwind-tables", source, "-o", target], check=True)
        with open(target, "rb") as f:
            data = f.read()
        yield struct.pack("<Q", len(data)) + data[:4096]


def bmp():
    """Each depth, plain and run-length encoded."""
    rng = random.Random(1)
    for bits, compression in ((1, 0), (4, 0), (8, 0), (16, 0), (24, 0), (32, 0), (8, 1), (4, 2), (16, 3), (32, 3)):
        colours = rng.randbytes(4 << bits if bits <= 8 else 12 if compression else 0)
        pixels = rng.randbytes(200) + b"\4\1\0\5abcde\0\0\0\0\2\1\1\5\2\0\1"
        head = struct.pack("<IiiHHIIiiII", 40, 9, 7, 1, bits, compression, 0, 0, 0, 0, 0)
        yield b"BM" + struct.pack("<III", 0, 0, 54 + len(colours)) + head + colours + \
            (pixels[200:] if compression in (1, 2) else pixels)
    yield b"BM" + struct.pack("<IIIIHHHH", 0, 0, 32, 12, 5, 3, 1, 1) + bytes(6 + 12)


def image():
    """Small pictures of each format."""
    from PIL import Image
    import io
    yield from bmp()
    picture = Image.frombytes("RGBA", (20, 15), random.Random(2).randbytes(1200))
    for mode, format, options in (("RGBA", "PNG", {}), ("P", "PNG", {}), ("1", "PNG", {}), ("L", "PNG", {}),
                                  ("RGB", "JPEG", {}), ("L", "JPEG", {}), ("CMYK", "JPEG", {}),
                                  ("RGB", "JPEG", {"progressive": True})):
        file = io.BytesIO()
        picture.convert("RGB").convert(mode).save(file, format, **options)
        yield file.getvalue()


def module():
    """The image's own."""
    for name in ("null", "crash"):
        with open(os.path.join(BUILD, "modules", name + ".fko"), "rb") as f:
            yield f.read()


def notes(data):
    """What PT_NOTE says, as bytes of its own; with a name too long behind it."""
    at, count = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<H", data, 56)[0]
    for i in range(count):
        if struct.unpack_from("<I", data, at + 56 * i)[0] == 4:
            offset, size = struct.unpack_from("<Q", data, at + 56 * i + 8)[0], \
                struct.unpack_from("<Q", data, at + 56 * i + 32)[0]
            return data[offset:offset + size] + struct.pack("<III", 0xFFFFFFFD, 4, 1)
    return b""


def mbr_sector(entries):
    sector = bytearray(512)
    struct.pack_into("<I", sector, 440, 0xFA570517)
    for slot, (status, kind, start, sectors) in enumerate(entries):
        struct.pack_into("<B3xB3xII", sector, 446 + 16 * slot, status, kind, start, sectors)
    sector[510:] = b"\x55\xaa"
    return bytes(sector)


def mbr():
    """The fuzzer wants the disk's size behind the sector."""
    one = mbr_sector([(0x80, 0x83, 2048, 30000)])
    four = mbr_sector([(0, 0x0C, 63, 1000), (0x80, 0x83, 2048, 4096), (0, 0, 0, 0), (0, 5, 9000, 1)])
    for sector in (one, four):
        yield sector + struct.pack("<Q", 65536)
        yield sector + struct.pack("<Q", 0)


def memmap_entry(base, length, kind):
    return struct.pack("<QQI", base, length, kind)


def memmap():
    """First byte: how to read the entries (see memmap_fuzz.c)."""
    pc = [(0, 0x9FC00, 1), (0x9FC00, 0x400, 2), (0xF0000, 0x10000, 2), (0x100000, 0x7EE0000, 1),
          (0x7FE0000, 0x20000, 2), (0xFFFC0000, 0x40000, 2), (0xFD00000000, 0x300000000, 2)]
    messy = [(0x100000, 0x7E00000, 1), (0x3000000, 0x100000, 2), (0x7F00000, 0x100000, 3),
             (0x500, 0x9EB01, 1), (0, 0x1000, 77), (0x2000000, 0, 5), (2**64 - 4096, 8192, 1)]
    for table in (pc, messy):
        for reading in (b"\0", b"\1"):
            yield reading + b"".join(memmap_entry(*entry) for entry in table)


def edid_block(width, lines):
    block = bytearray(128)
    block[0:8] = b"\0\xff\xff\xff\xff\xff\xff\0"
    block[18:20] = b"\1\3"
    block[54:62] = bytes([0x40, 0x38, width & 255, 0, width >> 8 << 4, lines & 255, 0, lines >> 8 << 4])
    block[127] = -sum(block) & 255
    return bytes(block)


def edid():
    yield b"\0" + edid_block(1920, 1080)
    yield b"\1" + edid_block(1366, 768)


def cmdline():
    yield b"run\0root=ram mem=64M run='sum /boot/boot.cfg' quiet"
    yield b"mem\0mem=18446744073709551615 mem=3g"
    yield b'x\0x="a \'b\' c"d x y=\'open'


def ext2():
    """A small file system of mke2fs: files, a directory, a long name, a hole, symlinks."""
    with tempfile.TemporaryDirectory() as folder:
        tree = os.path.join(folder, "tree")
        os.makedirs(os.path.join(tree, "boot", "n" * 200))
        with open(os.path.join(tree, "boot", "boot.cfg"), "w") as f:
            f.write("timeout=0\n" * 300)
        with open(os.path.join(tree, "holes"), "wb") as f:
            f.seek(40000)
            f.write(b"end")
        os.symlink("boot/boot.cfg", os.path.join(tree, "fast"))
        os.symlink("/boot/" + "./" * 60 + "boot.cfg", os.path.join(tree, "slow"))
        for block_bytes in (1024, 4096):
            image = os.path.join(folder, "image")
            subprocess.run(
                ["/sbin/mke2fs", "-q", "-F", "-t", "ext2", "-b", str(block_bytes), "-N", "32", "-m", "0",
                 "-O", "^resize_inode", "-d", tree, image, "128" if block_bytes == 1024 else "64"],
                check=True, stdout=subprocess.DEVNULL)
            with open(image, "rb") as f:
                yield f.read()
            os.remove(image)


def ext2_write():
    """The same, with operations in the boot sector's place (ext2_write_fuzz.c)."""
    dice = random.Random(1)
    for image in ext2():
        yield image
        for _ in range(6):
            yield dice.randbytes(1024) + image[1024:]


def sealed(table, at):
    """With the byte at `at` such that all sum up to 0."""
    table[at] = 0
    table[at] = -sum(table) & 255
    return bytes(table)


def madt():
    """First byte: what it is (see madt_fuzz.c)."""
    rsdp = sealed(bytearray(struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"FASTOS", 0, 0x7FE0000)), 8)
    yield b"\0" + bytes(32) + rsdp + bytes(16)
    entries = [
        struct.pack("<BBBBI", 0, 8, 0, 0, 1), struct.pack("<BBBBI", 0, 8, 1, 1, 1),
        struct.pack("<BBBBII", 1, 12, 2, 0, 0xFEC00000, 0),
        struct.pack("<BBBBIH", 2, 10, 0, 0, 2, 0), struct.pack("<BBBBIH", 2, 10, 0, 9, 9, 13),
        struct.pack("<BBHI", 3, 8, 15, 23), struct.pack("<BBBHB", 4, 6, 255, 0, 1),
        struct.pack("<BBHQ", 5, 12, 0, 0xFEE00000), struct.pack("<BBHIII", 9, 16, 0, 300, 1, 5),
        struct.pack("<BBHIB3x", 10, 12, 5, 300, 1)]
    body = struct.pack("<II", 0xFEE00000, 1) + b"".join(entries)
    table = struct.pack("<4sIBB6s8sIII", b"APIC", 36 + len(body), 3, 0, b"FASTOS", b"SEED", 1, 1, 1)
    for choice in (b"\2", b"\3", b"\4", b"\5"):
        yield choice + sealed(bytearray(table + body), 9)


def acpi_power():
    """First byte: 0 AML, 1 a FADT, 2 a MCFG (see acpi_power_fuzz.c)."""
    yield b"\2" + bytes(44) + struct.pack("<QHBB4xQHBB4x", 1 << 40, 1, 0, 255, 0xB0000000, 0, 0, 255)
    fadt = bytearray(276)
    struct.pack_into("<I4xIB", fadt, 40, 0x7FE0040, 0xB2, 0xF1)
    struct.pack_into("<I", fadt, 64, 0x604)
    struct.pack_into("<IBBBBQB", fadt, 112, 1 << 10, 1, 8, 0, 1, 0xCF9, 6)
    struct.pack_into("<BBBBQ", fadt, 172, 1, 16, 0, 2, 0x1804)
    yield b"\1" + fadt
    yield b"\1" + fadt[:116]
    for package in (b"\6\4\0\0\0\0", b"\x08\4\x0a\7\x0a\7\0\0", b"\x4b\0\2\x0c\5\0\0\0\x0b\1\0", b"\5\1\x0b\5\3"):
        yield b"\0" + bytes(40) + b"\x08_S5_\x12" + package + b"\x08\\_S5_\x12" + package


def lz4():
    """What the build packs, and blocks that use each kind of length and distance."""
    for data in (b"abcd" * 300, bytes(1000), bytes(range(256)) * 3, b"no repetition at all",
                 b"".join(b"%dof sixteen bytes" % (i % 10) for i in range(100))):
        yield struct.pack("<H", len(data)) + lz4_block.pack(data)


def font():
    """A box, A, é and dots, in two sizes (user/draw/font.h)."""
    points, sizes = [0, ord("A"), 0xe9, 0x2026], [10, 20]
    sizes_at, points_at = 32, 32 + 24 * len(sizes)
    glyphs_at = points_at + 4 * len(points)
    pictures_at = glyphs_at + 12 * len(points) * len(sizes)
    glyphs = b"".join(struct.pack("<IBBBBhh", 15 * i, 7, 9, 3, 0, -1, 8) for i in range(len(points)))
    pictures = bytes(range(15 * len(points)))
    data = b"".join(struct.pack("<HHHHIIII", size, size + 2, size - 1, 0, glyphs_at + i * len(glyphs), pictures_at,
                                len(pictures), 0) for i, size in enumerate(sizes))
    data += struct.pack(f"<{len(points)}I", *points) + glyphs * len(sizes) + pictures
    yield struct.pack("<8s6I", b"FastFont", 1, 32 + len(data), len(points), len(sizes), points_at, sizes_at) + data


def theme():
    """The image's own."""
    themes = os.path.join(os.path.dirname(__file__), "../../user/draw/themes")
    for name in sorted(os.listdir(themes)):
        with open(os.path.join(themes, name), "rb") as f:
            yield f.read()


def markdown():
    """The tutorial of the desktop, and what it has not."""
    with open(os.path.join(os.path.dirname(__file__), "../../docs/92-first-window.md"), "rb") as f:
        yield f.read(4096)
    yield b"# A\n\n> *b* __c__ ![d](e) <http://f.g>\n\n|h|i|\n|-|-|\n|`j\\|`|k\n\n1. l\n   - m\n\n~~~sh\nn\n"


def layout():
    """The image's own layouts; keys to press are the first 16 bytes."""
    keys = bytes([0x1A, 0x1E, 0x1A, 0x39, 0x38, 0x12, 0xB8, 0x3A, 0x28, 0x16, 0x2A, 0x2E, 0x53, 0x0E, 0x56, 0x73])
    maps = os.path.join(os.path.dirname(__file__), "../../tools/root/usr/share/keyboard")
    for name in sorted(os.listdir(maps)):
        with open(os.path.join(maps, name), "rb") as f:
            yield keys + f.read()
    yield keys + b"a U+e4 dead:ring none space\n0x73 dead:stroke\n# a comment\n"


def protocol():
    """Steps of all kinds by all clients, two bytes each."""
    dice = random.Random(1)
    for _ in range(8):
        yield dice.randbytes(512)


def main():
    folder, names = sys.argv[1], sys.argv[2:]
    kinds = {f.__name__: f for f in (elf, program, mbr, memmap, edid, cmdline, ext2, ext2_write, madt, lz4, font,
                                     theme, module, layout, bmp, image, markdown, protocol)}
    for name in names:
        target = os.path.join(folder, name)
        os.makedirs(target, exist_ok=True)
        for number, content in enumerate(kinds[name]() if name in kinds else ()):
            with open(os.path.join(target, f"seed-{number}"), "wb") as f:
                f.write(content)


main()
