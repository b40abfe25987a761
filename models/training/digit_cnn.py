"""A convolutional classifier of digits: ``python -m models.training.digit_cnn``."""

from models.convolution.digit_cnn import DigitCNN
from models.data.digits import digits
from models.generative import pretrained_networks as pictures
from models.training.digit_pictures import classifier_metrics, train_classifier
from models.training.loop import Plan
from models.training.recipes import Made

CHECKPOINTS = {"digit_cnn": Made(lambda: classifier_metrics(pictures.digit_cnn(), *digits()))}


if __name__ == "__main__":
    train_classifier("digit_cnn", DigitCNN, Plan(steps=1200, learning_rate=4e-3, weight_decay=0.05), 64, __doc__)
