"""Building blocks of models and metrics of seeing.

In: luminance in cd/m², spatial frequency in cycles per degree. Out: sensitivities, maps.
"""
