"""Pictures of clouds, of training and of mistakes: NumPy in, image, page or 3-D file out."""
