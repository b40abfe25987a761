"""How often each half of an encoder-decoder runs."""

from torch import Tensor

from models.transformer.encoder_decoder import Encoded, EncoderDecoder, EncoderDecoderTrace


class CallsCounted:
    """Stands for a model and counts the calls of its halves; the model itself is not changed."""

    def __init__(self, model: EncoderDecoder) -> None:
        self.model = model
        self.encoded = self.decoded = 0

    def encode(self, source: Tensor, mask: Tensor | None = None) -> Encoded:
        self.encoded += 1
        return self.model.encode(source, mask)

    def decode(self, target: Tensor, encoded: Encoded) -> tuple[Tensor, EncoderDecoderTrace]:
        self.decoded += 1
        return self.model.decode(target, encoded)
