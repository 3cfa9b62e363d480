"""The seam to scikit-learn: linear classifiers that tell texts apart by their vectors.

It is imported when something is fitted, which takes a second: most builds fit nothing. A change here that changes what
is fitted needs another `Recipe.format`, as what was fitted before is kept.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def fit_probe(rows: NDArray[np.floating], labels: Sequence[bool], softness: float) -> NDArray[np.float64]:
    """Return weights and, last, the bias of a logistic regression with an L2 penalty (columns + 1,).

    Both sorts weigh the same, however many there are of each; a larger `softness` follows the rows more
    closely. `rows` dot weights plus bias is the log odds of true. The same rows give the same weights.
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=softness, class_weight="balanced", solver="newton-cholesky", max_iter=100)
    model.fit(np.asarray(rows, np.float64), np.asarray(labels))
    weights: NDArray[np.float64] = np.append(model.coef_[0], model.intercept_[0])
    return weights


def fit_classifier(rows: NDArray[np.floating], labels: Sequence[str], softness: float) -> NDArray[np.float64]:
    """Return weights and, last, the bias for every label in order of the alphabet (labels, columns + 1).

    The model is a multinomial logistic regression with an L2 penalty: `rows` dot weights plus bias are the
    logits of the labels. `softness` and the promise of `fit_probe` hold here too.
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=softness, max_iter=300)
    model.fit(np.asarray(rows, np.float64), np.asarray(labels))
    weights: NDArray[np.float64] = np.column_stack([model.coef_, model.intercept_])
    return weights
