"""What ``make bench`` prints: start-up, server times, wire bytes and time to the figure, each beside its budget.

Everything is measured in one run on one machine, since such machines are noisy: believe the ratios.
"""

import statistics
import sys
from time import perf_counter

from glossary.search import search
from tests.glossary.queries import HELD_BACK, QUERIES
from tests.load import filled, page_times, real_times, server_times, thirty_people, transformers_times

START_RATIO, PICK_RATIO, TRACE_RATIO = 1.3, 1.5, 1.15
PAGE_BYTES, INDEX_SECONDS, QUERY_SECONDS, LATER_SECONDS = 60_000, 0.2, 0.005, 0.5
SEARCH_MS = 50
MEDIAN_MS, WORST_MS, FIRST_MS, WHOLE_MS = 60, 400, 300, 8000
WIRE_BYTES = 100_000
P95_SECONDS, RESIDENT_BYTES = 2.0, 1.2e9


def main() -> int:
    kept = [
        beside_transformers(),
        *real_weights(),
        start_up(),
        *catalogue(),
        *server(),
        searching(),
        picking(),
        *many(),
    ]
    print("\nall budgets kept" if all(kept) else "\nsome budgets are broken")
    return 0


def verdict(kept: bool) -> str:
    return "kept" if kept else "BROKEN"


def beside_transformers() -> bool:
    """Our decoder, with its trace, and the library's Llama of the same shape and weights, in turn."""
    rows = transformers_times.compare()
    print(f"{'one thread, ms':34}{'ours':>8}{'library':>9}{'ratio':>8}")
    for what, ours, theirs in rows:
        print(f"  {what:32}{ours:8.1f}{theirs:9.1f}{ours / theirs:8.2f}")
    kept = all(ours <= transformers_times.at_most(what) * theirs for what, ours, theirs in rows)
    print(f"  at least as fast (limits in tests/load/transformers_times.py)  {verdict(kept)}")
    maps, fused = transformers_times.whole_maps()
    print(f"  attention alone, longest text: whole maps {maps:.2f}, the library's kernel {fused:.2f}")
    whole, plain = transformers_times.keeping()
    cheap = whole <= TRACE_RATIO * plain
    print(f"  every map kept for the trace {whole:.2f}, none {plain:.2f} (ratio ≤ {TRACE_RATIO})  {verdict(cheap)}\n")
    return kept and cheap


def real_weights() -> list[bool]:
    """Each published decoder that was fetched, with its trace, beside the plain forward pass and the library's."""
    kept = []
    for found in real_times.all_times():
        print(f"{found.name}: loaded in {found.load_seconds:.1f} s, ", end="")
        print(f"{found.resident_bytes / 1e6:.0f} MB more, {found.tokens_a_second:.1f} tokens a second")
        for what, times, limit in (
            ("without a trace", found.traced, real_times.TRACE_RATIO),
            ("the library's", found.library, real_times.LIBRARY_RATIO),
        ):
            for length, (ours, other) in times.items():
                kept.append(ours <= limit * real_times.NOISE * other)
                print(f"  {length:3} tokens, ms {ours:8.0f}  {what} {other:8.0f}  ratio {ours / other:.2f}", end="")
                print(f" (budget {limit})  {verdict(kept[-1])}")
        kept.append(found.resident_bytes <= RESIDENT_BYTES)
    if not kept:
        print("no published model is here (make real), so none is measured\n")
    return kept


def start_up() -> bool:
    """Process start to the first page, ours and a bare Gradio app in turn."""
    ours, bare = page_times.start_ups()
    ratio = statistics.median(ours) / statistics.median(bare)
    kept = ratio <= START_RATIO
    print(
        f"start to first page   {statistics.median(ours):6.2f} s   bare Gradio {statistics.median(bare):6.2f} s", end=""
    )
    print(f"   ratio {ratio:.2f} (budget {START_RATIO})  {verdict(kept)}")
    return kept


def catalogue() -> list[bool]:
    """What grows with the number of entries, now and with the catalogue filled to its final size."""
    with filled.filled() as tree:
        now, full = filled.measure([filled.ROOT, tree])
    print(f"\n{'entries':34}{now.entries:>10}{full.entries:>10}")
    rows = [
        ("start to first page, s", now.start.page, full.start.page, START_RATIO * now.start.page),
        ("first page compressed, bytes", now.start.page_bytes, full.start.page_bytes, PAGE_BYTES),
        ("longest list of a chapter, bytes", now.list_bytes, full.list_bytes, PAGE_BYTES),
        ("cold start to first result, s", now.start.result, full.start.result, now.start.result + LATER_SECONDS),
        ("the same, processor seconds", now.start.computed, full.start.computed, now.start.computed + LATER_SECONDS),
        ("search index, s", now.index_seconds, full.index_seconds, INDEX_SECONDS),
        ("slowest query, s", now.query_seconds, full.query_seconds, QUERY_SECONDS),
    ]
    for what, small, large, most in rows:
        print(f"  {what:32}{small:10.4g}{large:10.4g}   (budget {most:.4g})  {verdict(large <= most)}")
    return [large <= most for _, _, large, most in rows]


def server() -> list[bool]:
    """Every entry at its defaults on one thread, and its figures as JSON."""
    times = server_times.measure_all()
    print(f"\n{'server time at defaults, ms':34}{'median':>8}{'worst':>8}{'first':>8}   heaviest figure, bytes")
    for time in sorted(times, key=lambda time: -time.median):
        heaviest = max(time.figure_bytes, key=lambda key: time.figure_bytes[key])
        first = f"{time.first:8.0f}" if time.streams else " " * 8
        print(
            f"  {time.slug:32}{time.median:8.0f}{time.worst:8.0f}{first}   {time.figure_bytes[heaviest]:>7} {heaviest}"
        )
    still = [time for time in times if not time.streams]
    overall = statistics.median(time.median for time in still)
    kept = [
        overall <= MEDIAN_MS,
        all(time.median <= WORST_MS for time in still),
        all(time.first <= FIRST_MS and time.median <= WHOLE_MS for time in times if time.streams),
        all(size <= WIRE_BYTES for time in times for size in time.figure_bytes.values()),
    ]
    print(f"  median over entries {overall:.0f} ms (budget {MEDIAN_MS})  {verdict(kept[0])}")
    print(f"  worst entry {max(time.median for time in still):.0f} ms (budget {WORST_MS})  {verdict(kept[1])}")
    print(f"  training: first ≤ {FIRST_MS} ms, whole ≤ {WHOLE_MS} ms  {verdict(kept[2])}")
    print(f"  figures ≤ {WIRE_BYTES} bytes  {verdict(kept[3])}")
    return kept


def searching() -> bool:
    """A search for each query that the tests know, after the index is built."""
    search("")
    times = []
    for text in QUERIES:
        started = perf_counter()
        search(text)
        times.append(1000 * (perf_counter() - started))
    kept = max(times) <= SEARCH_MS
    print(f"\nsearch                median {statistics.median(times):6.2f} ms   worst {max(times):6.2f} ms", end="")
    print(f"   (budget {SEARCH_MS})  {verdict(kept)}")
    for name, asked in (("known queries", QUERIES), ("queries held back", HELD_BACK)):
        found = {text: [hit.slug for hit in search(text, 3)] for text in asked}
        first = sum(bool(found[text]) and found[text][0] in wanted for text, wanted in asked.items())
        among = sum(bool(wanted & set(found[text])) for text, wanted in asked.items())
        print(f"  {name:20}{len(asked):4}   first {first / len(asked):4.0%}   among three {among / len(asked):4.0%}")
    return kept


def picking() -> bool:
    """Click on an entry to its first figure on the screen, warm, against a constant figure in the same component."""
    floor, entries = page_times.picks()
    bottom = statistics.median(floor)
    print(f"\n{'pick to figure on screen, ms':34}{'median':>8}{'ratio':>8}   floor {bottom:.0f} ms")
    for slug, times in entries.items():
        print(f"  {slug:32}{statistics.median(times):8.0f}{statistics.median(times) / bottom:8.2f}")
    ratio = statistics.median(statistics.median(times) for times in entries.values()) / bottom
    print(f"  median ratio {ratio:.2f} (budget {PICK_RATIO})  {verdict(ratio <= PICK_RATIO)}")
    return ratio <= PICK_RATIO


def many() -> list[bool]:
    """Thirty people at once, and the memory after every entry has run."""
    print(f"\n{f'{thirty_people.PEOPLE} people at once, s':34}{'median':>8}{'p95':>8}{'errors':>8}")
    kept = []
    with thirty_people.serving() as server:
        for entry in thirty_people.TURNED:
            found = thirty_people.crowd(server, entry)
            for what, times in (("open", found.opened), ("turn", found.turned)):
                p95 = statistics.quantiles(times, n=20)[-1]
                kept.append(p95 <= P95_SECONDS and not found.errors)
                print(f"  {what + ' ' + entry:32}{statistics.median(times):8.2f}{p95:8.2f}{len(found.errors):8}")
        print(f"  p95 ≤ {P95_SECONDS:g} s, no error  {verdict(all(kept))}")
        resident = thirty_people.everything(server)
    kept.append(resident <= RESIDENT_BYTES)
    print(f"memory after every entry has run   {resident / 1e6:.0f} MB", end="")
    print(f"   (budget {RESIDENT_BYTES / 1e6:.0f})  {verdict(kept[-1])}")
    return kept


if __name__ == "__main__":
    sys.exit(main())
