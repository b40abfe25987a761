"""A vision transformer on the same digits: ``python -m models.training.digit_vit``."""

from models.data.digits import digits
from models.generative import pretrained_networks as pictures
from models.training.digit_pictures import classifier_metrics, train_classifier
from models.training.loop import Plan
from models.training.recipes import Made
from models.transformer.vision_transformer import VisionTransformer

CHECKPOINTS = {"digit_vit": Made(lambda: classifier_metrics(pictures.digit_vit(), *digits()))}


if __name__ == "__main__":
    train_classifier("digit_vit", VisionTransformer, Plan(steps=2000, learning_rate=2e-3), 64, __doc__)
