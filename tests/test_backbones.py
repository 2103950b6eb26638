"""StarGAN in both modalities: published sizes, Table 2's layers, label planes without planes."""

import pytest
import torch
from torch.nn import functional as F

from secgan_lite import backbones
from secgan_lite.backbones import Backbone, Size, summed_gradient
from secgan_lite.backbones.layers import LabelConv2d, NarrowConv2d, instance_norm, require_divisible
from secgan_lite.backbones.stargan import Discriminator, Generator
from secgan_lite.backbones.stgan import TransferUnit
from secgan_lite.modalities import RGB, SEMANTIC
from secgan_lite.support.randomness import initialisation, stream


def count(network):
    return sum(p.numel() for p in network.parameters())


STARGAN, ATTGAN, STGAN = (backbones.get(name) for name in ("stargan", "attgan", "stgan"))


@pytest.mark.parametrize(
    ("network", "weights"),
    [
        (lambda: STARGAN.generator(RGB, STARGAN.size()), 8_455_616),
        (lambda: STARGAN.generator(SEMANTIC, STARGAN.size()), 8_512_064),
        (lambda: STARGAN.generator(RGB, STARGAN.size(), 12), 8_493_248),
        (lambda: STARGAN.discriminator(RGB, STARGAN.size()), 44_827_584),
        (lambda: STARGAN.discriminator(RGB, STARGAN.size(image_size=256)), 45_147_072),
        (lambda: STARGAN.discriminator(SEMANTIC, STARGAN.size()), 44_836_800),
        (lambda: STARGAN.discriminator(SEMANTIC, STARGAN.size(image_size=256)), 45_156_288),
        (lambda: STARGAN.discriminator(RGB, STARGAN.size(5)), 44_762_048),
        (lambda: ATTGAN.generator(RGB, ATTGAN.size()), 43_459_203),
        (lambda: ATTGAN.generator(SEMANTIC, ATTGAN.size()), 43_486_860),
        (lambda: ATTGAN.generator(RGB, ATTGAN.size(), 12), 43_471_491),
        (lambda: ATTGAN.discriminator(RGB, ATTGAN.size()), 44_718_990),
        (lambda: ATTGAN.discriminator(RGB, ATTGAN.size(image_size=256)), 145_382_286),
        (lambda: ATTGAN.discriminator(SEMANTIC, ATTGAN.size()), 44_728_206),
        (lambda: ATTGAN.discriminator(SEMANTIC, ATTGAN.size(image_size=256)), 145_391_502),
        # Without the norm the convolutions have biases: 64 + 128 + … + 1024 of them.
        (lambda: backbones.get("attgan-table3").discriminator(SEMANTIC, ATTGAN.size()), 44_726_222),
        (lambda: STGAN.generator(RGB, STGAN.size()), 74_998_771),
        (lambda: STGAN.generator(SEMANTIC, STGAN.size()), 75_037_516),
    ],
)
def test_published_numbers_of_weights(network, weights):
    with torch.device("meta"):
        assert count(network()) == weights


def convolutions(network):
    kinds = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
    return [
        (type(m).__name__, m.out_channels, m.kernel_size[0], m.stride[0], m.padding[0])
        for m in network.modules()
        if isinstance(m, kinds)
    ]


def test_generator_layers_of_table_2():
    with torch.device("meta"):
        layers = convolutions(Generator(SEMANTIC, STARGAN.size()))
    assert layers == [
        ("LabelConv2d", 64, 7, 1, 3),
        ("Conv2d", 128, 4, 2, 1),
        ("Conv2d", 256, 4, 2, 1),
        *[("Conv2d", 256, 3, 1, 1)] * 12,
        ("ConvTranspose2d", 128, 4, 2, 1),
        ("ConvTranspose2d", 64, 4, 2, 1),
        ("Conv2d", 12, 7, 1, 3),
    ]


def test_discriminator_layers_of_table_2():
    with torch.device("meta"):
        network = Discriminator(RGB, STARGAN.size())
    halvings = [("Conv2d", 64 * 2**i, 4, 2, 1) for i in range(6)]
    assert convolutions(network) == [*halvings, ("Conv2d", 1, 3, 1, 1), ("Conv2d", 13, 2, 1, 0)]
    slopes = {m.negative_slope for m in network.modules() if hasattr(m, "negative_slope")}
    assert slopes == {0.01}
    assert not any("norm" in type(m).__name__.lower() for m in network.modules())


@pytest.mark.parametrize(("kernel", "size"), [(1, 5), (3, 3), (3, 8), (5, 6), (7, 7), (7, 16)])
def test_the_label_convolution_equals_tiled_planes(kernel, size):
    layer = LabelConv2d(3, 5, 4, kernel).double()
    x, y = torch.randn(2, 3, size, size).double(), torch.randn(2, 5).double()
    tiled = torch.cat([x, y[:, :, None, None].expand(-1, -1, size, size)], dim=1)
    plain = F.conv2d(tiled, layer.weight, padding=kernel // 2)
    assert torch.allclose(layer.image_share(x) + layer.label_share(y, size), plain)


def results(output, *inputs):
    """The output and the gradients of one number made of it, for comparison of two ways."""
    weights = torch.linspace(-1, 1, output.numel(), dtype=output.dtype).view_as(output)
    return output, *torch.autograd.grad((output * weights).sum(), inputs, retain_graph=True)


def assert_equal(one, other, tolerance=1e-10):
    for a, b in zip(one, other, strict=True):
        assert torch.allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("channels", "kernel", "size"), [(1, 3, 4), (3, 7, 8), (4, 5, 6)])
def test_a_narrow_convolution_equals_the_plain_one(channels, kernel, size):
    layer = NarrowConv2d(5, channels, kernel).double()
    x = torch.randn(2, 5, size, size).double().requires_grad_()
    plain = F.conv2d(x, layer.weight, padding=kernel // 2)
    inputs = (x, layer.weight)
    assert_equal(results(layer(x), *inputs), results(plain, *inputs))


def test_a_narrow_convolution_is_right_in_bf16():
    """With 8 channels: where the CPU has AMX, oneDNN computes a kernel of 8 on them wrong."""
    layer, x = NarrowConv2d(8, 3, 7), torch.randn(2, 8, 32, 32)
    with torch.autocast("cpu", torch.bfloat16):
        fast = layer(x)
    assert fast.dtype == torch.bfloat16
    assert torch.allclose(fast.float(), layer(x), atol=0.05)


def test_a_group_for_each_channel_is_instance_norm():
    """Output, gradients, and their gradients, which the penalty takes through AttGAN's D."""
    norm = instance_norm(4).double()
    torch.nn.init.normal_(norm.weight)
    x = torch.randn(2, 4, 8, 8).double().requires_grad_()
    inputs = (x, norm.weight, norm.bias)

    def twice(output):
        (gradient,) = torch.autograd.grad(output.tanh().sum(), x, create_graph=True)
        return *results(output, *inputs), *results(gradient, x, norm.weight)

    assert_equal(twice(norm(x)), twice(F.instance_norm(x, weight=norm.weight, bias=norm.bias)))


@pytest.mark.parametrize("modality", [RGB, SEMANTIC])
@pytest.mark.parametrize("name", backbones.available())
def test_the_gradient_of_realism_is_that_of_autograd(name, modality):
    """As is its derivative in the weights, which is all that the penalty teaches."""
    discriminator = backbones.get(name).discriminator(modality, Size(5, 32, 4, 3, 4, 3)).double()
    x = torch.rand(2, modality.channels, 32, 32).double()
    found = discriminator.realism_gradient(x)
    plain = summed_gradient(lambda images: discriminator(images)[0], x)
    taught = []
    for gradient in (found, plain):
        gradient.square().sum().sqrt().backward()
        weights = discriminator.parameters()  # those that the gradient ignores have none, or zeros
        taught.append([torch.zeros_like(w) if w.grad is None else w.grad for w in weights])
        discriminator.zero_grad()
    assert_equal([found, *taught[0]], [plain, *taught[1]])
    assert any(gradient.any() for gradient in taught[0])


@pytest.mark.parametrize("modality", [RGB, SEMANTIC])
@pytest.mark.parametrize("name", backbones.available())
def test_every_backbone_in_every_modality(name, modality):
    kind = backbones.get(name)
    with initialisation(0, name):
        generator = kind.generator(modality, Size(5, 32, 4, 2, 4, 2))
        discriminator = kind.discriminator(modality, Size(5, 32, 4, 3, 4, 3))
    x, y_diff = torch.randn(2, modality.channels, 32, 32), torch.randint(-1, 2, (2, 5)).float()
    out = generator(x, y_diff)
    assert out.shape == x.shape
    if modality is RGB:
        assert out.abs().max() <= 1
    else:
        assert torch.allclose(out.sum(dim=1), torch.ones(2, 32, 32), atol=1e-5)
    realism, logits = discriminator(out)
    assert realism.shape[:2] == (2, 1) and logits.shape == (2, 5)


def test_training_and_evaluation_compute_the_same():
    with initialisation(0, "g"):
        generator = Generator(RGB, Size(5, 16, 4, 1, 4, 1))
    x, y_diff = torch.randn(2, 3, 16, 16), torch.ones(2, 5)
    assert torch.allclose(generator.train()(x, y_diff), generator.eval()(x, y_diff), atol=1e-6)


def test_generator_layers_of_table_3():
    with torch.device("meta"):
        network = ATTGAN.generator(RGB, ATTGAN.size())
    down = [("Conv2d", 64 * 2**i, 4, 2, 1) for i in range(5)]
    up = [("ConvTranspose2d", c, 4, 2, 1) for c in (1024, 512, 256, 128, 3)]
    assert convolutions(network) == down + up
    inputs = [m.in_channels for m in network.modules() if isinstance(m, torch.nn.ConvTranspose2d)]
    assert inputs == [1024 + 13, 1536 + 13, 512, 256, 128]
    norms = [m.num_features for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms == [64, 128, 256, 512, 1024, 1024, 512, 256, 128]


def test_discriminator_layers_of_table_3():
    with torch.device("meta"):
        network = ATTGAN.discriminator(SEMANTIC, ATTGAN.size())
    assert convolutions(network) == [("Conv2d", 64 * 2**i, 4, 2, 1) for i in range(5)]
    linear = [
        (m.in_features, m.out_features) for m in network.modules() if isinstance(m, torch.nn.Linear)
    ]
    assert linear == [(16_384, 1024), (1024, 1), (16_384, 1024), (1024, 13)]


def test_transfer_units_are_the_gru_of_the_publication():
    """One unit against its equations, gate by gate."""
    unit = TransferUnit(2, 6).double()
    level, state = torch.randn(1, 2, 4, 4).double(), torch.randn(1, 6, 2, 2).double()
    lifted = F.conv_transpose2d(state, unit.lift.weight, unit.lift.bias, 2, 1)

    def conv(layer, *inputs):
        return F.conv2d(torch.cat(inputs, 1), layer.weight, layer.bias, padding=1)

    r, u = (torch.sigmoid(conv(gate, level, lifted)) for gate in (unit.reset, unit.update))
    candidate = torch.tanh(conv(unit.candidate, level, r * lifted))
    features, passed = unit(level, state)
    assert torch.allclose(features, (1 - u) * lifted + u * candidate)
    assert torch.allclose(passed, r * lifted)


@pytest.mark.parametrize("name", ["attgan", "stgan"])
@pytest.mark.parametrize("slope", [0.01, 0.2])
def test_slopes_of_leaky_units(name, slope):
    with torch.device("meta"):
        kind = backbones.get(name)
        networks = kind.generator(RGB, kind.size()), kind.discriminator(RGB, kind.size())
    slopes = {
        m.negative_slope for n in networks for m in n.modules() if hasattr(m, "negative_slope")
    }
    assert (slopes == {slope}) == ((name, slope) in {("attgan", 0.01), ("stgan", 0.2)})


def test_the_heads_activations_are_those_of_each_code():
    """D of STGAN, written out: leaky ReLUs of 0.2 in the heads too; AttGAN's heads have ReLUs."""
    for name, hidden in (("attgan", F.relu), ("stgan", lambda h: F.leaky_relu(h, 0.2))):
        with initialisation(0, name):
            network = backbones.get(name).discriminator(RGB, Size(5, 32, 4, 3, 4, 3))
        x = torch.randn(2, 3, 32, 32)
        features, w = network.body(x), dict(network.named_parameters())
        for head, found in zip(("adv", "cls"), network(x), strict=True):
            h = hidden(F.linear(features, w[f"{head}.0.weight"], w[f"{head}.0.bias"]))
            wanted = F.linear(h, w[f"{head}.2.weight"], w[f"{head}.2.bias"])
            assert torch.allclose(found, wanted, atol=1e-6), (name, head)


# Of seeded networks: x_out at one pixel, realism, attribute logits. The public code of StarGAN and
# AttGAN, with the same weights, gives the same.
RECORDED = {
    "stargan": (
        [-0.58439, -0.28073, -0.82316],
        [-0.01311],
        [-0.02757, 0.01304, 0.00747, -0.00252, -0.00178],
    ),
    "attgan": (
        [-0.08556, 0.07824, 0.03045],
        [0.26327],
        [-0.03862, -0.46807, 0.06071, 0.25037, 0.00085],
    ),
    "attgan-table3": (
        [-0.08556, 0.07824, 0.03045],
        [-0.0724],
        [0.04574, -0.08297, 0.01645, 0.11833, 0.10599],
    ),
    "stgan": (
        [-0.20735, 0.22569, 0.33484],
        [0.29817],
        [0.20363, 0.24522, -0.0156, 0.08653, -0.18664],
    ),
}


@pytest.mark.parametrize("name", RECORDED)
def test_outputs_are_those_recorded_beside_the_public_code(name):
    x = torch.randn(2, 3, 32, 32, generator=stream(0, "recorded"))
    y_diff = torch.tensor([[1.0, 0, -1, 0, 1], [0, 0, 0, 1, -1]])
    kind = backbones.get(name)
    with initialisation(0, "recorded"):
        generator = kind.generator(RGB, Size(5, 32, 4, 3, 4, 3)).eval()
        discriminator = kind.discriminator(RGB, Size(5, 32, 4, 3, 4, 3)).eval()
    with torch.no_grad():
        realism, logits = discriminator(x)
        found = generator(x, y_diff)[1, :, 9, 20], realism.flatten()[-1:], logits[1]
    for values, wanted in zip(found, RECORDED[name], strict=True):
        assert torch.allclose(values, torch.tensor(wanted), atol=1e-4)


@pytest.mark.parametrize("size", [16, 32, 64])
def test_the_label_reaches_the_whole_image(size):
    """Instance norm takes away what is constant over a plane, as a tiled label is inside."""
    with initialisation(0, "g"):
        generator = Generator(RGB, Size(5, size, 4, 1, 4, 1))
    x = torch.randn(1, 3, size, size)
    change = generator(x, torch.ones(1, 5)) - generator(x, torch.zeros(1, 5))
    assert (change.abs().amax(dim=1) > 1e-4).float().mean() > 0.95


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: Generator(RGB, STARGAN.size(image_size=30)),
            "image_size=30 .* 28 or 32",
        ),
        (lambda: Discriminator(RGB, STARGAN.size(image_size=32)), "multiples of 64"),
        (lambda: require_divisible(4, 8, "it"), "for example 8 or 16"),
        (
            lambda: Generator(RGB, Size(5, 16, 4, 1, 4, 1))(
                torch.zeros(1, 3, 16, 8), torch.zeros(1, 5)
            ),
            "x has",
        ),
        (
            lambda: Generator(RGB, Size(5, 16, 4, 1, 4, 1))(
                torch.zeros(1, 3, 16, 16), torch.zeros(1, 4)
            ),
            "y_diff",
        ),
        (lambda: backbones.get("stragan"), "Did you mean 'stargan'"),
        (lambda: backbones.register(Backbone("stargan", Generator, Discriminator, {})), "already"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
