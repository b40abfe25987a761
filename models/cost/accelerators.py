"""Published peaks of a device and its links, for times that are worked out and not measured.

Source: NVIDIA A100 datasheet (312 teraflops in 16 bits; NVLink 600 GB a second in both directions together);
a 200 Gbit/s network link for each device carries 25 GB a second.
"""

A100_FLOPS = 312e12  # operations a second
LINKS = {"within a machine": 300e9, "between machines": 25e9}  # bytes a second, one way
