"""LZ4 blocks (lz4_Block_format.md of the lz4 project) for who reads fast and unpacks slowly.

The lz4 program finds every match of four bytes. Each of them costs stage 2 some eighty instructions, and
each byte saved less than one where it reads the disk itself (three without SSE4.2's CRC): matches of at
least LEAST bytes leave the file half as long again as that program does, of a twentieth of the sequences.
"""

LEAST = 20
MATCH_MIN = 4        # what the format calls a length of 0
DISTANCE_MAX = 65535
CANDIDATES = 32      # the last places with the same first bytes
LAST_LITERALS = 5    # the format wants so many at the end, and no match that begins in the last 12
LAST_MATCH = max(12, LEAST + LAST_LITERALS)


def length_bytes(length):
    """What follows a token's 15."""
    return bytes([255] * ((length - 15) // 255) + [(length - 15) % 255]) if length >= 15 else b""


def sequence(literals, distance=0, length=MATCH_MIN):
    match = length - MATCH_MIN
    tail = distance.to_bytes(2, "little") + length_bytes(match) if distance else b""
    return (bytes([min(len(literals), 15) << 4 | min(match, 15)]) + length_bytes(len(literals)) + literals
            + tail)


class Matches:
    """Where LEAST bytes were before."""

    def __init__(self, data):
        self.data, self.places = data, {}

    def add(self, at):
        places = self.places.setdefault(self.data[at:at + LEAST], [])
        places.append(at)
        del places[:-CANDIDATES]

    def common(self, before, at):
        length, most = LEAST, len(self.data) - LAST_LITERALS - at
        while length < most and self.data[before + length] == self.data[at + length]:
            length += 1
        return length

    def longest(self, at):
        """(length, distance), (0, 0) without one"""
        found = [(self.common(place, at), at - place)
                 for place in self.places.get(self.data[at:at + LEAST], ()) if at - place <= DISTANCE_MAX]
        return max(found, default=(0, 0), key=lambda match: (match[0], -match[1]))


def pack(data):
    out, at, literals = bytearray(), 0, 0  # `literals`: where those that wait begin
    matches = Matches(data)
    while at < len(data) - LAST_MATCH:
        length, distance = matches.longest(at)
        matches.add(at)
        if not length or matches.longest(at + 1)[0] > length + 1:
            at += 1
            continue
        out += sequence(data[literals:at], distance, length)
        for place in range(at + 1, min(at + length, len(data) - LAST_MATCH)):
            matches.add(place)
        at += length
        literals = at
    out += sequence(data[literals:])
    assert unpack(out) == data
    return bytes(out)


def unpack(block):
    out, at = bytearray(), 0

    def length(start):
        nonlocal at
        total = start
        while start == 15:
            total += block[at]
            at += 1
            if block[at - 1] != 255:
                break
        return total

    while True:
        token = block[at]
        at += 1
        literals = length(token >> 4)
        out += block[at:at + literals]
        at += literals
        if at == len(block):
            return bytes(out)
        distance = int.from_bytes(block[at:at + 2], "little")
        at += 2
        for _ in range(length(token & 15) + MATCH_MIN):
            out.append(out[-distance])
