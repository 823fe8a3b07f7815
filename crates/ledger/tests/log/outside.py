"""Checks a proof of an entry and a growth of the log, written from the public specifications alone.

RFC 6962 (tree, proofs), RFC 8032 (ed25519), C2SP signed-note and tlog-checkpoint, and docs/reference/audit-log.md for the
record of an entry. Standard library only. Reads one JSON document from stdin, prints `ok` or fails with what is wrong.
"""

import base64, datetime, hashlib, json, sys

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
L = 2**252 + 27742317777372353535851937790883648493


def recover(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - x2) % P == 0, "not a point"
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recover(y, sign)
    return (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, p):
    out = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = add(out, p)
        p, n = add(p, p), n >> 1
    return out


def signature_holds(key, message, signature):
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    left, right = times(s, base), add(point(r), times(k, point(key)))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def open_checkpoint(note, keys):
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    known = {}
    for key in keys:
        name, key_id, material = key.split("+", 2)
        raw = base64.b64decode(material, validate=True)
        assert raw[0] == 1 and len(raw) == 33, "not an ed25519 key"
        want = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        assert want.hex() == key_id, "the id of the key is not its own"
        known[name, want] = raw[1:]
    good = 0
    for line in signatures.splitlines():
        assert line.startswith("\u2014 "), "not a signature line"
        name, blob = line[2:].split(" ")
        blob = base64.b64decode(blob, validate=True)
        key = known.get((name, blob[:4]))
        if key is not None:
            assert name == origin, "the key is for another log"
            assert signature_holds(key, text.encode(), blob[4:]), "wrong signature"
            good += 1
    assert good, "no known key signed it"
    return int(size), base64.b64decode(root, validate=True)


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def digest(text):
    assert text.startswith("sha256:")
    return bytes.fromhex(text[7:])


def record(e):
    at = datetime.datetime.fromisoformat(e["at"].replace("Z", "+00:00"))
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    micros = (at - epoch) // datetime.timedelta(microseconds=1)
    if e.get("body") is not None:
        assert hashlib.sha256(e["body"].encode()).digest() == digest(e["bodyHash"]), "another body"
    number = lambda n: n.to_bytes(8, "big", signed=True)
    fields = [number(e["seq"]), number(micros), e["stream"].encode(), number(e["rev"])]
    fields += [e["kind"].encode(), e["actor"].encode(), e["cause"].encode(), digest(e["bodyHash"])]
    return b"".join(len(f).to_bytes(8, "big") + f for f in fields)


def check_entry(p):
    """RFC 9162, 2.1.3.2, which says how to verify the audit path of RFC 6962."""
    size, root = open_checkpoint(p["checkpoint"], p["keys"])
    fn, sn = p["entry"]["seq"] - 1, size - 1
    assert 0 <= fn <= sn, "not in that state of the log"
    r = hashlib.sha256(b"\x00" + record(p["entry"])).digest()
    for h in map(digest, p["inclusion"]):
        assert sn, "the proof is too long"
        if fn & 1 or fn == sn:
            r = node(h, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, h)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and r == root, "it does not lead to the root"


def check_growth(p):
    """RFC 9162, 2.1.4.2."""
    (first, first_root), (second, second_root) = (open_checkpoint(p[n], p["keys"]) for n in ("from", "to"))
    proof = [digest(h) for h in p["consistency"]]
    if first == second:
        assert not proof and first_root == second_root, "the same size with another root"
        return
    assert 0 < first < second, "it did not grow"
    if first & (first - 1) == 0:
        proof.insert(0, first_root)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        assert sn, "the proof is too long"
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and fr == first_root and sr == second_root, "it is not the beginning"


if __name__ == "__main__":
    for document in json.load(sys.stdin):
        (check_entry if "entry" in document else check_growth)(document)
    print("ok")
