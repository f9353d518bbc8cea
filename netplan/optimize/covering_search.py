"""Good covers quickly: greedy, then a tabu search over swaps, additions and drops (compiled)."""

import time
from threading import Timer
from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import csr_array

#: Moves without a better cover after which the search jumps (of 20 to 2,000, 60 to 200 did best).
_PATIENCE = 80
#: How often a jump starts from the best cover and not from the last one, and how often the
#: sites that it takes out are neighbors.
_BACK_SHARE = 0.5
_LOCAL_SHARE = 0.75


def search(
    classes: csr_array,
    weight: np.ndarray,
    cost: np.ndarray,
    budget: float,
    *,
    price: np.ndarray | None = None,
    start: np.ndarray | None = None,
    moves: int,
    seed: int,
    until: float = np.inf,
) -> tuple[np.ndarray, float]:
    """Look for sites that cover much weight within a budget.

    Every move is the best of all swaps (one site out, one in), additions and drops that the
    tabu list allows. What each swap would change is kept up to date and not worked out anew:
    ``alone[s, j]`` is the weight that only the site in slot s covers and site j covers too.

    Parameters
    ----------
    classes, weight
        Shape (classes, sites) and (classes,).
    cost
        Shape (sites,): what a site takes of the budget.
    budget
        Summed cost of the chosen sites at most.
    price
        Shape (sites,): taken off the objective for each chosen site (default 0).
    start
        Sites to begin with (within the budget); greedy fills up what is left.
    moves
        Moves to make.
    until
        Of ``time.monotonic()``: the best so far is given then.

    Returns
    -------
    chosen
        Sites, sorted.
    objective
        Covered weight less prices.
    """
    count = classes.shape[1]
    columns = classes.T.tocsr()
    fits = np.cumsum(np.sort(cost)) <= budget * (1 + 1e-12)
    slots = max(int(fits.sum()), 1)
    begin = np.full(slots, -1, dtype=np.int64)
    if start is not None:
        begin[: start.size] = start
    stop = np.zeros(1, dtype=np.uint8)
    # the compiled search lets go of Python's lock and looks at the flag before each move
    timer = None
    if np.isfinite(until):
        timer = Timer(max(until - time.monotonic(), 0.0), stop.fill, (1,))
        timer.daemon = True
        timer.start()
    found = _tabu(
        classes.indptr.astype(np.int64),
        classes.indices.astype(np.int32),
        columns.indptr.astype(np.int64),
        columns.indices.astype(np.int32),
        np.ascontiguousarray(weight, dtype=float),
        np.ascontiguousarray(cost, dtype=float),
        float(budget) * (1 + 1e-12),
        np.zeros(count) if price is None else np.ascontiguousarray(price, dtype=float),
        begin,
        moves,
        seed,
        _PATIENCE,
        _BACK_SHARE,
        _LOCAL_SHARE,
        stop,
    )
    if timer is not None:
        timer.cancel()
    chosen = np.sort(found[found >= 0])
    return chosen, worth(classes, weight, chosen, price)


def worth(
    classes: csr_array, weight: np.ndarray, chosen: np.ndarray, price: np.ndarray | None = None
) -> float:
    """Give the weight that sites cover, less their prices, worked out from nothing else."""
    is_open = np.zeros(classes.shape[1])
    is_open[chosen] = 1.0
    covered = float(weight[(classes @ is_open) > 0.5].sum())
    return covered if price is None else covered - float(price[chosen].sum())


@njit(cache=True, nogil=True)
def _open(
    j: int, s: int, times: Any, slot_sum: Any, gain: Any, alone: Any,
    by_class: Any, class_sites: Any, by_site: Any, site_classes: Any, weight: Any,
) -> None:  # fmt: skip
    for a in range(by_site[j], by_site[j + 1]):
        i = site_classes[a]
        if times[i] == 0:
            for b in range(by_class[i], by_class[i + 1]):
                gain[class_sites[b]] -= weight[i]
                alone[s, class_sites[b]] += weight[i]
        elif times[i] == 1:
            other = slot_sum[i]
            for b in range(by_class[i], by_class[i + 1]):
                alone[other, class_sites[b]] -= weight[i]
        times[i] += 1
        slot_sum[i] += s


@njit(cache=True, nogil=True)
def _close(
    j: int, s: int, times: Any, slot_sum: Any, gain: Any, alone: Any,
    by_class: Any, class_sites: Any, by_site: Any, site_classes: Any, weight: Any,
) -> None:  # fmt: skip
    for a in range(by_site[j], by_site[j + 1]):
        i = site_classes[a]
        times[i] -= 1
        slot_sum[i] -= s
        if times[i] == 0:
            for b in range(by_class[i], by_class[i + 1]):
                gain[class_sites[b]] += weight[i]
                alone[s, class_sites[b]] -= weight[i]
        elif times[i] == 1:
            # the sum of the slots that cover it is now the one slot that does
            other = slot_sum[i]
            for b in range(by_class[i], by_class[i + 1]):
                alone[other, class_sites[b]] += weight[i]


@njit(cache=True, nogil=True)
def _tabu(  # noqa: PLR0912, PLR0915 (compiled: a call in it costs more than a long body)
    by_class: Any, class_sites: Any, by_site: Any, site_classes: Any, weight: Any,
    cost: Any, budget: float, price: Any, begin: Any, moves: int, seed: int,
    patience: int, back_share: float, local_share: float, stop: Any,
) -> Any:  # fmt: skip
    np.random.seed(seed)
    count, slots = cost.size, begin.size
    times = np.zeros(weight.size, dtype=np.int32)
    slot_sum = np.zeros(weight.size, dtype=np.int64)
    gain = np.zeros(count)
    alone = np.zeros((slots, count))
    for i in range(weight.size):
        for b in range(by_class[i], by_class[i + 1]):
            gain[class_sites[b]] += weight[i]
    held = np.full(slots, -1, dtype=np.int64)
    is_open = np.zeros(count, dtype=np.bool_)
    tabu_in = np.zeros(count, dtype=np.int64)
    tabu_out = np.zeros(slots, dtype=np.int64)
    value, spent, used = 0.0, 0.0, 0
    for s in range(slots):
        j = begin[s]
        if j < 0 or is_open[j]:
            continue
        held[used] = j
        is_open[j] = True
        value += gain[j] - price[j]
        spent += cost[j]
        _open(j, used, times, slot_sum, gain, alone, by_class, class_sites, by_site, site_classes, weight)  # fmt: skip # noqa: E501
        used += 1
    best, best_held, since = value, held.copy(), 0
    for move in range(1, moves + slots + 1):
        if stop[0]:
            break
        # the best allowed change: out = -1 adds, into = -1 drops
        out, into, delta = -1, -1, -np.inf
        free = -1
        for s in range(slots):
            if held[s] < 0:
                free = s
                break
        if free >= 0:
            best_ratio = 0.0
            for j in range(count):
                if is_open[j] or spent + cost[j] > budget:
                    continue
                more = gain[j] - price[j]
                if more <= 1e-9 or (tabu_in[j] > move and value + more <= best + 1e-9):
                    continue
                ratio = more / cost[j] if cost[j] > 0 else more
                if ratio > best_ratio:
                    best_ratio, out, into, delta = ratio, -1, j, more
        if into < 0:
            for s in range(slots):
                k = held[s]
                if k < 0:
                    continue
                back = price[k] - alone[s, k]
                held_fast = tabu_out[s] > move
                room = budget - spent + cost[k]
                if back > delta and (not held_fast or value + back > best + 1e-9) and price[k] > 0:
                    out, into, delta = s, -1, back
                for j in range(count):
                    change = gain[j] + alone[s, j] - price[j] + back
                    if change > delta and not is_open[j] and cost[j] <= room:
                        if (held_fast or tabu_in[j] > move) and value + change <= best + 1e-9:
                            continue
                        out, into, delta = s, j, change
            if out < 0:
                since += 1
                if since <= patience and used > 0:
                    continue
        if out >= 0:
            k = held[out]
            _close(k, out, times, slot_sum, gain, alone, by_class, class_sites, by_site, site_classes, weight)  # fmt: skip # noqa: E501
            is_open[k] = False
            held[out] = -1
            spent -= cost[k]
            used -= 1
            tabu_in[k] = move + 10 + np.random.randint(20)
        if into >= 0:
            s = out if out >= 0 else free
            _open(into, s, times, slot_sum, gain, alone, by_class, class_sites, by_site, site_classes, weight)  # fmt: skip # noqa: E501
            is_open[into] = True
            held[s] = into
            spent += cost[into]
            used += 1
            tabu_out[s] = move + 3 + np.random.randint(used // 4 + 1)
        if out >= 0 or into >= 0:
            value += delta
        if value > best + 1e-9:
            best, best_held, since = value, held.copy(), 0
        else:
            since += 1
        if since > patience:
            # jump: mostly back to the best first, then some sites out; the best others come in
            since = 0
            if np.random.random() < back_share:
                for s in range(slots):
                    if held[s] >= 0 and held[s] != best_held[s]:
                        k = held[s]
                        _close(k, s, times, slot_sum, gain, alone, by_class, class_sites, by_site, site_classes, weight)  # fmt: skip # noqa: E501
                        is_open[k] = False
                        held[s] = -1
                        spent -= cost[k]
                        used -= 1
                for s in range(slots):
                    k = best_held[s]
                    if k >= 0 and held[s] < 0:
                        _open(k, s, times, slot_sum, gain, alone, by_class, class_sites, by_site, site_classes, weight)  # fmt: skip # noqa: E501
                        is_open[k] = True
                        held[s] = k
                        spent += cost[k]
                        used += 1
            # the sites out: around a place (those that alone cover what it covers), or anywhere
            around = np.random.randint(count)
            local = np.random.random() < local_share
            out_left = 2 + np.random.randint(used // 6 + 1)
            first = np.random.randint(slots)
            for step in range(slots):
                s = (first + step) % slots if local else np.random.randint(slots)
                k = held[s]
                if out_left == 0:
                    break
                if k < 0 or (local and alone[s, around] <= 0.0):
                    continue
                out_left -= 1
                _close(k, s, times, slot_sum, gain, alone, by_class, class_sites, by_site, site_classes, weight)  # fmt: skip # noqa: E501
                is_open[k] = False
                held[s] = -1
                spent -= cost[k]
                used -= 1
                tabu_in[k] = move + 10 + np.random.randint(20)
            value = 0.0
            for i in range(weight.size):
                if times[i] > 0:
                    value += weight[i]
            for s in range(slots):
                if held[s] >= 0:
                    value -= price[held[s]]
    return best_held
