#!/usr/bin/env python3
"""Verify a bundle of contact permits without the software that issued them.

Needs Python 3.9 or newer and nothing else: no packages, no network, no database. Run it with

    python3 -I verify_permits.py bundle.zip            (or without an argument, in the unpacked folder)
    python3 -I verify_permits.py bundle.zip --key 1=PUBLIC_KEY_IN_HEX

What is verified
 1. The manifest is signed, lists every file of the bundle with its SHA-256, and nothing is missing or added.
 2. Every permit: hash = SHA-256("fairdue.law.permit" NUL + previous hash + content), where content is JSON with sorted
    keys and no blanks in UTF-8; signature = Ed25519 (RFC 8032) of that hash under the key that the content names.
 3. Every chain: positions follow each other without gap or twin from the first to the last that the manifest names,
    and each permit names the hash of the one before it. (In the bundle of one person the permits of others are left
    out: there each permit stands by its own signature, and the manifest names the last of each chain.)
 4. Every permit says `allow`, was issued before it expires, and `inputs_sha256` is the digest of the facts it lists.
 5. Every rule pack that a permit names is in the bundle with the digest it names, and holds every rule asked.
 6. Every use of a permit is of its channel, recipient and text, and within its time; no permit is used twice.

Keys come with the bundle. That proves that it is whole and of one hand; to know whose hand, compare the keys with those
that the lender has published, or pass them by --key. Exit status: 0 nothing wrong, 1 faults found, 2 not readable.
"""

import argparse
import hashlib
import json
import os
import sys
import zipfile

PERMIT_LABEL = b"fairdue.law.permit\0"
MANIFEST_LABEL = b"fairdue.law.bundle\0"
MANIFEST, SIGNATURE, PERMITS, KEYS = "manifest.json", "manifest.sig", "permits.jsonl", "keys.json"

# --- Ed25519, verification only (RFC 8032, section 5.1) -------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def add(one, two):
    """Add two points in extended coordinates."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def decoded(data):
    """Return the point that 32 bytes encode, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def encoded(point):
    """Return the 32 bytes of a point."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def multiples(point):
    """Return a table with j * 16**i * point at [i][j], which makes each multiplication 64 additions."""
    table = []
    for _ in range(64):
        row = [NEUTRAL]
        for _ in range(15):
            row.append(add(row[-1], point))
        table.append(row)
        point = add(row[15], point)
    return table


def times(table, number):
    """Return number * point."""
    total = NEUTRAL
    for row in table:
        if number & 15:
            total = add(total, row[number & 15])
        number >>= 4
    return total


BASE = multiples(decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))


class PublicKey:
    """One Ed25519 public key."""

    def __init__(self, data):
        point = decoded(data) if len(data) == 32 else None
        if point is None:
            raise ValueError("not an Ed25519 public key")
        self.data = data
        self.negative = multiples(((P - point[0]) % P, point[1], 1, (P - point[3]) % P))

    def has_signed(self, message, signature):
        """Tell whether the signature is of this message: R = S * base - H(R, key, message) * key."""
        if len(signature) != 64:
            return False
        number = int.from_bytes(signature[32:], "little")
        if number >= L:
            return False
        digest = hashlib.sha512(signature[:32] + self.data + message).digest()
        challenge = int.from_bytes(digest, "little") % L
        return encoded(add(times(BASE, number), times(self.negative, challenge))) == signature[:32]


# --- the bundle -----------------------------------------------------------------------------------------------------


class Bundle:
    """The files of a bundle, packed or unpacked."""

    def __init__(self, path):
        self.folder = path if os.path.isdir(path) else None
        self.packed = None if self.folder else zipfile.ZipFile(path)

    def names(self):
        """Return the name of every file."""
        if self.packed:
            return [info.filename for info in self.packed.infolist() if not info.is_dir()]
        found = []
        for folder, _, files in os.walk(self.folder):
            found += [
                os.path.relpath(os.path.join(folder, name), self.folder).replace(os.sep, "/")
                for name in files
            ]
        return found

    def open(self, name):
        """Open a file for reading bytes."""
        return self.packed.open(name) if self.packed else open(os.path.join(self.folder, name), "rb")

    def read(self, name):
        """Return the bytes of a file."""
        with self.open(name) as file:
            return file.read()

    def digest(self, name):
        """Return the SHA-256 of a file."""
        digest = hashlib.sha256()
        with self.open(name) as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        return digest.hexdigest()


def canonical(document):
    """Return JSON that is the same for the same content."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text):
    """Return the SHA-256 of a text as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


class Verification:
    """One run over one bundle; `faults` lists (kind, place, what is wrong)."""

    def __init__(self, bundle, pinned):
        self.bundle, self.pinned, self.faults, self.permits, self.uses = bundle, pinned, [], 0, 0
        self.keys, self.packs, self.chains, self.seen = {}, {}, {}, set()

    def fault(self, kind, place, problem):
        """Note what is wrong."""
        self.faults.append({"kind": kind, "place": place, "problem": problem})

    def run(self):
        """Verify everything."""
        self.read_keys()
        self.manifest = json.loads(self.bundle.read(MANIFEST))
        self.check_manifest()
        self.read_packs()
        with self.bundle.open(PERMITS) as lines:
            for number, line in enumerate(lines, 1):
                self.check_line(number, line)
        self.check_chains()
        return not self.faults

    def read_keys(self):
        for key_id, text in json.loads(self.bundle.read(KEYS)).items():
            if key_id in self.pinned and self.pinned[key_id] != text.lower():
                self.fault("key", KEYS, f"key {key_id} is not the one that was given by --key")
            self.keys[key_id] = PublicKey(bytes.fromhex(self.pinned.get(key_id, text)))
        if self.pinned and (strangers := sorted(self.keys.keys() - self.pinned.keys())):
            self.fault("key", KEYS, f"no --key was given for {', '.join(strangers)}")

    def check_manifest(self):
        message = MANIFEST_LABEL + hashlib.sha256(self.bundle.read(MANIFEST)).digest()
        key = self.keys.get(str(self.manifest.get("key_id")))
        try:
            signature = bytes.fromhex(self.bundle.read(SIGNATURE).decode().strip())
        except (KeyError, OSError, ValueError):
            signature = b""
        if key is None or not key.has_signed(message, signature):
            self.fault("manifest", MANIFEST, "the manifest is not signed by the key it names")
        names, listed = self.bundle.names(), self.manifest["files"]
        for name in sorted(set(names) - listed.keys() - {MANIFEST, SIGNATURE}):
            self.fault("file", name, "is not listed in the manifest")
        if len(names) != len(set(names)):
            self.fault("file", "", "a file is there twice")
        for name, digest in listed.items():
            if name not in names:
                self.fault("file", name, "is missing")
            elif self.bundle.digest(name) != digest:
                self.fault("file", name, "is not the file that was exported")

    def read_packs(self):
        for name in self.bundle.names():
            if name.startswith("packs/"):
                content = json.loads(self.bundle.read(name))
                rules = {check["id"] for check in content.get("checks", [])}
                self.packs[content["pack"]["code"], sha256(canonical(content))] = rules

    def check_line(self, number, line):
        self.permits += 1
        place = f"{PERMITS}:{number}"
        try:
            record = json.loads(line)
            content = record["content"]
            place = f"chain {content['chain']}, position {content['position']}"
            self.check_permit(place, record, content)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.fault("permit", place, f"cannot be read: {error!r}")

    def check_permit(self, place, record, content):
        previous, link = bytes.fromhex(record["previous_hash"]), bytes.fromhex(record["hash"])
        if hashlib.sha256(PERMIT_LABEL + previous + canonical(content).encode()).digest() != link:
            self.fault("altered", place, "what the permit says does not give its hash")
        key = self.keys.get(str(content["key_id"]))
        if key is None:
            self.fault("key", place, f"the bundle holds no key {content['key_id']}")
        elif not key.has_signed(link, bytes.fromhex(record["signature"])):
            self.fault("unsigned", place, "the signature is not that of the key it names")
        self.check_follows(place, content, previous, link)
        self.check_verdict(place, content)
        self.check_use(place, content, record.get("use"))

    def check_follows(self, place, content, previous, link):
        chain, position = str(content["chain"]), content["position"]
        start = self.manifest["chains"].get(chain)
        if start is None:
            self.fault("inserted", place, "the manifest does not name this chain")
            return
        expected = (start["first_position"] - 1, bytes.fromhex(start["previous_hash"]))
        before, hash_before = self.chains.get(chain, expected)
        if self.manifest.get("scope") == "person":
            if position <= before:
                self.fault("inserted", place, "stands there twice")
        elif position > before + 1:
            self.fault("removed", f"chain {chain}, position {before + 1}", "a permit is missing")
        elif position <= before or previous != hash_before:
            self.fault("inserted", place, "does not follow the permit before it")
        self.chains[chain] = (position, link)

    def check_verdict(self, place, content):
        verdict = content["verdict"]
        if verdict["outcome"] != "allow" or content["issued_at"] >= content["expires_at"]:
            self.fault("verdict", place, "the verdict allows nothing")
        if sha256(canonical(verdict["facts"])) != content["inputs_sha256"]:
            self.fault("facts", place, "the facts are not those that the permit was given for")
        rules = set()
        for code, pack in verdict["packs"].items():
            if (code, pack["sha256"]) not in self.packs:
                self.fault("pack", place, f"the text of pack {code} {pack['version']} is not in the bundle")
            rules |= self.packs.get((code, pack["sha256"]), set())
        if strangers := sorted(set(verdict["asked"]) - rules):
            self.fault("pack", place, f"no pack has the rules {', '.join(strangers)}")

    def check_use(self, place, content, use):
        if use is None:
            return
        self.uses += 1
        if any(use[name] != content[name] for name in ("channel", "contact_point_id", "content_sha256")):
            self.fault("misused", place, "the send differs from the permit")
        if not content["issued_at"] <= use["used_at"] < content["expires_at"]:
            self.fault("misused", place, "the send was not within the permit's time")

    def check_chains(self):
        for chain, named in self.manifest["chains"].items():
            position, link = self.chains.get(chain, (named["first_position"] - 1, b""))
            if position < named["last_position"]:
                self.fault("removed", f"chain {chain}, position {position + 1}", "the chain ends too early")
            elif position > named["last_position"]:
                self.fault(
                    "inserted", f"chain {chain}, position {position}", "the chain goes on for too long"
                )
            elif link.hex() != named["last_hash"]:
                self.fault("altered", f"chain {chain}, position {position}", "the chain ends in another hash")
        if self.permits != self.manifest["permits"]:
            self.fault(
                "manifest", MANIFEST, f"counts {self.manifest['permits']} permits, there are {self.permits}"
            )


def pinned_keys(given):
    """Return {id: hex} of the --key options."""
    keys = {}
    for text in given:
        key_id, _, value = text.partition("=")
        if len(value) != 64:
            raise ValueError(f"--key {text} is not like 1=64 hexadecimal digits")
        keys[key_id] = value.lower()
    return keys


def main(words=None):
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description="Verify a bundle of contact permits.")
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument(
        "bundle", nargs="?", default=here, help="bundle.zip or the unpacked folder; default: this folder"
    )
    parser.add_argument("--key", action="append", default=[], metavar="ID=HEX", help="a public key you trust")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(words)
    try:
        verification = Verification(Bundle(given.bundle), pinned_keys(given.key))
        is_whole = verification.run()
    except (OSError, KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        sys.stderr.write(f"cannot be read as a bundle: {error!r}\n")
        return 2
    report(verification, is_whole, given)
    return 0 if is_whole else 1


def report(verification, is_whole, given):
    """Print what was found."""
    keys = {key_id: key.data.hex() for key_id, key in verification.keys.items()}
    counts = {"permits": verification.permits, "uses": verification.uses, "chains": len(verification.chains)}
    counts["packs"] = len(verification.packs)
    if given.json:
        found = {"is_whole": is_whole, **counts, "keys": keys, "faults": verification.faults}
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        return
    lines = [f"FAULT {fault['kind']}: {fault['place']}: {fault['problem']}" for fault in verification.faults]
    told = ", ".join(f"{number} {name}" for name, number in counts.items())
    lines.append(f"{'whole' if is_whole else 'NOT WHOLE'}: {told}")
    whose = (
        "given by --key" if given.key else "from the bundle: compare it with what the lender has published"
    )
    lines += [f"key {key_id}: {key} ({whose})" for key_id, key in keys.items()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
