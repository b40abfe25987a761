"""A sound as a WAV file: one channel, 16 bits a sample, at a volume that hurts nobody."""

import base64
import io
import wave
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # base imports plotly, which the first page does not wait for
    from app.experiments.base import Sound

LOUDEST = 0.5
"""The highest peak, as a share of full scale: what is louder is turned down as a whole, so its shape stays."""


def wav(sound: "Sound") -> bytes:
    """The file. Samples that are no numbers are silent."""
    samples = np.nan_to_num(np.asarray(sound.samples, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    peak = float(np.abs(samples).max())
    limited = samples * (LOUDEST / peak) if peak > LOUDEST else samples
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(sound.rate)
        out.writeframes(np.round(limited * 32767).astype("<i2").tobytes())
    return file.getvalue()


def data_address(sound: "Sound") -> str:
    """The file as an address that holds it: nothing has to be fetched."""
    return "data:audio/wav;base64," + base64.b64encode(wav(sound)).decode("ascii")
