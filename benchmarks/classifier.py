"""`python -m benchmarks.classifier FILE.csv`: how well and how fast a file of labelled messages (title, text, label)
is learnt; `make bench-classifier FILE=…`.
"""

import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from community_portal.worktime.deadlines import ZONE
from petitions.classifying.classifier import load
from petitions.classifying.files import read_messages
from petitions.classifying.training import Example, train

ASKED = 500


def main() -> None:
    """Train, load, ask; print one line for each figure."""
    path = Path(sys.argv[1])
    file = read_messages(path.read_bytes(), labelled=True)
    examples = [Example(*(file.part(row, name) for name in ("title", "text", "label"))) for row in file.rows]
    begun, cpu = time.perf_counter(), time.process_time()
    trained = train(examples, at=datetime.now(ZONE), source=path.name)
    took, worked = time.perf_counter() - begun, time.process_time() - cpu
    about = trained.about
    print(f"examples          {about['examples']}, {len(trained.labels)} labels")
    print(f"macro-F1          {about['macro_f1']:.4f} (5-fold cross-validation), accuracy {about['accuracy']:.4f}")
    print(f"calibration error {about['calibration_error']:.4f}")
    print(f"training          {took:.1f} s with cross-validation ({worked:.1f} s of CPU), peak {_peak():.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "classifier.npz"
        trained.save(place)
        begun = time.perf_counter()
        found = load(place)
        opened = time.perf_counter() - begun
        print(
            f"file              {place.stat().st_size / 1e6:.1f} MB, {len(found.keys)} runs, loaded in {opened:.3f} s"
        )
    times = []
    for each in examples[:ASKED]:
        begun = time.perf_counter()
        found.ranked(each.title, each.text)
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    print(f"one message       p50 {times[len(times) // 2]:.2f} ms, p95 {times[len(times) * 95 // 100]:.2f} ms")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
