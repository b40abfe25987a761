"""Weights of a vision transformer from its settings as the hub stores them, counted by component.

Source: the configuration of the transformers library for ViT, whose defaults stand where a file says nothing.

Symbols
    D  width     L  layers     F  hidden width
"""

from models.published.json_settings import Settings, size, switch, whole_share


def vit(settings: Settings) -> dict[str, int]:
    """A vision transformer: with a classifier if ``architectures`` names one, else with the pooler."""
    D, L, F = (
        size(settings, name, default)
        for name, default in (("hidden_size", 768), ("num_hidden_layers", 12), ("intermediate_size", 3072))
    )
    whole_share(D, size(settings, "num_attention_heads", 12))
    patches, pixels = patches_of(settings)
    names = settings.get("architectures") or ["ViTModel"]
    if names not in (["ViTModel"], ["ViTForImageClassification"]):
        raise ValueError(f"architectures: takes ViTModel or ViTForImageClassification; here it is {str(names)[:40]!r}")
    pooled = size(settings, "pooler_output_size", D)
    head = {"pooler": D * pooled + pooled} if names == ["ViTModel"] else {"classifier": (D + 1) * labels_of(settings)}
    return {
        "patch embedding": (pixels * size(settings, "num_channels", 3) + 1) * D,
        "class token": D,
        "position embedding": (patches + 1) * D,
        "attention": L * (4 * D * D + (4 if switch(settings, "qkv_bias", True) else 1) * D),
        "feed-forward": L * (2 * D * F + F + D),
        "norms": (2 * L + 1) * 2 * D,
        **head,
    }


def patches_of(settings: Settings) -> tuple[int, int]:
    """Whole patches in a picture, and pixels of a patch; a side may be one number or height and width."""
    picture, patch = sides(settings, "image_size", 224), sides(settings, "patch_size", 16)
    patches = (picture[0] // patch[0]) * (picture[1] // patch[1])
    if not patches:
        raise ValueError(f"patch_size: takes at most the side of the picture; here it is {settings.get('patch_size')}")
    return patches, patch[0] * patch[1]


def sides(settings: Settings, name: str, default: int) -> tuple[int, int]:
    value = settings.get(name)
    if isinstance(value, list | tuple) and len(value) == 2:
        height, width = (size({name: side}, name) for side in value)
        return height, width
    side = size(settings, name, default)
    return side, side


def labels_of(settings: Settings) -> int:
    """Classes: as many as ``id2label`` names, else ``num_labels``; two where a file says neither."""
    names = settings.get("id2label")
    if names is None:
        return size(settings, "num_labels", 2)
    if not isinstance(names, dict) or not names:
        raise ValueError(f"id2label: takes classes and their names in braces; here it is {str(names)[:30]!r}")
    return len(names)
