"""The results of a study as one page that holds everything it shows and makes no request.

In go the results of :func:`jnd.study.analysis.analyse_study`, out comes HTML with its curves as SVG.
"""

from jnd.study.analysis.report.page import write_report

__all__ = ["write_report"]
