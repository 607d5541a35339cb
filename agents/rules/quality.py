"""Quality of a model as a function of training compute, and the race to match rivals."""


def reliability(
    training_compute: float,
    reference_compute: float,
    reference_reliability: float,
    ceiling: float,
    exponent: float,
) -> float:
    """Return the share of tasks that a model does right, 0 to `ceiling`.

    Args:
        training_compute: Cumulative training compute, CU.
        reference_compute: Compute of the model whose reliability is known, CU, above 0.
        reference_reliability: Its reliability, 0 to `ceiling`.
        ceiling: Reliability that no amount of compute exceeds, at most 1.
        exponent: Scaling exponent, above 0: errors fall as compute ** -exponent.

    Returns:
        ceiling - (ceiling - reference) (x / x_ref) ** -exponent, never below 0.

    Source: power law of loss in compute with an irreducible part, Kaplan et al. (2020), equation
    (1.3), and Hoffmann et al. (2022), equation (2). Limits: the laws are for loss; that task errors
    follow the same form is an assumption.
    """
    if training_compute <= 0.0:
        return 0.0
    gap: float = (ceiling - reference_reliability) * (
        training_compute / reference_compute
    ) ** -exponent
    return max(0.0, ceiling - gap)


def race_training(own_plan: float, rival_best: float, matching: float, affordable: float) -> float:
    """Return the training compute a lab wants next: its plan, moved up towards the best rival.

    Args:
        own_plan: Compute it would train with by itself, CU per quarter.
        rival_best: Most that any rival trains with, CU per quarter.
        matching: Part of the gap to that rival it tries to close, 0 (no race) to 1.
        affordable: Most it can pay for, CU per quarter.

    Returns:
        CU per quarter, between 0 and `affordable`.

    Source: reaction to the leader in research races, Harris and Vickers (1987).
    """
    wanted = own_plan + matching * max(0.0, rival_best - own_plan)
    return max(0.0, min(wanted, affordable))
