"""All parameters of a market: the one source for scenarios, options, controls and documents."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from market.parameters.companies import (
    BackstopParameters,
    ChipmakerParameters,
    CloudParameters,
    CompanyParameters,
    ComputeContractParameters,
    DemandingCustomerParameters,
    EquityCommitmentParameters,
    InvestorParameters,
    LabParameters,
    StakeParameters,
    StartupParameters,
)
from market.parameters.credit import (
    CREDIT_CLASSES,
    CREDIT_INVESTORS,
    CreditClassParameters,
    CreditInvestorParameters,
    CreditParameters,
    with_defaults,
)
from market.parameters.deals import (
    DealParameters,
    with_entries,
    without_entries,
    wrong_party,
)
from market.parameters.demand import (
    ConsumerParameters,
    EnterpriseParameters,
    ExpectationParameters,
    LabRuleParameters,
)
from market.parameters.fields import (
    LONGEST_RUN,
    RUN,
    Section,
    entry_type,
    is_section,
    nearest,
    parameter,
)
from market.parameters.finance import (
    BankParameters,
    DefaultParameters,
    FundingParameters,
    InvestorRuleParameters,
    StartupRuleParameters,
    ValuationParameters,
)
from market.parameters.shocks import ShockParameters, shock_kinds
from market.parameters.supply import (
    ChipmakerRuleParameters,
    CloudRuleParameters,
    ComputeMarketParameters,
    PowerRegionParameters,
)
from market.units import HOURS_PER_QUARTER

WORLD_PRODUCT_USD = 3.0e13
"""What all the world earns in a quarter, USD (International Monetary Fund, 2025: 117e12 a year)."""

QUARTER_LABEL = re.compile(r"^([0-9]{4})Q([1-4])\Z")


class MarketParameters(Section):
    """One world: its clock, behaviour, companies, contracts and shocks.

    ``kaartenhuis schema`` lists every parameter with its unit, bounds, meaning and source. All have
    defaults; a world without companies is valid.

    Args:
        name, description, start, quarters: what it is called, shows, and which quarters it runs.
        expectations, enterprise, consumers, lab_rules, funding, compute, cloud_rules,
            chipmaker_rules, startup_rules, investor_rules, credit, valuation, bank, default:
            behaviour, a table each.
        credit_classes: key -> what lenders ask of a kind of issuer.
        credit_investors: key -> who buys notes, with what money and within which limits.
        power_regions: key -> what power comes when; without any, power is never short.
        labs, clouds, chipmakers, investors, startups: company key -> what is stated about it.
        deals: key -> a public deal. It adds what the books hold of it to the four tables below.
        compute_contracts, equity_commitments, backstops: key -> what was agreed at the start.
        stakes: key -> who owns which share of a company at the start.
        demanding_customers: key -> a named customer with needs of its own.
        shocks: key -> what happens, to whom, when and how much.

    Raises:
        ValueError: a value is out of bounds, an entry names a company that does not exist, or
            entries contradict each other.
    """

    name: str = parameter("unnamed", unit="text", doc="Short name of the scenario.")
    description: str = parameter("", unit="text", doc="What the scenario shows.")
    start: str = parameter("2025Q3", unit="quarter label", doc="Label of the first quarter.")
    quarters: int = parameter(
        40, unit="quarters", ge=1, le=LONGEST_RUN, doc="Length of a run.", why=RUN
    )

    expectations: ExpectationParameters = Field(default_factory=ExpectationParameters)
    enterprise: EnterpriseParameters = Field(default_factory=EnterpriseParameters)
    consumers: ConsumerParameters = Field(default_factory=ConsumerParameters)
    lab_rules: LabRuleParameters = Field(default_factory=LabRuleParameters)
    funding: FundingParameters = Field(default_factory=FundingParameters)
    compute: ComputeMarketParameters = Field(default_factory=ComputeMarketParameters)
    cloud_rules: CloudRuleParameters = Field(default_factory=CloudRuleParameters)
    chipmaker_rules: ChipmakerRuleParameters = Field(default_factory=ChipmakerRuleParameters)
    startup_rules: StartupRuleParameters = Field(default_factory=StartupRuleParameters)
    investor_rules: InvestorRuleParameters = Field(default_factory=InvestorRuleParameters)
    credit: CreditParameters = Field(default_factory=CreditParameters)
    valuation: ValuationParameters = Field(default_factory=ValuationParameters)
    bank: BankParameters = Field(default_factory=BankParameters)
    default: DefaultParameters = Field(default_factory=DefaultParameters)

    credit_classes: dict[str, CreditClassParameters] = Field(default={}, validate_default=True)
    credit_investors: dict[str, CreditInvestorParameters] = Field(default={}, validate_default=True)
    power_regions: dict[str, PowerRegionParameters] = {}
    labs: dict[str, LabParameters] = {}
    clouds: dict[str, CloudParameters] = {}
    chipmakers: dict[str, ChipmakerParameters] = {}
    investors: dict[str, InvestorParameters] = {}
    startups: dict[str, StartupParameters] = {}
    deals: dict[str, DealParameters] = {}
    compute_contracts: dict[str, ComputeContractParameters] = {}
    equity_commitments: dict[str, EquityCommitmentParameters] = {}
    backstops: dict[str, BackstopParameters] = {}
    stakes: dict[str, StakeParameters] = {}
    demanding_customers: dict[str, DemandingCustomerParameters] = {}
    shocks: dict[str, ShockParameters] = {}

    @model_validator(mode="before")
    @classmethod
    def _deals_make_entries(cls, data: Any) -> Any:
        return with_entries(data) if isinstance(data, dict) else data

    @field_validator("start")
    @classmethod
    def _start_is_a_quarter(cls, value: str) -> str:
        if not QUARTER_LABEL.match(value):
            raise ValueError("must be a quarter such as 2025Q3")
        return value

    @field_validator("credit_classes", mode="before")
    @classmethod
    def _all_classes(cls, value: Any) -> Any:
        return with_defaults(value, CREDIT_CLASSES)

    @field_validator("credit_investors", mode="before")
    @classmethod
    def _all_credit_investors(cls, value: Any) -> Any:
        return with_defaults(value, CREDIT_INVESTORS)

    @model_validator(mode="after")
    def _references_exist(self) -> MarketParameters:
        for path, value, known in self._references():
            if value not in known:
                raise UnknownReferenceError(path, value, sorted(known))
        return self

    @model_validator(mode="after")
    def _shares_are_shares(self) -> MarketParameters:
        for issuer in [*self.labs, *self.clouds, *self.chipmakers]:
            total = sum(s.share for s in self.stakes.values() if s.issuer == issuer)
            if total > 1 + 1e-9:
                raise ValueError(
                    f"stakes: shares of {issuer} held by others sum to {total:.4g} > 1"
                )
        total = sum(lab.enterprise_share for lab in self.labs.values())
        if total > 1 + 1e-9:
            raise ValueError(f"labs: enterprise_share sums to {total:.4g} > 1")
        return self

    @model_validator(mode="after")
    def _long_growth_under_discount(self) -> MarketParameters:
        if self.valuation.long_growth >= self.valuation.discount:
            raise ValueError("valuation.long_growth must be under valuation.discount")
        return self

    @model_validator(mode="after")
    def _sizes_fit_into_the_world(self) -> MarketParameters:
        compute = self.compute
        run = HOURS_PER_QUARTER * compute.running_cost_usd_hour
        if run > compute.accelerator_cost_usd:
            raise ValueError(
                f"compute.running_cost_usd_hour makes {run:.4g} USD a quarter for a chip whose "
                f"compute.accelerator_cost_usd is {compute.accelerator_cost_usd:.4g}: nobody runs "
                "a chip that costs more to run for a quarter than to buy"
            )
        chips = 1e3 * sum(cloud.capacity_cu for cloud in self.clouds.values())
        for key, each, quarters in (
            ("list_price_usd_hour", HOURS_PER_QUARTER * compute.list_price_usd_hour, 1),
            ("running_cost_usd_hour", run, 1),
            ("accelerator_cost_usd", compute.accelerator_cost_usd, 4),
        ):
            if chips * each > quarters * WORLD_PRODUCT_USD:
                raise ValueError(
                    f"clouds.*.capacity_cu is {chips / 1e3:.4g} CU in all, with "
                    f"compute.{key} {chips * each:.4g} USD: more than the product of the world in "
                    f"{quarters} quarter(s) ({quarters * WORLD_PRODUCT_USD:.4g} USD)"
                )
        seats = 3e6 * self.enterprise.seats_now_million * self.enterprise.usd_per_eur
        billed = seats * sum(
            lab.enterprise_share * lab.enterprise_price_eur for lab in self.labs.values()
        )
        if billed > WORLD_PRODUCT_USD:
            raise ValueError(
                f"enterprise.seats_now_million at labs.*.enterprise_price_eur bill {billed:.4g} "
                f"USD a quarter: more than the product of the world ({WORLD_PRODUCT_USD:.4g} USD)"
            )
        return self

    @model_validator(mode="after")
    def _shocks_are_possible_together(self) -> MarketParameters:
        for kind in dict.fromkeys(shock.kind for shock in self.shocks.values()):
            shock_kinds()[kind].check_world(self)
        return self

    @model_validator(mode="after")
    def _keys_are_distinct(self) -> MarketParameters:
        groups = self.company_groups().values()
        keys = [key for group in groups for key in group]
        doubles = sorted({key for key in keys if keys.count(key) > 1})
        if doubles:
            raise ValueError(f"company keys must differ: {', '.join(doubles)} is used twice")
        names = [company.name for group in groups for company in group.values()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"company names must differ: {', '.join(twice)} is used twice")
        return self

    def _references(self) -> list[tuple[str, str, set[str]]]:
        """Every key that must name something: (path, value, allowed values)."""
        labs, clouds = set(self.labs), set(self.clouds)
        chipmakers, investors = set(self.chipmakers), set(self.investors)
        found: list[tuple[str, str, set[str]]] = []
        for key, lab in self.labs.items():
            if lab.parent is not None:
                found.append((f"labs.{key}.parent", lab.parent, clouds | investors))
        for key, cloud in self.clouds.items():
            found += [(f"clouds.{key}.suppliers", name, chipmakers) for name in cloud.suppliers]
            regions = set(self.power_regions)
            found += [(f"clouds.{key}.regions", name, regions) for name in cloud.regions]
        groups = self.company_groups()
        for key, deal in self.deals.items():
            wrong = wrong_party(deal, groups)
            if wrong is not None:
                found.append((f"deals.{key}.{wrong[0]}", wrong[1], set(wrong[2])))
        for key, contract in self.compute_contracts.items():
            found.append((f"compute_contracts.{key}.lab", contract.lab, labs))
            found.append((f"compute_contracts.{key}.cloud", contract.cloud, clouds))
        for key, promise in self.equity_commitments.items():
            payers = investors | clouds | chipmakers
            found.append((f"equity_commitments.{key}.investor", promise.investor, payers))
            found.append((f"equity_commitments.{key}.lab", promise.lab, labs))
        for key, backstop in self.backstops.items():
            found.append((f"backstops.{key}.chipmaker", backstop.chipmaker, chipmakers))
            found.append((f"backstops.{key}.cloud", backstop.cloud, clouds))
        for key, stake in self.stakes.items():
            holders = investors | clouds | chipmakers
            found.append((f"stakes.{key}.holder", stake.holder, holders))
            found.append((f"stakes.{key}.issuer", stake.issuer, labs | clouds | chipmakers))
        classes = set(self.credit_classes)
        for key, lender in self.credit_investors.items():
            found += [(f"credit_investors.{key}.holds", name, classes) for name in lender.holds]
        for key, shock in self.shocks.items():
            if shock.target is not None:
                targets = set(shock.declared.firms(self))
                found.append((f"shocks.{key}.target", shock.target, targets))
        return found

    def quarter_label(self, quarter: int) -> str:
        """Label of a quarter counted from the start, such as "2027Q1"."""
        return quarter_label(self.start, quarter)

    @classmethod
    def company_sections(cls) -> tuple[str, ...]:
        """Names of the tables that list firms, in the order of declaration."""
        return tuple(
            name
            for name, field in cls.model_fields.items()
            if is_section(entry := entry_type(field.annotation))
            and issubclass(entry, CompanyParameters)
        )

    def company_groups(self) -> dict[str, dict[str, CompanyParameters]]:
        """Table of the scenario ("labs", ...) -> its firms by key."""
        return {name: getattr(self, name) for name in self.company_sections()}

    def companies(self) -> dict[str, CompanyParameters]:
        """Every firm by key, in the order of the scenario."""
        groups = self.company_groups().values()
        return {key: company for group in groups for key, company in group.items()}

    def changed(self, **sections: dict[str, Any]) -> Self:
        """A copy with values replaced, checked anew: ``p.changed(funding={"recovery": 0.1})``."""
        data = self.model_dump()
        if "deals" in sections:  # what they make is made anew
            data = without_entries(data, sections["deals"])
        for section, values in sections.items():
            if section not in data:
                raise KeyError(section)
            if isinstance(data[section], dict) and isinstance(values, dict):
                data[section] = {**data[section], **values}
            else:
                data[section] = values
        return type(self).model_validate(data)


class UnknownReferenceError(ValueError):
    """A key that must name a company names none.

    Attributes:
        path: dotted path of the parameter.
        value: what it says.
        known: what it may say.
    """

    def __init__(self, path: str, value: str, known: list[str]) -> None:
        """Keep the parts for a message that a scenario file's reader can complete."""
        hint = nearest(value, known) or "; there is nothing to name"
        super().__init__(f"{path}: {value!r} does not exist{hint}")
        self.path, self.value, self.known = path, value, known


@lru_cache(maxsize=1024)
def quarter_label(start: str, quarter: int) -> str:
    """Label of the quarter that lies ``quarter`` quarters after the label ``start``."""
    match = QUARTER_LABEL.match(start)
    if match is None:
        raise ValueError(f"{start!r} is not a quarter such as 2025Q3")
    index = int(match[1]) * 4 + int(match[2]) - 1 + quarter
    return f"{index // 4}Q{index % 4 + 1}"


def quarter_index(start: str, label: str) -> int:
    """Quarters between the labels ``start`` and ``label``; the inverse of ``quarter_label``."""
    match, first = QUARTER_LABEL.match(label), QUARTER_LABEL.match(start)
    if match is None or first is None:
        raise ValueError(f"{label!r} is not a quarter such as 2025Q3")
    return (int(match[1]) - int(first[1])) * 4 + int(match[2]) - int(first[2])
