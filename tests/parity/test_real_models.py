"""The published models themselves, where they were fetched (python -m app real), beside transformers on the same files.

Without them these tests hold the list of models to be empty and end there; ``test_published_models`` then stands alone.
"""

import json

import pytest
import torch
import transformers

from app.claims import check
from app.experiments import experiment
from app.moments import results
from glossary import reader
from glossary.schema import Entry
from models.language.generation import continuation
from models.real.folder import (
    CARD,
    SETTINGS,
    TOKENIZER,
    directory,
    load_decoder,
    load_encoder,
    load_vocabulary,
    present,
)
from tests.parity.byte_pairs import BytePairs, strings

pytestmark = [pytest.mark.parity, pytest.mark.slow]

PROMPTS = (
    "The capital of France is",
    "Water boils at a temperature of",
    "Once upon a time, in a small village,",
    "def add(a, b):\n",
    "The three primary colours are",
    "To make bread you need",
    "My favourite animal is the elephant because",
    "In 1969, people first",
    "Roses are red, violets are",
    "The opposite of hot is",
)
HELD_OUT = (
    "The harbour master kept two ledgers. In the first, bound in green cloth, he wrote the names of ships as "
    "they came in; in the second, which he showed to nobody, he wrote what he thought of them. The brig from "
    "the north he called patient. The new steamer, whose owners had sent a band to play on the quay, he "
    "called loud, crossed it out, and wrote lonely instead. When he died the town sold the green ledger to a "
    "museum and could not decide about the other. A schoolteacher read it through one winter and found that "
    "in forty years he had never used the same word twice."
)

TEXTS = (
    HELD_OUT,
    "To make bread, mix flour, water, yeast and salt in a large bowl. Knead the dough for ten minutes until it is "
    "smooth. Let it rise in a warm place for an hour, then shape it into a loaf. Bake it in a hot oven for forty "
    "minutes, and let it cool on a rack before you cut it.",
)


def fetched(kind: str) -> list[str]:
    """The models of a kind that are there; the list itself is held against the folder."""
    cards = [path for path in directory().glob(f"*/{CARD}") if json.loads(path.read_text())["kind"] == kind]
    names = sorted(path.parent.name for path in cards)
    assert list(present(kind)) == names
    return names


def theirs(name: str) -> torch.nn.Module:
    kind = transformers.AutoModelForCausalLM
    model = kind.from_pretrained(directory() / name, dtype=torch.float32, attn_implementation="eager").eval()
    model.generation_config.eos_token_id = None  # it is a token like any other here
    return model


def perplexity(logits: torch.Tensor, ids: torch.Tensor) -> float:
    """exp of the mean loss in nats of every token but the first."""
    return torch.nn.functional.cross_entropy(logits[0, :-1], ids[0, 1:]).exp().item()


@torch.inference_mode()
def test_decoders_say_what_the_library_says():
    for name in fetched("decoder"):
        found, library = load_decoder(name), theirs(name)
        vocabulary = found.vocabulary
        ids = torch.tensor([vocabulary.encode(HELD_OUT).ids])
        logits, expected = found.model(ids)[0], library(ids).logits
        most = (logits - expected).abs().max()
        print(f"\n{name}: {ids.shape[1]} tokens, logits up to {expected.abs().max():.0f} differ by {most:.1e} at most")
        ours, other = perplexity(logits, ids), perplexity(expected, ids)
        print(f"perplexity {ours:.4f}, the library's {other:.4f}")
        torch.testing.assert_close(logits, expected, atol=5e-4, rtol=0.0)
        assert ours == pytest.approx(other, rel=1e-4)
        assert ours < found.model.config.vocabulary / 100
        for prompt in PROMPTS:
            start = torch.tensor([vocabulary.encode(prompt).ids])
            new = {"max_new_tokens": 50, "do_sample": False, "pad_token_id": 0}
            wanted = library.generate(start, attention_mask=torch.ones_like(start), **new)[0, start.shape[1] :]
            written = continuation(found.model, start, 50)[0]
            print(f"  {vocabulary.decode(start[0].tolist() + written.tolist()[:12])!r}")
            assert written.tolist() == wanted.tolist(), prompt


@torch.inference_mode()
def test_encoders_say_what_the_library_says():
    for name in fetched("sentence encoder"):
        found = load_encoder(name)
        library = transformers.AutoModel.from_pretrained(directory() / name, dtype=torch.float32).eval()
        texts = ["A man is eating food.", "Someone has a meal.", "The stock market fell today."]
        vectors = []
        for text in texts:
            ids = torch.tensor([found.vocabulary.with_ends(text)])
            vector, trace = found.model(ids)
            torch.testing.assert_close(trace.tokens, library(ids).last_hidden_state, atol=5e-5, rtol=0.0)
            pooled = library(ids).last_hidden_state.mean(dim=1)
            torch.testing.assert_close(vector, pooled / pooled.norm(dim=-1, keepdim=True), atol=5e-5, rtol=0.0)
            vectors.append(vector[0])
        near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
        print(f"\n{name}: {texts[0]} – {texts[1]} {near:.2f}, – {texts[2]} {far:.2f}")
        assert near > far + 0.3


def test_byte_level_vocabularies_split_texts_as_their_description_says():
    for name in fetched("decoder") + fetched("vocabulary"):
        file = directory() / name / TOKENIZER
        told = json.loads(file.read_text())
        digits = any(part["type"] == "Digits" for part in told["pre_tokenizer"].get("pretokenizers", []))
        assert digits == ((directory() / name / SETTINGS).exists())
        slow, vocabulary = BytePairs(file, digits), load_vocabulary(name)
        texts = strings(1000, seed=0)
        different = [text for text in texts if vocabulary.encode(text).ids != slow.encode(text)]
        assert different == [], name
        assert all(vocabulary.decode(vocabulary.encode(text).ids) == text for text in texts)
        otherwise = BytePairs(file, not digits)
        assert sum(otherwise.encode(text) != slow.encode(text) for text in texts) > 50  # digits apart or not is seen


def judged(entry: Entry, name: str, text: str, change: dict[str, object]) -> dict[int, str]:
    """The verdict on each claim that says something of its own of published models."""
    kind = experiment(entry.live.experiment).controls
    field = next(field for field in ("sentence", "text", "prompt") if field in kind.model_fields)
    controls = kind(**entry.live.preset | {"model": name, field: text} | change)
    *_, run = results(entry.live.experiment, controls, "cpu", 600)
    return {number: one.verdict for number, one in enumerate(check(entry, run.metrics)) if one.own_threshold}


def test_what_claims_say_of_published_models_holds_and_breaks():
    for name in set(fetched("decoder")) & {"SmolLM2-135M"}:
        for entry in reader.entries().values():
            own = {number: claim for number, claim in enumerate(entry.live.claims) if claim.published}
            for text in TEXTS if own else ():
                assert judged(entry, name, text, {}) == dict.fromkeys(own, "held"), (entry.slug, text)
            for number, claim in own.items():
                broken = claim.fails_for if claim.published.fails_for is None else claim.published.fails_for
                if broken:
                    assert judged(entry, name, TEXTS[0], broken)[number] == "failed", (entry.slug, number)
