#!/usr/bin/env python3
"""Holds every #include and a few words of src/ to src/layers.txt and the house rules.

Prints one line per offence, "file:line: what", and exits 1 when there is any.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Words that only src/cli may use: the engine never prints, prompts or exits.
CLI_ONLY = re.compile(r"std::(cout|cerr|cin|exit|quick_exit)\b|(?<![\w.>:])(_exit|exit|abort)\s*\(")


def read_layers():
    layers = {}
    for line in (SRC / "layers.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, edges, outside = (part.strip() for part in line.split(":"))
            layers[name] = (set(edges.split()), outside.split())
    return layers


def offences(path, layers):
    layer = path.relative_to(SRC).parts[0]
    allowed = layers[layer][0] | {layer}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code = line.split("//")[0]
        if layer != "cli" and CLI_ONLY.search(code):
            yield number, f"only src/cli may print, prompt or exit: {code.strip()}"
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, name = match.group(1) == '"', match.group(2)
        if quoted:
            target = name.split("/")[0]
            if not (SRC / name).exists():
                yield number, f"no such header below src/: {name}"
            elif target not in allowed:
                yield number, f"layer {layer} may not include layer {target}: {name}"
            continue
        for owner, (_, outside) in layers.items():
            if owner != layer and any(name.startswith(prefix) for prefix in outside):
                yield number, f"<{name}> belongs to layer {owner}"


def main():
    layers = read_layers()
    found = 0
    for path in sorted(SRC.rglob("*.[ch]pp")):
        for number, what in offences(path, layers):
            print(f"{path.relative_to(ROOT)}:{number}: {what}")
            found += 1
    unknown = [p.name for p in SRC.iterdir() if p.is_dir() and p.name not in layers]
    for name in unknown:
        print(f"src/{name}: not in src/layers.txt")
    return 1 if found or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
