"""Serves vit-variants alone: five trained networks, each with the mechanism that names it, in one view."""

from app.experiments.base import Experiment
from app.experiments.vision.vit_variants.figures import figures
from app.experiments.vision.vit_variants.run import VariantControls, measure, run

EXPERIMENT = Experiment(
    VariantControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "swin_accuracy": "Swin: marks rightly compared, share",
        "swin_tokens_reached": "Swin: patches that one patch draws on, mean",
        "mae_error": "MAE: squared error per masked pixel",
        "mean_image_error": "mean image: squared error per masked pixel",
        "mae_error_over_mean_image": "MAE: error over that of the mean image",
        "deit_accuracy": "DeiT: far-shifted digits recognised, share",
        "teacher_accuracy": "DeiT’s teacher: far-shifted digits recognised, share",
        "errors_repeated_by_distillation_token_share": "DeiT: teacher’s errors repeated by distillation token, share",
        "errors_repeated_by_class_token_share": "DeiT: teacher’s errors repeated by the class token, share",
        "dino_outputs_used": "DINO: outputs used, of 32",
        "dino_neighbour_accuracy": "DINO: neighbours with the right label, share",
        "dino_outputs_used_without_centring": "DINO without centring: outputs used, of 32",
        "dino_neighbour_accuracy_without_centring": "DINO without centring: neighbours with the right label, share",
        "pair_loss_change_nats": "SigLIP: largest change of a pair’s loss by other pairs, nats",
    },
)
