"""Serves unet-diffusion alone: `vision/scene_unet` cleans at one noise level, this one is told which of a thousand."""

from app.experiments.base import Experiment
from app.experiments.generative.unet_levels.figures import figures
from app.experiments.generative.unet_levels.run import LevelControls, measure, run

EXPERIMENT = Experiment(
    LevelControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "rise_at_low_noise": "part judged: added error at t = 150, per pixel",
        "rise_at_high_noise": "part judged: added error at t = 850, per pixel",
        "rise_low_over_high": "part judged: added error at t = 150 over that at 850",
        "top_rise_at_low_noise": "top skip: added error at t = 150, per pixel",
        "top_rise_at_high_noise": "top skip: added error at t = 850, per pixel",
        "middle_rise_at_low_noise": "middle: added error at t = 150, per pixel",
        "middle_rise_at_high_noise": "middle: added error at t = 850, per pixel",
        "middle_over_top_at_high_noise": "added error at t = 850, middle over top skip",
        "told_low_rise": "added error where t = 50 is told, per pixel",
        "told_high_rise": "added error where t = 950 is told, per pixel",
        "wrong_time_asymmetry": "added error, t = 950 told as 50, over that of 50 told as 950",
        "class_change_of_middle": "told another class at t = 850: change of the middle, relative to its size",
        "class_change_of_top": "told another class at t = 850: change of the top skip, relative to its size",
        "class_change_of_middle_low": "told another class at t = 150: change of the middle, relative to its size",
        "class_weight_of_top_low": "cross-attention, top skip at t = 150: weight on the class",
        "class_weight_of_top": "cross-attention, top skip at t = 850: weight on the class",
        "class_weight_of_middle": "cross-attention, middle at t = 850: weight on the class",
        "top_change_by_norms": "norms, another class at t = 850: change of the top skip",
        "top_change_by_attention": "cross-attention, another class at t = 850: change of the top skip",
        "middle_change_by_norms": "norms, another class at t = 850: change of the middle",
        "middle_change_by_attention": "cross-attention, another class at t = 850: change of the middle",
        "error_by_norms": "norms: squared error, mean of seven noise levels, per pixel",
        "error_by_attention": "cross-attention: squared error, mean of seven noise levels, per pixel",
        "intact_error_at_low_noise": "intact: squared error at t = 150, per pixel",
        "intact_error_at_high_noise": "intact: squared error at t = 850, per pixel",
    },
)
