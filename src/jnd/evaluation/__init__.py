"""How well metrics agree with people: from a data set's folder to the table of correlations.

In: the name of a data set, its folder, and names of metrics. Out: :class:`MetricEvaluation`.
"""

from jnd.evaluation.metric_evaluation import (
    DATASETS,
    EVALUATED,
    MetricEvaluation,
    evaluate_metrics,
)

__all__ = ["DATASETS", "EVALUATED", "MetricEvaluation", "evaluate_metrics"]
