"""A stand-in for Apple's GPUs: a device without double precision, on machines that have none.

Inside ``LimitedDevice()`` there is a device "mps". Its tensors are the CPU's under a label, and it
refuses what such a device can't do: float64, antialiasing, handing its memory to NumPy.
"""

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map, tree_map_only

THERE, HERE = torch.device("mps"), torch.device("cpu")
NAMED = {"mps": THERE, "cpu": HERE}


class Labelled(torch.Tensor):
    """A tensor on that device."""


class LimitedDevice(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        inputs = tree_leaves((args, kwargs))
        places = [NAMED[str(v)] for v in inputs if _is_place(v)]
        there = any(isinstance(v, Labelled) for v in inputs)
        if function == torch.Tensor.device.__get__ and there:
            return THERE
        if function is torch.Tensor.to and isinstance(args[1], torch.Tensor):
            places = [THERE if isinstance(args[1], Labelled) else HERE]
        if function is torch.Tensor.cpu:
            places = [HERE]
        there = places[0] == THERE if places else there
        if there and (function is torch.Tensor.numpy or kwargs.get("antialias")):
            raise NotImplementedError(f"{function.__name__} on mps")
        args, kwargs = tree_map(_here, (args, kwargs))
        results = function(*args, **kwargs)
        if not there or isinstance(results, torch.Size):
            return results
        return tree_map_only(torch.Tensor, _there, results)


def _here(value):
    if isinstance(value, Labelled):
        return value.as_subclass(torch.Tensor)
    return HERE if _is_place(value) else value


def _is_place(value):
    return isinstance(value, str | torch.device) and str(value) in NAMED


def _there(tensor):
    if tensor.dtype == torch.float64:
        raise TypeError("Cannot convert a MPS Tensor to float64 dtype.")
    return tensor.as_subclass(Labelled)
