"""Weights of the public code: other names, other label inputs; what does not fit is named."""

import pytest
import torch

from secgan_lite import backbones
from secgan_lite.backbones import Size
from secgan_lite.editing import generator_editor, load_published_weights
from secgan_lite.modalities import RGB
from secgan_lite.parsing import load_parser
from secgan_lite.parsing.bisenet import BiSeNet
from secgan_lite.support.files import load_published


def published(network, prefix="main"):
    """The same tensors under foreign names, with the statistics that public instance norms hold."""
    state = {}
    for number, (name, tensor) in enumerate(network.state_dict().items()):
        state[f"{prefix}.{number}.{name.rsplit('.', 1)[-1]}"] = tensor.clone()
        if tensor.ndim == 1 and prefix == "stargan" and name.endswith("bias"):
            state[f"{prefix}.{number}.running_mean"] = torch.randn_like(tensor)
            state[f"{prefix}.{number}.running_var"] = torch.rand_like(tensor)
            state[f"{prefix}.{number}.num_batches_tracked"] = torch.tensor(7)
    return state


@pytest.fixture
def small(monkeypatch):
    """The three backbones at a tenth of their width, so that a test takes no time."""

    def make(name, attributes=5):
        generator = backbones.get(name).generator(RGB, Size(attributes, 32, 8, 4, 8, 4))
        for buffer in generator.buffers():
            if buffer.is_floating_point():
                buffer.uniform_(0.5, 1.5)
        return generator

    return make


@pytest.mark.parametrize(
    ("name", "conditioning"),
    [("stargan", "target"), ("attgan", "centred target"), ("stgan", "difference")],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_published_generators_edit_as_they_were_trained(tmp_path, name, conditioning, wrapped):
    kind = backbones.get(name)
    source = kind.generator(RGB, kind.size(5, image_size=32)).eval()
    state = published(source, name)
    torch.save({"G": state} if wrapped else state, tmp_path / "w.pth")
    generator = load_published_weights(tmp_path / "w.pth", name, 5, 32)
    assert generator.conditioning == conditioning
    x, y_src = torch.rand(1, 3, 32, 32), torch.tensor([[1.0, 0, 0, 1, 0]])
    y_diff = torch.tensor([[-1.0, 1, 0, 0, 0]])
    label = {"target": y_src + y_diff, "centred target": y_src + y_diff - 0.5}
    expected = source(x, label.get(conditioning, y_diff))
    (edit,) = generator_editor(generator)(x, y_diff[None], y_src)
    assert torch.allclose(edit, expected, atol=1e-5)
    if conditioning != "difference":
        with pytest.raises(ValueError, match=r"y_src is missing.*target"):
            generator_editor(generator)(x, y_diff[None])


def test_other_attributes_are_named(tmp_path, small):
    torch.save(published(small("attgan", 4)), tmp_path / "w.pth")
    with pytest.raises(ValueError, match=r"does not fit it: main\.\d+\.weight has shape .* wants"):
        load_published(tmp_path / "w.pth", small("attgan", 5), "it")


@pytest.mark.parametrize("content", [b"", b"<html>Quota exceeded</html>", b"PK\x03\x04broken"])
def test_what_is_no_file_of_tensors_is_refused(tmp_path, small, content):
    (tmp_path / "w.pth").write_bytes(content)
    with pytest.raises(ValueError, match="no file of tensors"):
        load_published(tmp_path / "w.pth", small("stargan"), "it")


class Trap:
    def __reduce__(self):
        return (print, ("executed",))


def test_a_pickle_that_would_run_code_is_refused(tmp_path, small, capsys):
    torch.save({"weights": Trap()}, tmp_path / "w.pth")
    with pytest.raises(ValueError, match="no file of tensors"):
        load_published(tmp_path / "w.pth", small("stargan"), "it")
    assert "executed" not in capsys.readouterr().out
    with pytest.raises(FileNotFoundError):
        load_published(tmp_path / "absent.pth", small("stargan"), "it")


def test_the_published_parser_of_19_parts(tmp_path):
    network = BiSeNet(19).eval()
    torch.save(published(network, "cp"), tmp_path / "79999_iter.pth")
    parser = load_parser(tmp_path / "79999_iter.pth", 64)
    x = torch.rand(1, 3, 64, 64) * 2 - 1
    log_p = parser(x)
    assert log_p.shape == (1, 12, 64, 64)
    assert torch.allclose(log_p.exp().sum(dim=1), torch.ones(1, 64, 64), atol=1e-4)
    assert len(parser.hash) == 64
