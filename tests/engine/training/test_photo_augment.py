import numpy as np
import pytest
import torch

from engine.training.photo_augment import PhotoAugmentation, augmented, resized

STILL = PhotoAugmentation(smallest=1.0, stretch=1.0, brightness=0, contrast=0, saturation=0)


@pytest.fixture
def pictures(rng):
    """Six photos that are smooth enough to be cut anywhere."""
    rows, columns = np.mgrid[:40, :40] / 40
    waves = [np.sin(a * rows + b * columns) for a, b in rng.uniform(1, 4, (18, 2))]
    return torch.from_numpy((128 + 100 * np.array(waves).reshape(6, 3, 40, 40)).astype(np.uint8))


def generator(seed=5):
    return torch.Generator().manual_seed(seed)


def test_no_change_leaves_photos_or_mirrors_them(pictures):
    changed, before = augmented(pictures, 40, STILL, generator()), pictures / 255
    same = [torch.allclose(a, b, atol=1e-5) for a, b in zip(changed, before, strict=True)]
    mirrored = [torch.allclose(a, b.flip(2), atol=1e-5) for a, b in zip(changed, before, strict=True)]
    assert all(a != b for a, b in zip(same, mirrored, strict=True))
    assert any(same)
    assert any(mirrored)


def test_parts_have_the_size_that_is_asked_for(pictures):
    changed = augmented(pictures, 24, PhotoAugmentation(), generator())
    assert changed.shape == (6, 3, 24, 24)
    assert changed.dtype == torch.float32


def test_parts_lie_inside_the_photo():
    ramp = torch.arange(40, dtype=torch.uint8).expand(50, 3, 40, 40)
    cut = augmented(ramp, 20, PhotoAugmentation(0.25, 1.0, 0, 0, 0), generator()) * 255
    wide = (cut.amax(dim=(1, 2, 3)) - cut.amin(dim=(1, 2, 3))) / 38 * 40  # the outermost pixels' middles are apart
    assert wide.min() > 0.45 * 38
    assert wide.max() <= 40
    assert cut.min() >= 0
    assert cut.max() <= 39


def test_brightness_multiplies_every_channel_alike(pictures):
    limits = PhotoAugmentation(smallest=1.0, stretch=1.0, brightness=0.5, contrast=0, saturation=0)
    ratios = augmented(pictures, 40, limits, generator()).mean(dim=(2, 3)) / (pictures / 255).mean(dim=(2, 3))
    np.testing.assert_allclose(ratios, ratios[:, :1].expand(6, 3), rtol=1e-4)
    assert ratios.max() <= 1.5 + 1e-4
    assert ratios.min() >= 1 / 1.5 - 1e-4
    assert ratios.std() > 0.05


@pytest.mark.parametrize("kind", ["contrast", "saturation"])
def test_grey_of_one_level_stays_whatever_its_contrast_and_saturation(kind):
    plain = torch.full((8, 3, 10, 10), 77, dtype=torch.uint8)
    limits = PhotoAugmentation(**{"brightness": 0, "contrast": 0, "saturation": 0, kind: 0.5})
    np.testing.assert_allclose(augmented(plain, 10, limits, generator()), 77 / 255, atol=1e-5)


def test_saturation_keeps_the_luminance(pictures):
    limits = PhotoAugmentation(smallest=1.0, stretch=1.0, brightness=0, contrast=0, saturation=0.5)
    weights = torch.tensor([0.299, 0.587, 0.114]).reshape(1, 3, 1, 1)
    changed = (augmented(pictures, 40, limits, generator()) * weights).sum(dim=1).mean(dim=(1, 2))
    np.testing.assert_allclose(changed, (pictures / 255 * weights).sum(dim=1).mean(dim=(1, 2)), rtol=1e-4)


def test_the_same_seed_changes_photos_alike_and_another_otherwise(pictures):
    first, again, other = (augmented(pictures, 30, PhotoAugmentation(), generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_whole_photo_is_resized(pictures):
    assert resized(pictures, 64).shape == (6, 3, 64, 64)
    np.testing.assert_allclose(resized(pictures, 40), pictures / 255, atol=1e-6)
