"""Building blocks of models and metrics of seeing.

In: luminance in cd/m² and spatial frequency in cycles per degree, or grey levels. Out: sensitivities, maps.
"""
