"""The three figures of byte pair encoding: words in pieces by merge, the pairs in between, and words held out."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.merges.run import EVERY, PAIRS, SHOWN_WORDS, Learned, MergesResult
from app.provenance.origin import Plotted
from models.tokenization.byte_pair_encoding import Pair, Pieces, pair_counts
from models.tokenization.pre_tokenization import letters_shown
from models.tokenization.tokenizer import shown
from visualizers.curve import apart, curves
from visualizers.cut_text import ROW_PIXELS, words_by_merge
from visualizers.ranked_bars import ranked_bars
from visualizers.theme import ACCENT, SERIES


def figures(result: MergesResult, metrics: Measurements) -> Figures:
    return {
        "words": _words(result, metrics),
        "pairs": _pairs(result),
        "held out": _held_out(result, metrics),
    }


def label(piece: str, symbols: str) -> str:
    """A piece as it is shown: spaces, and bytes that are no character alone, have signs."""
    return "".join(map(shown, letters_shown(piece) if symbols == "bytes" else piece))


def states(learned: Learned) -> list[dict[Pieces, int]]:
    """The words in pieces before any merge and after each."""
    return [{tuple(word): count for word, count in learned.counts.items()}, *(step.words for step in learned.steps)]


def frame_names(learned: Learned) -> list[str]:
    return [f"{count} merges" if count != 1 else "1 merge" for count in range(len(learned.steps) + 1)]


def _words(result: MergesResult, metrics: Measurements) -> Figure:
    learned, symbols = result.learned, result.controls.symbols
    most = sorted(learned.counts, key=lambda word: (-learned.counts[word], word))
    chosen = [word for word in most if len(word.strip()) > 1][:SHOWN_WORDS] or most[:SHOWN_WORDS]
    steps = []
    for state in states(learned):
        pieces_of = {"".join(pieces): pieces for pieces in state}
        steps.append({word: [label(piece, symbols) for piece in pieces_of[word]] for word in chosen})
    new = ["", *(label(step.merge.symbol, symbols) for step in learned.steps)]
    counts = {word: f"×{learned.counts[word]}" for word in chosen}
    whole = metrics["first_whole_word_merge"]
    first = f"Merge {whole:g} makes the first whole word." if whole == whole else "No word is whole yet."
    return Figure(
        title="The words of your text in pieces",
        caption=(
            "{accent|The piece} that the last merge made. Step through the merges: each joins the most frequent pair"
            " of neighbours, wherever it stands."
        ),
        text=(
            f"After {len(learned.steps)} merges the text has {metrics['tokens_per_word']:.2f} tokens per word. {first}"
        ),
        plot=words_by_merge(steps, new, frame_names(learned), counts),
        height=ROW_PIXELS * len(counts) + 20,
        steps="merge",
        start=len(learned.steps),
    )


def _pairs(result: MergesResult) -> Figure:
    learned, symbols = result.learned, result.controls.symbols
    frames = [_ranked(step.counts, step.merge.pair, symbols) for step in learned.steps]
    frames.append(_ranked(dict(pair_counts(states(learned)[-1])), None, symbols))
    merges = [step.merge for step in learned.steps]
    told = (
        [f"The first merge joins “{label(merges[0].symbol, symbols)}”, which occurs {_times(merges[0].count)}."]
        if merges
        else []
    )
    if frames[-1]:
        told.append(f"The next would join “{frames[-1][0][0]}”, which occurs {_times(frames[-1][0][1])}.")
    return Figure(
        title="The most frequent pairs, and how often each occurs",
        caption="{accent|The pair on top} is merged next. Equal counts are settled by a fixed rule.",
        text=" ".join(told) or "No pair is left: every word is one symbol.",
        plot=ranked_bars(frames, frame_names(learned), rows=PAIRS, x_title="occurrences in the text"),
        height=280,
        half=True,
        steps="merge",
        start=len(learned.steps),
    )


def _times(count: float) -> str:
    return "once" if count == 1 else f"{count:g} times"


def _ranked(counts: dict[Pair, int], chosen: Pair | None, symbols: str) -> list[tuple[str, float]]:
    """The most frequent pairs, the chosen one first."""
    order = sorted(counts, key=lambda pair: (pair != chosen, -counts[pair], pair))[:PAIRS]
    return [(" + ".join(label(part, symbols) for part in pair), counts[pair]) for pair in order]


def _held_out(result: MergesResult, metrics: Measurements) -> Figure:
    world = result.held_out
    lines = {
        "new words": world.new.numpy(),
        "letters shuffled": world.shuffled.numpy(),
        "other text": world.text.numpy(),
    }
    merges = [EVERY * point for point in range(len(world.text))]
    plot = curves(
        merges, lines, x_title="merges", room=112, y_range=(0, 1.08 * max(line.max() for line in lines.values())),
        colours={"other text": ACCENT, "letters shuffled": SERIES[1], "new words": SERIES[2]},
    )  # fmt: skip
    otherwise = ""
    if world.otherwise:
        left, encoded = min(world.otherwise.values(), key=lambda pair: (len(pair[0]), pair))
        otherwise = f" The training left {_written(left)}; the encoding gives {_written(encoded)}."
    return Figure(
        title="Tiny-world words: tokens per word",
        caption=(
            "Merges learned from one text, used on {trace:other text|other text}, on {trace:new words|words that the"
            " first text lacks}, and on {trace:letters shuffled|words with shuffled letters}."
        ),
        text=(
            f"After {merges[-1]} merges, other text has {metrics['other_text_tokens_per_word']:.2f} tokens per word,"
            f" shuffled letters {metrics['shuffled_tokens_per_word']:.2f}. Of the words of the first text,"
            f" {metrics['words_cut_otherwise']:.0%} are not cut as the training left them.{otherwise}"
        ),
        plot=apart(plot, 220).update_xaxes(range=[0, merges[-1]]),
        height=280,
        half=True,
        sources=[
            Plotted(world.text, trace="other text"),
            Plotted(world.shuffled, trace="letters shuffled"),
            Plotted(world.new, trace="new words"),
        ],
    )


def _written(pieces: Pieces) -> str:
    return "“" + " · ".join(label(piece, "characters") for piece in pieces) + "”"
