"""One function for each gate: from the results of its trials to figures with intervals."""
