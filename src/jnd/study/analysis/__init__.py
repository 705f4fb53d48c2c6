"""What people's answers say: thresholds, satisfied users, opinion scores, rulers and JND scales, with intervals.

In goes a table of answers (a study's, an export or another laboratory's), out come results as plain dictionaries, a page
and labels for training. Nothing here knows the database or the web.
"""

from jnd.study.analysis.analysis import ANALYSES, StudyFacts, analyse_study
from jnd.study.analysis.options import AnalysisOptions
from jnd.study.analysis.responses import Responses

__all__ = ["ANALYSES", "AnalysisOptions", "Responses", "StudyFacts", "analyse_study"]
