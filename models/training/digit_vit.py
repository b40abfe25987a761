"""A vision transformer on the same digits: ``python -m models.training.digit_vit``."""

from models.training.digit_pictures import train_classifier
from models.training.loop import Plan
from models.transformer.vision_transformer import VisionTransformer

if __name__ == "__main__":
    train_classifier("digit_vit", VisionTransformer, Plan(steps=2000, learning_rate=2e-3), 64, __doc__)
