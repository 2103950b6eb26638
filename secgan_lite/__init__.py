"""SeCGAN (arXiv 2111.09298): parallel conditional GANs for face editing, made for teaching."""

__version__ = "0.1.0"
