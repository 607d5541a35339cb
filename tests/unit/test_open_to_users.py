"""What users can put into the market, tried from a folder outside the checkout by public names.

Each test writes a script, runs it in a process of its own, and reads what it prints as JSON.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from source_tree import ROOT

README = (ROOT / "agents" / "README.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```python\n(from agents import Institution\n.*?)```", README, re.DOTALL)
OUTSIDE = {"json", "market", "agents", "runs", "mesa", "pandas", "pickle"}


def uses_public_names_only(script: str) -> bool:
    """Whether it imports packages and what they export, none of their modules or private names."""
    nodes = list(ast.walk(ast.parse(script)))
    imported = [alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names]
    imported += [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    private = [n.attr for n in nodes if isinstance(n, ast.Attribute) and n.attr[0] == "_"]
    return set(imported) <= OUTSIDE and all(name.endswith("__") for name in private)


def run_script(folder: Path, script: str) -> Any:
    """What a script in a folder prints, from JSON; warnings are errors."""
    text = dedent(script)
    assert uses_public_names_only(text)
    (folder / "mine.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-W", "error", "mine.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- the example of the README


def test_the_example_is_short() -> None:
    assert len([line for line in EXAMPLE.splitlines() if line.strip()]) <= 20


MEASURE = """
import json


def paid_usd(model):
    insurer = model.institution("insurer").party
    clouds = [cloud.party for cloud in model.clouds.values()]
    return sum(model.ledger.payments_between(insurer, c, model.quarter + 1) for c in clouds) / 100


def told(model):
    defaults = model.events.select("default")
    return {
        "vendor": sum(event.size for event in model.events.select("vendor finance")) / 1e9,
        "defaults": [[e.agent, e.quarter, e.size / 1e9] for e in defaults],
    }


model = SaferMarket("reference").run()
plain = MarketModel("reference").run()
print(json.dumps({"plain": told(plain), "safer": told(model), "paid": paid_usd(model) / 1e9}))
"""


def rows_of_the_readme() -> list[list[str]]:
    """Cells of the table below the example, without its first column."""
    table = README[README.index("In the reference scenario with seed 42") :].split("\n\n")[1]
    return [[cell.strip() for cell in line.split("|")[2:4]] for line in table.splitlines()[2:]]


def test_the_example_changes_what_the_readme_says(tmp_path: Path) -> None:
    found = run_script(tmp_path, EXAMPLE + MEASURE)
    plain, safer = found["plain"], found["safer"]
    (insurer,) = (each for each in safer["defaults"] if each[0] == "Insurer")
    others = [each for each in safer["defaults"] if each != insurer]
    assert rows_of_the_readme() == [
        [f"{plain['vendor']:.1f}", f"{safer['vendor']:.1f}"],
        [str(len(plain["defaults"])), str(len(safer["defaults"]))],
        ["", f"{found['paid']:.1f}"],
        ["", f"{insurer[2]:.1f}"],
    ]
    assert [each[:2] for each in others] == [each[:2] for each in plain["defaults"]]
    assert insurer[1] == others[0][1] + 1


# --- phases


def test_phases_are_inserted_into_the_own_class_only(tmp_path: Path) -> None:
    script = """
        import json
        from market import MarketModel, Phase

        seen = []

        def look(model):
            "Look at the quarter."
            seen.append([type(model).__name__, model.quarter])

        def growth(model):
            return [cloud.beliefs.expected for cloud in model.clouds.values()]

        class Mine(MarketModel):
            pass

        class Child(Mine):
            pass

        first = MarketModel.phases.names
        Mine.insert_before("plan_commitments", look)
        Child.insert_after("look", Phase(look, "look again"))
        for cls in (MarketModel, Mine, Child):
            cls("minimal").run(1)
        one = MarketModel("minimal")
        one.phases = one.phases.insert_after("measure_freeze", look)
        one.phases = one.phases.replace("form_expectations", lambda model: None)
        first_growth = growth(one)
        one.run(2)
        plain = MarketModel("minimal").run(2)
        print(json.dumps({
            "same": MarketModel.phases.names == first,
            "mine": Mine.phases.names,
            "child": Child.phases.names,
            "seen": seen,
            "line": str(Mine.phases).splitlines()[5],
            "unlearnt": [growth(one) == first_growth, growth(plain) == first_growth],
        }))
        """
    found = run_script(tmp_path, script)
    assert found["same"]
    assert found["mine"][5:7] == ["look", "plan_commitments"]
    assert found["child"][5:8] == ["look", "look again", "plan_commitments"]
    assert found["seen"] == [
        *(["Mine", 0], ["Child", 0], ["Child", 0]),
        *(["MarketModel", 0], ["MarketModel", 1]),  # the one with phases of its own
    ]
    assert found["line"] == "look: Look at the quarter."
    assert found["unlearnt"] == [True, False]


def test_a_phase_that_cannot_be_inserted_is_refused_by_name(tmp_path: Path) -> None:
    script = """
        import json
        from market import MarketModel

        def look(model):
            pass

        class Mine(MarketModel):
            pass

        def refusal(cls, name, phase):
            try:
                cls.insert_before(name, phase)
            except (KeyError, TypeError, ValueError) as error:
                return f"{type(error).__name__}: {error}"

        names = MarketModel.phases.names
        said = [
            refusal(Mine, "plan_comitments", look),
            refusal(MarketModel, "plan_commitments", look),
            refusal(Mine, "plan_commitments", lambda model: None),
            refusal(Mine, "plan_commitments", "look"),
        ]
        Mine.insert_before("plan_commitments", look)
        said.append(refusal(Mine, "apply_shocks", look))
        print(json.dumps(said + [MarketModel.phases.names == names]))
        """
    unknown, root, nameless, text, twice, unchanged = run_script(tmp_path, script)
    assert "KeyError" in unknown and "did you mean 'plan_commitments'?" in unknown
    assert "TypeError" in root and "class MyMarket(MarketModel)" in root
    assert "TypeError" in nameless and "Phase(function, 'its name')" in nameless
    assert "TypeError" in text and "'look'" in text
    assert "ValueError" in twice and "'look' already" in twice
    assert unchanged


# --- classes of agents


def test_customers_consumers_and_bank_can_be_of_own_classes(tmp_path: Path) -> None:
    script = """
        import json
        from agents import Bank, ConsumerSegment, CustomerPopulation
        from market import MarketModel

        class Loyal(CustomerPopulation):
            def choose(self, prices, reliabilities):
                pass

        class Offline(ConsumerSegment):
            def choose(self, labs):
                return {}

        class Strict(Bank):
            def test_capital(self):
                self.can_lend = False
                return False

        class Mine(MarketModel):
            customers_class = Loyal
            consumers_class = Offline
            bank_class = Strict

        plain, mine = MarketModel("minimal").run(8), Mine("minimal")
        seats = mine.customers.seats_of.tolist()
        mine.run(8)
        print(json.dumps({
            "kept": mine.customers.seats_of.tolist() == seats,
            "moved": plain.customers.seats_of.tolist() != seats,
            "users": [sum(lab.audience.users for lab in m.labs.values()) for m in (plain, mine)],
            "lends": [plain.bank.can_lend, mine.bank.can_lend],
        }))
        """
    found = run_script(tmp_path, script)
    assert found["kept"] and found["moved"]
    assert found["users"][0] > found["users"][1] == 0
    assert found["lends"] == [True, False]


# --- a type of firm

UTILITIES = """
import json
from agents import Institution
from market import CompanyParameters, MarketModel, MarketParameters, parameter


class UtilityParameters(CompanyParameters):
    cash_usd: float = parameter(unit="USD", ge=0, doc="Cash at the start.")
    price_usd: float = parameter(4e6, unit="USD per CU", gt=0, doc="Price of power for a CU.")
    fuel_share: float = parameter(0.6, unit="1", ge=0, doc="Cost of fuel over revenue.")


class Utility(Institution):
    "Sells power to clouds, and buys fuel for it."

    def __init__(self, model, key, own):
        super().__init__(model, key, own.name)
        self.stated, self.revenue_usd = own, 0.0
        self.open_cash(own.cash_usd)

    def supply(self, clouds):
        owe, rest, sold = self.market.settlement.owe, self.market.parties.rest, 0
        for cloud in clouds:
            cents = round(100 * self.stated.price_usd * cloud.capacity_cu)
            owe(cloud.party, self.party, cents, "other business")
            sold += cents
        owe(self.party, rest, round(sold * self.stated.fuel_share), "production inputs")
        self.revenue_usd = sold / 100


class PowerParameters(MarketParameters):
    utilities: dict[str, UtilityParameters] = {}


def sell_power(model):
    "Utilities sell power to the clouds."
    for utility in model.active("utilities"):
        utility.supply(model.active_clouds)


class PowerMarket(MarketModel):
    parameters_class = PowerParameters
    utility_class = Utility
    firm_groups = {**MarketModel.firm_groups, "utilities": "utility_class"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_indicator("revenue_usd", lambda firm: firm.revenue_usd, of=Utility,
                           unit="USD per quarter", meaning="Power sold.")


PowerMarket.insert_before("clear_obligations", sell_power)
"""
SCENARIO = """
extends = "minimal"
[utilities.grid]
name = "Grid"
cash_usd = 1e9
[utilities.coal]
name = "Coal burner"
cash_usd = { value = 10e6, source = "a test", confidence = "assumed" }
fuel_share = 1.2
"""


def test_a_new_type_of_firm_is_a_firm_like_ours(tmp_path: Path) -> None:
    """It is listed by a scenario file, clears, is measured, and one of the two fails."""
    (tmp_path / "power.toml").write_text(SCENARIO, encoding="utf-8")
    script = UTILITIES + dedent(
        """
        model = PowerMarket("power.toml", seed=3).run(8)
        grid, coal = model.utilities["grid"], model.institution("coal")
        frame = model.datacollector.get_agenttype_vars_dataframe(Utility)
        clouds = [cloud.party for cloud in model.clouds.values()]
        paid = sum(model.ledger.payments_between(c, grid.party, 9) for c in clouds)
        print(json.dumps({
            "keys": [firm.key for firm in model.institutions()],
            "last": frame[frame["quarter_number"] == 7][["key", "is_defaulted"]].values.tolist(),
            "revenue": frame.loc[frame["key"] == "grid", "revenue_usd"].sum(),
            "paid": paid / 100,
            "grid": [grid.is_active, grid.cash_usd],
            "coal": [coal.is_active, coal.cash_usd, coal.debt_usd()],
            "defaults": [event.agent for event in model.events.select("default")],
            "active": [firm.key for firm in model.active("utilities")],
            "none": [len(PowerMarket("minimal").utilities), len(MarketModel("minimal").groups)],
        }))
        """
    )
    found = run_script(tmp_path, script)
    assert found["keys"][-2:] == ["grid", "coal"]
    assert found["last"] == [["grid", False], ["coal", True]]
    assert found["revenue"] == pytest.approx(found["paid"])
    assert found["paid"] > 0
    assert found["grid"][0] and found["grid"][1] > 1e9
    assert found["coal"] == [False, 0.0, 0.0]
    assert found["defaults"] == ["Coal burner"]
    assert found["active"] == ["grid"]
    assert found["none"] == [0, 5]


def test_mistakes_about_groups_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(SCENARIO + "tariff = 3\n", encoding="utf-8")
    (tmp_path / "taken.toml").write_text(SCENARIO.replace("Grid", "Coal burner"), encoding="utf-8")
    script = UTILITIES + dedent(
        """
        class Misspelt(PowerMarket):
            firm_groups = {**MarketModel.firm_groups, "utilites": "utility_class"}

        def refusal(do, *args):
            try:
                do(*args)
            except Exception as error:
                return f"{type(error).__name__}: {error}"

        model = PowerMarket("minimal")
        lab = next(iter(model.labs))
        print(json.dumps([
            refusal(Misspelt, "minimal"),
            refusal(PowerMarket, "wrong.toml"),
            refusal(PowerMarket, "taken.toml"),
            refusal(MarketModel, "power.toml"),
            refusal(model.active, "utilites"),
            refusal(Institution, model, lab, "Another"),
        ]))
        """
    )
    group, key, name, plain, asked, double = run_script(tmp_path, script)
    assert "ValueError" in group and "did you mean 'utilities'?" in group
    assert "utilities.coal.tariff" in key
    assert "Coal burner is used twice" in name
    assert "power.toml" in plain
    assert "KeyError" in asked and "did you mean 'utilities'?" in asked
    assert "ValueError" in double and "already" in double


# --- indicators


def test_own_indicators_are_collected_from_the_first_quarter_on(tmp_path: Path) -> None:
    script = """
        import json
        from agents import AILab
        from market import MarketModel

        def refusal(model, name, of=None):
            try:
                model.add_indicator(name, lambda m: 1.0, unit="1", meaning="One.", of=of)
            except (RuntimeError, ValueError) as error:
                return f"{type(error).__name__}: {error}"

        class Rich:
            def __init__(self, least_usd):
                self.least_usd = least_usd

            def count(self, model):
                return sum(firm.cash_usd > self.least_usd for firm in model.institutions())

        model = MarketModel("minimal")
        model.add_indicator("rich", Rich(1e9).count, unit="firms", meaning="Firms over 1 bn.")
        model.add_indicator("cents", lambda lab: 100 * lab.cash_usd, of=AILab, unit="cents",
                            meaning="Deposits.")
        taken = [refusal(model, "rich"), refusal(model, "key", AILab)]
        model.run(3)
        market = model.datacollector.get_model_vars_dataframe()
        labs = model.datacollector.get_agenttype_vars_dataframe(AILab)
        print(json.dumps({
            "rich": market["rich"].tolist(),
            "same": bool((labs["cents"] == 100 * labs["cash_usd"]).all()),
            "taken": taken,
            "late": [refusal(model, "late"), refusal(model, "late", AILab)],
            "columns": [*market.columns, *labs.columns],
        }))
        """
    found = run_script(tmp_path, script)
    assert len(found["rich"]) == 3
    assert found["rich"][0] > 0
    assert found["same"]
    assert all("ValueError" in text and "already" in text for text in found["taken"])
    assert all("RuntimeError: the run has begun (3 quarters)" in text for text in found["late"])
    assert "late" not in found["columns"]


# --- institutions of one's own


def test_an_institution_made_after_the_opening_joins_the_market(tmp_path: Path) -> None:
    """The bank's capital is what it was, its account is cleared, it fails, its estate is paid."""
    script = """
        import json
        from agents import Institution
        from market import MarketModel

        class Broker(Institution):
            pass

        def bill(model):
            broker, lab = model.institution("broker"), next(iter(model.labs.values()))
            if broker.is_active:
                model.settlement.owe(broker.party, lab.party, 40_000_000_00, "other business")

        class Mine(MarketModel):
            pass

        Mine.insert_before("clear_obligations", bill)
        model = Mine("minimal")
        capital = model.bank.capital_usd()
        broker = Broker(model, "broker", "Broker")
        broker.open_cash(100e6)
        after = model.bank.capital_usd()
        model.run(4)
        frame = model.datacollector.get_agenttype_vars_dataframe(Broker)
        lab = next(iter(model.labs.values()))
        print(json.dumps({
            "capital": [capital, after],
            "cash": frame["cash_usd"].tolist(),
            "failed": frame["is_defaulted"].tolist(),
            "paid": model.ledger.payments_between(broker.party, lab.party, 5) / 100,
            "owed": model.ledger.liabilities(broker.party, "receivables"),
            "event": model.events.latest("default", agent="Broker").text,
            "counted": model.datacollector.model_vars["defaults"],
        }))
        """
    found = run_script(tmp_path, script)
    assert found["capital"][0] == found["capital"][1]
    assert found["cash"] == [60e6, 20e6, 0.0, 0.0]
    assert found["failed"] == [False, False, True, True]
    assert found["paid"] == 80e6 + 0.8 * 20e6  # bankruptcy costs a fifth of the rest
    assert found["owed"] == 0
    assert found["event"] == "cannot pay 24 mn USD that is due and fails"
    assert found["counted"] == [0, 0, 1, 1]


def test_a_shortfall_for_which_nobody_answers_stops_the_run(tmp_path: Path) -> None:
    script = """
        import json, pickle
        from market import MarketModel

        model = MarketModel("minimal").run(2)
        ghost = model.ledger.add_party("ghost fund", "rest")
        model.settlement.owe(ghost, model.parties.rest, 123_00, "other business")
        try:
            model.run(1)
        except RuntimeError as error:
            again = pickle.loads(pickle.dumps(error))
            print(json.dumps([type(error).__name__, str(error), str(again), model.quarter]))
        """
    kind, text, again, quarter = run_script(tmp_path, script)
    assert kind == "UnansweredShortfall"
    assert "'ghost fund' cannot pay 123.00 USD" in text and "2026Q1" in text
    assert again == text
    assert quarter == 2


# --- a firm leaves


def test_a_removed_firm_leaves_the_market_in_good_order(tmp_path: Path) -> None:
    """The run goes on with every identity checked; nothing is owed to or by who has left."""
    script = """
        import json
        from market import MarketModel

        REAL = ("data centres", "chip inventory", "chip capacity")

        def leave(model):
            if model.quarter == 3:
                list(model.groups[model.leaving].values())[-1].remove()

        class Leaving(MarketModel):
            leaving = ""

        class Meanwhile(Leaving):
            pass

        Meanwhile.insert_after("hold_funding_rounds", leave)

        def state(model, group):
            firm = list(model.groups[group].values())[-1]
            firm.remove()
            ledger, party, parties = model.ledger, firm.party, range(len(model.ledger.parties))
            frame = model.datacollector.get_agenttype_vars_dataframe(type(firm))
            real = sum(ledger.assets(p, kind) for p in parties for kind in REAL)
            return {
                "agents": firm in model.agents,
                "listed": firm in list(model.institutions()),
                "active": firm in model.active(group),
                "quarters": int((frame["key"] == firm.key).sum()),
                "assets": ledger.assets(party),
                "owed": ledger.liabilities(party),
                "contracts": [c.key for c in model.contracts
                              if c.is_open and firm.key in (c.lab, c.cloud)],
                "promises": [p.key for p in model.commitments
                             if firm.key in (p.lab, p.investor) and not p.is_void],
                "events": [e.text for e in model.events.select("default", agent=firm.name)],
                "gap": sum(ledger.net_worth(p) for p in parties) - real,
                "quarter": model.quarter,
            }

        found = {}
        for group in MarketModel.firm_groups:
            for cls in (Leaving, Meanwhile):
                model = cls("reference", seed=2)
                model.leaving = group
                model.run(3)
                if cls is Leaving:
                    leave(model)
                found[f"{group}, {cls.__name__}"] = state(model.run(4), group)
        print(json.dumps(found))
        """
    found = run_script(tmp_path, script)
    assert len(found) == 10
    left = {"agents": False, "listed": True, "active": False, "quarters": 3, "quarter": 7}
    empty = {"assets": 0, "owed": 0, "gap": 0, "contracts": [], "promises": []}
    expected = {**left, **empty, "events": ["files for bankruptcy"]}
    assert found == dict.fromkeys(found, expected)


def test_a_firm_of_a_plain_model_says_how_to_remove_it(tmp_path: Path) -> None:
    script = """
        import json
        import mesa
        from agents import Institution
        from market import equip

        model = mesa.Model(rng=1)
        equip(model)
        firm = Institution(model, "shop", "Shop")
        firm.open_cash(5.0)
        model.ledger.commit("opening")
        try:
            firm.remove()
        except RuntimeError as error:
            said = str(error)
        model.ledger.pay(firm.party, model.parties.rest, 500, "other business")
        model.ledger.commit()
        firm.remove()
        print(json.dumps([said, len(model.agents), firm.is_active]))
        """
    said, left, is_active = run_script(tmp_path, script)
    assert "Shop still owns or owes something" in said and "wind_up" in said
    assert left == 0 and not is_active


# --- frames


def test_frames_join_by_quarter_and_key(tmp_path: Path) -> None:
    script = """
        import json
        from agents import AILab
        from market import MarketModel

        model = MarketModel("reference", seed=5).run(12)
        market = model.datacollector.get_model_vars_dataframe()
        labs = model.datacollector.get_agenttype_vars_dataframe(AILab)
        rounds = model.rounds_frame()
        keys = ["quarter_number", "quarter"]
        joined = rounds.merge(labs, on=[*keys, "key"]).merge(market, on=keys)
        print(json.dumps({
            "columns": list(rounds.columns),
            "rows": [len(rounds), len(joined)],
            "names": bool((joined["lab"] == joined["name"]).all()),
            "quarters": market[keys].values.tolist()[:2],
            "closed": [bool(rounds["is_closed"].any()), str(rounds["hardness"].dtype)],
            "empty": list(MarketModel("minimal").rounds_frame().columns),
        }))
        """
    found = run_script(tmp_path, script)
    expected = ["quarter_number", "quarter", "key", "lab", "hardness", "exit_multiple"]
    expected += ["critical_hardness", "is_closed", "asked_usd", "raised_usd", "pre_money_usd"]
    assert found["columns"] == found["empty"] == expected
    assert found["rows"][0] > found["rows"][1] > 5  # those of start-ups find no lab
    assert found["names"]
    assert found["quarters"] == [[0, "2025Q3"], [1, "2025Q4"]]
    assert found["closed"] == [True, "float64"]
