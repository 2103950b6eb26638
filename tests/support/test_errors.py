"""Wrong choices: the message says what was given and what is nearest."""

from secgan_lite.support.errors import unknown_choice


def test_the_nearest_choice_is_named():
    message = str(unknown_choice("backbone", "stragan", ["attgan", "stargan"]))
    assert "backbone" in message and "'stragan'" in message and "Did you mean 'stargan'" in message


def test_without_a_near_one_all_are_listed():
    message = str(unknown_choice("method", "xyz", ["baseline", "secgan"]))
    assert "baseline" in message and "secgan" in message
