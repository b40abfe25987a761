"""What every test takes for granted."""

import torch
from hypothesis import settings

torch.set_num_threads(1)  # small models are slower on two threads, and the machine is shared
settings.register_profile("modelarium", deadline=None)  # a first call pays for imports and kernels
settings.load_profile("modelarium")
