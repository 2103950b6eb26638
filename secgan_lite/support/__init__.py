"""What every room stands on: files and weights on disk, places, images, devices, randomness."""
