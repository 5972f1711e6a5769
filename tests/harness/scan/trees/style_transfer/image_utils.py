"""Helpers for reading, scaling and writing pictures."""
import os
import random

import numpy as np
import scipy.misc

IMAGE_EXTS = ('.jpg', '.jpeg', '.png')


class Size(object):
    """Height / width pair, so that we do not mix them up."""

    def __init__(self, value):
        self.value = value

    @property
    def half(self):
        return Size((self.value[0] // 2, self.value[1] // 2))


def list_images(folder):
    found = []
    for root, _, names in os.walk(folder):
        found.extend(os.path.join(root, n) for n in names
                     if n.lower().endswith(IMAGE_EXTS))
    found.sort()
    return found


def read_image(path, size=None):
    img = scipy.misc.imread(path, mode='RGB')
    if not (len(img.shape) == 3 and img.shape[2] == 3):
        img = np.dstack((img, img, img))
    if size is not None:
        img = scipy.misc.imresize(img, size.value)
    return img.astype(np.float32)


def read_style(path, scale):
    img = read_image(path)
    rows, cols, _ = img.shape
    return read_image(path, Size((int(rows * scale), int(cols * scale))))


def write_image(path, img):
    img = np.clip(img, 0, 255).astype(np.uint8)
    scipy.misc.imsave(path, img)


def merge(images, grid):
    """Tile a batch of pictures for the sample sheet."""
    h, w = images.shape[1], images.shape[2]
    sheet = np.zeros((h * grid[0], w * grid[1], 3))
    for idx, image in enumerate(images):
        col = idx % grid[1]
        row = idx / grid[1]
        sheet[row * h:row * h + h, col * w:col * w + w, :] = image
    return sheet


def center_crop(img, crop):
    h, w = img.shape[:2]
    top = int(round((h - crop) / 2.))
    left = int(round((w - crop) / 2.))
    return img[top:top + crop, left:left + crop]


def border_mask(h, w, width):
    mask = np.zeros((h, w), dtype=np.bool)
    mask[:width] = True
    mask[-width:] = True
    mask[:, :width] = True
    mask[:, -width:] = True
    return mask


def psnr(a, b):
    mse = np.mean((np.asarray(a, dtype=np.float) - np.asarray(b, np.float32)) ** 2)
    return 10. * np.log10(255. ** 2 / max(mse, 1e-8))


def batches(paths, batch_size, size, shuffle=True):
    paths = list(paths)
    if shuffle:
        random.shuffle(paths)
    num = len(paths) / batch_size
    for i in range(num):
        chunk = paths[i * batch_size:(i + 1) * batch_size]
        yield np.array([read_image(p, size) for p in chunk])


class ImagePool(object):
    """History of generated pictures shown to the discriminator."""

    def __init__(self, maxsize=50):
        self.maxsize = maxsize
        self.images = []
        self.count = 0

    def query(self, image):
        if self.count < self.maxsize:
            self.images.append(image)
            self.count += 1
            return image
        idx = int(random.random() * self.maxsize)
        old = self.images[idx]
        self.images[idx] = image
        return old
