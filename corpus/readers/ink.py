"""tells from the picture of a page whether text on it can be seen: whether its letters stand out from what is behind."""

import numpy as np
import numpy.typing as npt

# Of 255: colours that differ less cannot be told apart on paper or a screen.
_CONTRAST = 24
# Letters smaller than this many pixels leave too little in the picture to judge.
_JUDGED_FROM = 4

Pixels = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]


def can_be_seen(
    picture: Pixels, corners: tuple[tuple[int, int], tuple[int, int]], colour: Colour | None, size: float
) -> bool:
    """Whether letters of `size` pixels show between two corners of the picture, (height, width, 3).

    What is behind them is the commonest colour there; `colour` is their own, None where it is a pattern.
    """
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
    part = picture[max(top, 0) : max(bottom, 0) + 1, max(left, 0) : max(right, 0) + 1]
    if not part.size:
        return False
    flat = part.reshape(-1, 3).astype(np.int32)
    codes = flat @ np.array([1 << 16, 1 << 8, 1], dtype=np.int32)
    values, counts = np.unique(codes, return_counts=True)
    behind = int(values[np.argmax(counts)])
    back = np.array([behind >> 16, behind >> 8 & 255, behind & 255], dtype=np.int32)
    if colour is not None and int(np.abs(back - np.array(colour)).max()) < _CONTRAST:
        return False
    return size < _JUDGED_FROM or int(np.abs(flat - back).max()) >= _CONTRAST
