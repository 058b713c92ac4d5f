"""`products.md`: each shipped product with its rules in words, and the rate tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fairdue.cli.docs.markdown import code, head, lines_of, table
from fairdue.engine.ledger.products.agreement import percent
from fairdue.engine.ledger.products.rates import RateTable
from fairdue.engine.ledger.products.reading import load_products, load_rates
from fairdue.engine.ledger.products.terms import ProductTerms
from fairdue.engine.ledger.products.wording import rules_of


def products_text(packs: Path) -> str:
    """Return the page of all products and rate tables."""
    return lines_of(
        head(
            "产品 · Products",
            "`packs/products` and `packs/reference/rates`",
            "合同按开立时的条款保存，产品的新版本不改变已有合同。  \n"
            "A contract keeps the terms it was opened under; a later version of a product changes nothing.",
            "How to change one: [how-to/products.md](../how-to/products.md).",
        ),
        *(_product(terms) for terms in load_products(packs / "products").values()),
        ["## 利率表 · Rate tables", ""],
        *(_rates(rates) for rates in load_rates(packs / "reference" / "rates").values()),
    )


def _product(terms: ProductTerms) -> Iterator[str]:
    yield from [f"## {terms.label} · {terms.name['zh']} · {terms.name['en']}", ""]
    yield from [terms.summary["zh"] + "  ", terms.summary["en"], ""]
    yield from table(
        ["rule", "中文", "English", "依据 · rests on"],
        (
            [
                f"{rule.label['zh']} · {rule.label['en']}",
                rule.text["zh"],
                rule.text["en"],
                f"{rule.citation['zh']}<br>{rule.citation['en']}" if rule.citation else "",
            ]
            for rule in rules_of(terms)
        ),
    )


def _rates(rates: RateTable) -> Iterator[str]:
    yield from [f"### {rates.code} · {rates.name['zh']} · {rates.name['en']}", ""]
    yield from [rates.citation["zh"] + "  ", rates.citation["en"], ""]
    yield from table(
        ["from", "rate a year", "source"],
        ([code(rate.from_date), percent(rate.rate), rate.source] for rate in rates.rates),
    )
