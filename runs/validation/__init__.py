"""The validation: does money reach the build-out, and with the right signs?

Each gate is a file in ``gates/``: what is asked, in which worlds, with which ensembles of runs
(``trials/``), and which function of ``answers/`` turns the results into figures with intervals.
"""
