"""``python -m benchmarks [--quick] [--only NAME] [--out FILE.md|.json]``."""

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import report, scaling, startup
from benchmarks.registry import CASES
from benchmarks.runner import ROOT, TOLERANCE, Row, Runner, times, verdict

SIZES = (20, 200, 2_000)
README = ROOT / "benchmarks" / "README.md"


def _print_row(row: Row) -> None:
    gap = "" if row.difference is None else f"differs by {row.difference:.1e}"
    print(
        f"  {row.name:<28} {report.seconds(row.cpu_s):>10} {times(row.ratio):>10}"
        f"  {'-' if row.peak_mb is None else f'{row.peak_mb:,.1f} MB':>10}  {gap}"
        f"  {row.note} {row.sample or ''}".rstrip(),
        flush=True,
    )


def machine() -> str:
    """Describe what this runs on, without naming it."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f} at the end; "
        "CPU time of one thread, best of the runs"
    )


def main() -> int:
    """Run the cases asked for; 1 when a peer's answer differs from netplan's."""
    names = [*(case.name for case in CASES), "scaling", "startup"]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short limits, no slow tools")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help=f"part of a name of: {', '.join(names)}"
    )
    parser.add_argument("--out", type=Path, action="append", default=[], help="FILE.md or .json")
    parser.add_argument("--readme", action="store_true", help="refresh benchmarks/README.md")
    parser.add_argument("--limit", type=float, help="seconds a tool may work before it is scaled")
    parser.add_argument(
        "--pyntm-python",
        default=os.environ.get("PYNTM_PYTHON", sys.executable),
        help="an interpreter that has pyNTM (it pins an old networkx); or PYNTM_PYTHON",
    )
    args = parser.parse_args()
    wanted = [name for name in names if not args.only or any(part in name for part in args.only)]
    if not wanted:
        parser.error(f"--only matches none of: {', '.join(names)}")

    rows: list[Row] = []
    verdicts = []
    sizes = starts = None
    with tempfile.TemporaryDirectory(prefix="netplan-bench-") as name:
        folder = Path(name)
        runner = Runner(
            folder=folder,
            limit_s=args.limit or (2.0 if args.quick else 10.0),
            quick=args.quick,
            pyntm_python=args.pyntm_python,
        )
        for case in CASES:
            if case.name in wanted:
                print(case.title, flush=True)
                found = runner.case(case, _print_row)
                rows += found
                checked = verdict(case, found)
                if checked:
                    verdicts.append(checked)
                    print(f"  asked: {checked.asked}; measured: {checked.got}", flush=True)
        if "scaling" in wanted:
            print("Cost against size", flush=True)
            sizes = scaling.measure(folder, SIZES[:2] if args.quick else SIZES)
        if "startup" in wanted:
            print("netplan --help", flush=True)
            starts = startup.measure(3 if args.quick else 11, folder)
    results = report.Results(
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        quick=args.quick,
        rows=tuple(rows),
        verdicts=tuple(verdicts),
        scaling=sizes,
        startup=starts,
    )
    for path in args.out:
        text = report.as_json(results) if path.suffix == ".json" else report.markdown(results)
        path.write_text(text, encoding="utf-8")
    if args.readme:
        report.refresh_readme(results, README)
    print("\n" + "\n".join(report.summary(results)))
    wrong = [row for row in rows if (row.difference or 0.0) > TOLERANCE * row.largest]
    for row in wrong:
        print(f"DIFFERS: {row.case}, {row.name}: by {row.difference} Mbps")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
