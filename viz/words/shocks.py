"""Words of the shocks: title, what it does, unit of its size ("" for none)."""

from __future__ import annotations

SHOCKS: dict[str, tuple[str, str, str]] = {
    "refuse": (
        "A lab loses its funding",
        "From now on no investor, chipmaker or parent puts money into this lab: it lives on what "
        "it has.",
        "",
    ),
    "rival": (
        "A cheap rival appears",
        "This lab opens, with seats far under the others' prices.",
        "",
    ),
    "default": (
        "A rival with its own devices enters",
        "This lab opens and is the default on the devices of its parent.",
        "",
    ),
    "vendors": (
        "Vendor money is withdrawn",
        "Chipmakers stop financing their own customers, promised tranches included.",
        "",
    ),
    "price": (
        "A provider becomes cheaper",
        "It sells its seats so much under what it would ask.",
        "EUR per seat per month",
    ),
    "rates": (
        "Interest rates rise",
        "All borrowing becomes dearer, for good.",
        "percentage points",
    ),
    "power": (
        "Power comes late",
        "This part of new connections to the grid and of new plants is lost.",
        "% of new power",
    ),
    "powder": (
        "Investors hold back",
        "They put only this part of their ready money into rounds.",
        "% of ready money",
    ),
}

OWN_CHANGES = "Changed in this world: {changes}."
OWN_SHOCKS = "Struck in this world: {shocks}."
