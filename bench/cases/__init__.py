"""What bench/run measures. A case is a function of a Bench that gives a Markdown table; the first line of its docstring says
what it is. Each file here holds a group and lists it in its CASES; add a file for a new one."""
from cases import images, large, library, ranges, small, torrents

GROUPS = [
    images,
    large,
    library,
    ranges,
    small,
    torrents,
]
CASES = {name: case for group in GROUPS for name, case in group.CASES.items()}
