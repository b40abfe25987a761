"""Train the tokenizer on the tiny world: ``python -m models.training.tokenizer``.

The vocabulary: special tokens, all 256 bytes, every word that the world uses often enough, and in what is left the
pieces that byte-pair merges find in those words, from which other words are spelt. Ids go by frequency, so a change of
the world's texts gives other ids, and every checkpoint must then be trained again.
"""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain, islice

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from models.data.corpus import EVERY_KIND, documents
from models.tokenization.tokenizer import FILE, SPECIAL, SPECIALS, VOCABULARY

# One space may lead a word, a digit or a sign; digits stand alone, so that sums have columns.
PIECE = r" ?\p{L}+| ?\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
DOCUMENTS = 30_000  # of each split: a word told only there is a word all the same
SEEN_AT_LEAST = 5


def splitter() -> pre_tokenizers.PreTokenizer:
    cut = pre_tokenizers.Split(Regex(PIECE), "isolated")
    return pre_tokenizers.Sequence([cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def frequent_words(texts: Iterable[str]) -> list[str]:
    """What stands between the cuts, in the byte alphabet, most frequent first."""
    chunks = Counter(chunk for text in texts for part in SPECIAL.split(text) for chunk in part.split())
    cut, counts = splitter(), Counter[str]()
    for chunk, count in chunks.items():
        counts.update({word: count for word, _ in cut.pre_tokenize_str(f" {chunk}")})
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [word for word, count in ranked if count >= SEEN_AT_LEAST]


def learned_merges(words: list[str]) -> list[tuple[str, str]]:
    """Byte-pair merges in the order in which they are learnt from the words, until every word is one piece."""
    pieces = Tokenizer(models.BPE())
    pieces.train_from_iterator(words, trainers.BpeTrainer(vocab_size=1 << 14, show_progress=False))
    return [tuple(merge) for merge in json.loads(pieces.to_str())["model"]["merges"]]


def train() -> Tokenizer:
    texts = (islice(documents(EVERY_KIND, seed=0, split=split), DOCUMENTS) for split in ("train", "held_out"))
    words = frequent_words(chain.from_iterable(texts))
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    whole = [word for word in words if len(word) > 1]
    vocabulary = dict.fromkeys([*SPECIALS, *alphabet, *whole])
    merges: list[tuple[str, str]] = []
    for left, right in learned_merges(whole):
        if len(vocabulary) == VOCABULARY:
            break
        vocabulary[left + right] = None
        merges.append((left, right))
    ids = {token: i for i, token in enumerate(vocabulary)}
    trained = Tokenizer(models.BPE(vocab=ids, merges=merges, ignore_merges=True))
    trained.pre_tokenizer, trained.decoder = splitter(), decoders.ByteLevel()
    trained.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in SPECIALS])
    return trained


if __name__ == "__main__":
    made = train()
    FILE.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(FILE))
    print(f"{FILE.name}: {made.get_vocab_size()} tokens")
