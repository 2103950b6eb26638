"""Published networks from local files: names, shapes and ranges as their authors have them."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F
from torchvision import transforms
from torchvision.models import inception_v3, resnet50

from secgan_lite.attributes import NAMES
from secgan_lite.judges import AttributeClasses, AttributeClassifier, load_classes, load_encoder
from secgan_lite.judges.encoder import IMAGENET
from secgan_lite.judges.published import Preprocessed
from secgan_lite.support.files import sha256


@pytest.fixture(scope="module")
def swav_file(tmp_path_factory):
    """A file with the names of SwAV's published one, and random numbers."""
    network = resnet50(weights=None)
    state = {f"module.{k}": v for k, v in network.state_dict().items() if "fc." not in k}
    state["module.projection_head.0.weight"] = torch.zeros(2048, 2048)
    state["module.projection_head.1.running_mean"] = torch.zeros(2048)
    state["module.prototypes.weight"] = torch.zeros(3000, 128)
    path = tmp_path_factory.mktemp("swav") / "swav_800ep_pretrain.pth.tar"
    torch.save(state, path)
    return path, network


def test_swavs_resnet_is_read_and_fed_as_published(swav_file):
    path, network = swav_file
    encoder = load_encoder(path, image_size=64)
    assert encoder.num_features == 2048 and encoder.card["sha256"] == sha256(path)
    assert "note" not in encoder.card
    picture = np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)
    pipeline = transforms.Compose(
        [transforms.Resize(224), transforms.ToTensor(), transforms.Normalize(*IMAGENET)]
    )
    network.fc = nn.Identity()
    with torch.inference_mode():
        wanted = network.eval()(pipeline(Image.fromarray(picture))[None])
        x = torch.from_numpy(picture).permute(2, 0, 1)[None] / 127.5 - 1
        found = encoder(x)
    assert found.shape == (1, 2048)
    assert float((found - wanted).norm() / wanted.norm()) < 0.01  # Pillow rounds to 256 levels


def test_weights_of_another_network_are_refused(tmp_path, swav_file):
    state = torch.load(swav_file[0], weights_only=True)
    state["module.conv1.weight"] = torch.zeros(64, 1, 7, 7)
    torch.save(state, tmp_path / "grey.pth")
    message = r"grey.pth does not fit SwAV's ResNet-50: conv1.weight is \(64, 1, 7, 7\) there"
    with pytest.raises(ValueError, match=message):
        load_encoder(tmp_path / "grey.pth")
    with pytest.raises(ValueError, match="does not fit torchvision's Inception-v3"):
        load_classes(swav_file[0], nn.Identity())
    with pytest.raises(FileNotFoundError):
        load_encoder(tmp_path / "absent.pth")


def test_inception_sees_299_px_between_minus_one_and_one(tmp_path):
    network = inception_v3(weights=None, init_weights=False, transform_input=False).eval()
    torch.save(network.state_dict(), tmp_path / "inception_v3_google.pth")
    classes = load_classes(tmp_path / "inception_v3_google.pth", nn.Identity())
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.inference_mode():
        wanted = network(F.interpolate(x, 299, mode="bilinear"))
        assert torch.allclose(classes(x), wanted, atol=1e-4)
    assert classes.card["name"] == "Inception-v3" and wanted.shape == (2, 1000)


def test_preprocessing_leaves_what_fits_alone():
    x = torch.rand(1, 3, 8, 8) * 2 - 1
    assert torch.allclose(Preprocessed(nn.Identity(), 8)(x), x, atol=1e-6)


def test_kinds_of_faces_have_the_probabilities_of_their_labels():
    """Products of label probabilities; of the colours given that at most one is set."""
    logits = torch.randn(5, 13)
    classes = AttributeClasses(AttributeClassifier())
    found = classes.from_logits(logits).exp()
    assert found.shape == (5, 32) and torch.allclose(found.sum(dim=1), torch.ones(5), atol=1e-5)
    p = logits.sigmoid()
    for i, kind in enumerate(classes.kinds):
        words = kind.split(", ")
        wanted, total = torch.ones(5), torch.zeros(5)
        colours = ("Black_Hair", "Blond_Hair", "Brown_Hair")
        for only in (*colours, "other hair"):
            each = torch.ones(5)
            for colour in colours:
                chance = p[:, NAMES.index(colour)]
                each = each * (chance if colour == only else 1 - chance)
            total = total + each
            wanted = each if only == words[0] else wanted
        wanted = wanted / total
        for word in words[1:]:
            chance = p[:, NAMES.index(word.removeprefix("no "))]
            wanted = wanted * ((1 - chance) if word.startswith("no ") else chance)
        assert torch.allclose(found[:, i], wanted, atol=1e-5), kind
    turned = AttributeClasses(AttributeClassifier(NAMES[::-1]))
    assert torch.equal(turned.from_logits(logits.flip(1)).exp(), found)
    with pytest.raises(ValueError, match="classifier lacks Eyeglasses, Young"):
        AttributeClasses(AttributeClassifier(("Male", "Bangs", *colours)))
