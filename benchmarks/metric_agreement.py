"""How well metrics agree with people on Toyama (rebuilt), mucped23 and AIC-4: results/metric_agreement.txt.

Needs the tables and pictures in the folder JND_SHARED (see docs/concepts/metrics-and-people.md for the layouts):

    OMP_NUM_THREADS=1 python benchmarks/metric_agreement.py --max-pictures 12
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reproduce"))
from shared_material import shared

from jnd.cli.evaluate import table
from jnd.evaluation import evaluate_metrics

RESULTS = Path(__file__).parent / "results/metric_agreement.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--max-pictures", type=int, help="of mucped23; all unless given")
    arguments = parser.parse_args()
    data = shared("data")
    texts = []
    for dataset in ("toyama", "mucped23", "aic4"):
        limit = arguments.max_pictures if dataset == "mucped23" else None
        texts.append(table(evaluate_metrics(dataset, data, max_pictures=limit)))
        print(texts[-1], end="\n\n", flush=True)
    RESULTS.write_text("\n\n".join(texts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
