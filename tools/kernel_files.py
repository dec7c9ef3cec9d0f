#!/usr/bin/env python3
"""Cut the linked, stripped kernel into what every boot loads and what its tests are.

usage: kernel_files.py STRIPPED KERNEL TESTS

KERNEL is the ELF without the segments that kernel.ld marks as the tests', packed with LZ4
(stage2/kernel_file.h) and sealed (kernel_seal.py).
TESTS is those segments and their relocations, sealed; kernel/tests.h describes it. Relocations are
packed (RELR: an address, then bitmaps of 63 words each).
"""
import struct
import sys

import lz4_block
from kernel_seal import crc32c, seal

PT_LOAD, PT_DYNAMIC = 1, 2
TESTS_FLAG = 0x100000
PAGE = 4096
DT_RELRSZ, DT_RELR = 35, 36
PHDR = struct.Struct("<IIQQQQQQ")  # type, flags, offset, virtual, physical, in file, in memory, align


def unpack_relr(words):
    addresses, at = [], 0
    for word in words:
        if word & 1:
            addresses += [at + 8 * bit for bit in range(63) if word >> (bit + 1) & 1]
            at += 63 * 8
        else:
            addresses.append(word)
            at = word + 8
    return addresses


def pack_relr(addresses):
    words, at, i = [], None, 0
    while i < len(addresses):
        bitmap, start = 0, i
        while at is not None and i < len(addresses) and addresses[i] - at < 63 * 8:
            bitmap |= 1 << ((addresses[i] - at) // 8 + 1)
            i += 1
        if i > start:
            words.append(bitmap | 1)
            at += 63 * 8
        else:
            words.append(addresses[i])
            at = addresses[i] + 8
            i += 1
    return words


class Elf:
    def __init__(self, data):
        self.data = bytearray(data)
        self.table, = struct.unpack_from("<Q", data, 32)
        self.count, = struct.unpack_from("<H", data, 56)
        self.segments = [PHDR.unpack_from(data, self.table + PHDR.size * i) for i in range(self.count)]

    def loaded(self, tests):
        return [s for s in self.segments if s[0] == PT_LOAD and bool(s[1] & TESTS_FLAG) == tests]

    def offset(self, address):
        for kind, _, offset, start, _, size, _, _ in self.segments:
            if kind == PT_LOAD and start <= address < start + size:
                return offset + address - start
        raise SystemExit(f"address {address:#x} is in no segment")

    def dynamic(self):
        """{tag: where its value lies in the file}"""
        _, _, offset, _, _, size, _, _ = next(s for s in self.segments if s[0] == PT_DYNAMIC)
        return {struct.unpack_from("<Q", self.data, at)[0]: at + 8
                for at in range(offset, offset + size, 16)}

    def take_relocations(self, limit):
        """Leaves those below limit in the file. -> the others"""
        tags = self.dynamic()
        value = lambda tag: struct.unpack_from("<Q", self.data, tags[tag])[0]
        at, size = self.offset(value(DT_RELR)), value(DT_RELRSZ)
        all_of_them = unpack_relr(struct.unpack_from(f"<{size // 8}Q", self.data, at))
        for address in all_of_them:
            target, = struct.unpack_from("<Q", self.data, self.offset(address))
            if address < limit <= target:
                raise SystemExit(f"{address:#x} in the kernel holds an address of the tests ({target:#x})")
        kept = pack_relr([address for address in all_of_them if address < limit])
        assert 8 * len(kept) <= size
        struct.pack_into(f"<{size // 8}Q", self.data, at, *kept, *[0] * (size // 8 - len(kept)))
        struct.pack_into("<Q", self.data, tags[DT_RELRSZ], 8 * len(kept))
        return [address for address in all_of_them if address >= limit]

    def memory_bytes(self):
        """What the kernel takes of memory: whole pages."""
        end = max(start + size for _, _, _, start, _, _, size, _ in self.loaded(tests=False))
        return -(-end // PAGE) * PAGE

    def cut(self):
        """The kernel's segments as they lie in memory, without section headers. -> the bytes"""
        kept = [s for s in self.segments if not s[1] & TESTS_FLAG]
        out, moved = bytearray(), {}
        for _, _, offset, start, _, size, _, _ in self.loaded(tests=False):
            out += bytes(start - len(out))
            moved[offset, size] = start
            out += self.data[offset:offset + size]
        for i, (kind, flags, offset, *addresses, size, memory, _) in enumerate(kept):
            start, old = next((new, at) for (at, length), new in moved.items()
                              if at <= offset and offset + size <= at + length)
            PHDR.pack_into(out, self.table + PHDR.size * i, kind, flags, start + offset - old, *addresses,
                           size, memory, 1)
        struct.pack_into("<Q", out, 40, 0)
        struct.pack_into("<HHHH", out, 56, len(kept), 0, 0, 0)
        return bytes(out)


def main():
    stripped, kernel, tests = sys.argv[1:]
    elf = Elf(open(stripped, "rb").read())
    segments = elf.loaded(tests=True)
    start = segments[0][3]
    body = bytearray()
    for _, _, offset, address, _, size, _, _ in segments:
        body += bytes(address - start - len(body)) + elf.data[offset:offset + size]
    relocations = elf.take_relocations(start)
    rest = elf.cut()
    rest = b"FASTLZ4\0" + struct.pack("<II", len(rest), elf.memory_bytes()) + lz4_block.pack(rest)
    open(kernel, "wb").write(seal(rest))
    open(tests, "wb").write(seal(b"FASTTEST" + struct.pack("<II", crc32c(rest), len(relocations)) + body
                                 + struct.pack(f"<{len(relocations)}I", *relocations)))


if __name__ == "__main__":
    main()
