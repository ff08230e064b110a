"""`python -m benchmarks.addresses FILE`: how well and how fast labelled addresses are parsed, on one core.

FILE is a CSV of `address`, `spans_json` (label and text, in order) and `orig_split`: the rules were written on all of
it but the split `test`, which only this command looks at.
"""

import csv
import json
import sys
import time
from pathlib import Path

from residents.addresses import Address, parse_address

LABELS = {"houseno": "building", "cellno": "unit", "floorno": "floor", "roomno": "room"}
GOALS = {"houseno": 0.88, "cellno": 0.90, "floorno": 0.97, "roomno": 0.91}
GOAL_RATE = 20_000
ROUNDS = 5
HELD_OUT = "test"
DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "address_dev.csv"
Row = tuple[str, dict[str, str]]


def main() -> None:
    """Print F1 by label for both parts of the file, and addresses per second."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not path.exists():
        sys.exit(f"没有 {path}：请写明带标注的地址文件")
    splits = read(path)
    print(f"{'label':<10} {'part':<10} {'F1':>7} {'precision':>10} {'recall':>7} {'goal':>6}")
    for name, rows in splits.items():
        parsed = [parse_address(text) for text, _labels in rows]
        for label in LABELS:
            precision, recall, f1 = score(label, rows, parsed)
            print(f"{label:<10} {name:<10} {f1:>7.4f} {precision:>10.4f} {recall:>7.4f} {GOALS[label]:>6}")
    texts = [text for rows in splits.values() for text, _labels in rows]
    print(f"\n{rate(texts):.0f} addresses per second on one core (goal {GOAL_RATE})")


def read(path: Path) -> dict[str, list[Row]]:
    """The rows by part, each with the first text of every label."""
    splits: dict[str, list[Row]] = {"developed": [], "held out": []}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            labels: dict[str, str] = {}
            for label, text in json.loads(row["spans_json"]):
                labels.setdefault(label, text)
            splits["held out" if row["orig_split"] == HELD_OUT else "developed"].append((row["address"], labels))
    return splits


def score(label: str, rows: list[Row], parsed: list[Address]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a label; a part counts when its text is exactly the labelled one."""
    right = wrong = missed = 0
    for (_text, labels), address in zip(rows, parsed, strict=True):
        gold, found = labels.get(label, ""), address.part(LABELS[label])
        right += gold == found != ""
        wrong += found not in ("", gold)
        missed += gold not in ("", found)
    precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
    return precision, recall, 2 * right / max(2 * right + wrong + missed, 1)


def rate(texts: list[str]) -> float:
    """Addresses per second of processor time, the best of a few rounds."""
    times = []
    for _round in range(ROUNDS):
        begun = time.process_time()
        for text in texts:
            parse_address(text)
        times.append(time.process_time() - begun)
    return len(texts) / min(times)


if __name__ == "__main__":
    main()
