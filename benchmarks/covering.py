"""Maximal covering: time, memory, bound and gap; `python -m benchmarks.covering --help`.

Every row runs in a process of its own, so that the peak of memory is that row's. The peers
(`--peers`) are spopt with CBC and the plain model by HiGHS, on the same instance.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "mclp"
EASY = [(10_000, 500, 20), (10_000, 1_000, 20), (100_000, 1_000, 20), (1_000_000, 1_000, 20)]
HARD = [(10_000, 500, 50), (10_000, 1_000, 50), (100_000, 1_000, 50)]
CITIES = [(name, count) for name in ("Bronx", "SanFrancisco") for count in range(50, 101, 10)]


def square(points: int, sites: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give uniform points and sites in a square of 10 km, and weights of 1 to 100."""
    generator = np.random.default_rng(seed)
    at, of = generator.random((points, 2)) * 10_000, generator.random((sites, 2)) * 10_000
    return at, of, generator.integers(1, 101, points).astype(float)


def city(name: str) -> tuple[pd.DataFrame, dict[int, int]]:
    """Give a city's blocks and the best known values by number of sites."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    places, people = lines.index("NODE_COORD_SECTION") + 1, lines.index("DEMAND_SECTION") + 1
    at = np.array([line.split() for line in lines[places : people - 1]], dtype=float)
    weight = np.array([line.split()[-1] for line in lines[people : people + len(at)]], dtype=float)
    ids = np.arange(len(at))
    best = {
        int(path.stem.split("_")[1]): int(path.read_text().split()[1])
        for path in (FOLDER / "best").glob(f"{name}_*_600.txt")
    }
    return pd.DataFrame(
        {"point_id": ids, "site_id": ids, "lat": at[:, 0], "lon": at[:, 1], "weight": weight}
    ), best


def run(spec: dict) -> dict:
    """Solve one row in this process."""
    from netplan.access.cover import cover
    from netplan.optimize.covering import maximal_covering
    from netplan.optimize.covering_pairs import within

    # compile, or load what was compiled before
    at, of, weight = square(60, 10)
    maximal_covering(within(at, of, 2_000.0), weight, 3, time_limit_s=5.0)
    peer = spec.get("peer")
    began, cpu = time.perf_counter(), time.process_time()
    if "city" in spec:
        table, best = city(spec["city"])
        answer = cover(
            table, table, radius_m=600.0, count=spec["count"], time_limit_s=spec["limit"],
            earth_radius_m=6_378_100.0,
        )  # fmt: skip
        row = {"value": answer.covered_weight, "bound": answer.bound_weight}
        row |= {"status": answer.status, "best_known": best[spec["count"]]}
    else:
        at, of, weight = square(spec["points"], spec["sites"])
        began, cpu = time.perf_counter(), time.process_time()
        if peer == "spopt":
            import pulp
            from scipy.spatial.distance import cdist
            from spopt.locate import MCLP

            model = MCLP.from_cost_matrix(cdist(at, of), weight, 800.0, p_facilities=spec["count"])
            solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=spec["limit"])
            solved = model.solve(solver, results=False)
            row = {"value": pulp.value(solved.problem.objective), "bound": float("nan")}
            row["status"] = pulp.LpStatus[solved.problem.status]
        elif peer == "highs":
            row = _plain(within(at, of, 800.0), weight, spec["count"], spec["limit"])
        else:
            pairs = within(at, of, 800.0)
            found = maximal_covering(pairs, weight, spec["count"], time_limit_s=spec["limit"])
            row = {"value": found.covered_weight, "bound": found.bound, "status": found.status}
    row["seconds"] = time.perf_counter() - began
    row["cpu_seconds"] = time.process_time() - cpu
    row["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return row


def _plain(pairs: object, weight: np.ndarray, count: int, limit: float) -> dict:
    """Solve the direct model of all points, nothing merged, by HiGHS."""
    from scipy.sparse import csr_array

    from netplan.optimize.covering_highs import cover_rows
    from netplan.optimize.solver import Model, solve

    cover = csr_array(pairs)
    points, sites = cover.shape
    found = solve(
        Model(
            objective=np.append(np.zeros(sites), weight),
            lower=np.zeros(points + sites),
            upper=np.ones(points + sites),
            whole=np.arange(points + sites) < sites,
            rows=cover_rows(cover, np.ones(sites)),
            row_lower=np.append(np.zeros(points), -np.inf),
            row_upper=np.append(np.full(points, np.inf), float(count)),
        ),
        time_limit_s=limit,
    )
    return {"value": found.objective, "bound": found.bound, "status": found.outcome}


def main() -> None:
    """Run the rows that were asked for and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["easy", "hard", "cities"])
    parser.add_argument("--limit", type=float, default=120.0, help="seconds a row may take")
    parser.add_argument("--match", default="", help="only rows whose name holds this text")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--row", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.row:
        print(json.dumps(run(json.loads(asked.row))))
        return
    rows: list[dict] = []
    for kind, specs in (("easy", EASY), ("hard", HARD)):
        if asked.only in {None, kind}:
            for points, sites, count in specs:
                spec = {"points": points, "sites": sites, "count": count, "limit": asked.limit}
                rows.append(spec)
                if asked.peers and points <= 10_000:
                    rows += [{**spec, "peer": "spopt"}, {**spec, "peer": "highs"}]
    if asked.only in {None, "cities"} and FOLDER.is_dir():
        rows += [{"city": name, "count": count, "limit": asked.limit} for name, count in CITIES]
    print("| instance | by | covered | best known | bound | gap | status | s | CPU s | peak GB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for spec in rows:
        name = spec.get("city") or f"{spec['points']:,} x {spec['sites']:,}"
        name += f" p = {spec['count']}"
        if asked.match not in name:
            continue
        command = [sys.executable, "-m", "benchmarks.covering", "--row", json.dumps(spec)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        row = json.loads(done.stdout.strip().splitlines()[-1])
        gap = (row["bound"] - row["value"]) / max(row["value"], 1e-9)
        print(
            f"| {name} | {spec.get('peer', 'netplan')} | {row['value']:,.0f} "
            f"| {row.get('best_known', '')} | {row['bound']:,.0f} | {gap:.2%} | {row['status']} "
            f"| {row['seconds']:.2f} | {row['cpu_seconds']:.2f} | {row['peak_gb']:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
