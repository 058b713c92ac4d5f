"""Parties, for other rooms: masked cards, audited reveals, consents, portal links, bulk landing."""

from __future__ import annotations

from .contracts import (
    CodeAnswer,
    ConsentCard,
    ContactPointCard,
    IssuedCode,
    PartiesLanded,
    PersonCard,
    RevealField,
)
from .operations.codes import NEW_POINT, CodeForeign, issue_code, try_code
from .operations.consents import ConsentRefused, mark_contact_point, record_consent
from .operations.landing_contacts import land_contact_points
from .operations.landing_persons import land_persons
from .operations.own_points import (
    ContactPointRefused,
    give_contact_point,
    remove_contact_point,
    take_into_use,
)
from .operations.portal_links import (
    PortalLinkExpired,
    PortalLinkRefused,
    PortalLinkUnknown,
    PortalLinkUsed,
    issue_portal_link,
    redeem_portal_link,
)
from .operations.reveals import RevealRefused, reveal
from .operations.verifying import verify_contact_point
from .queries.cards import (
    ContactPointUnknown,
    PersonUnknown,
    contact_points,
    latest_consents,
    latest_of,
    name_for_letter,
    open_contact_point,
    person_card,
    person_cards,
)
from .queries.erasing import RECORDED_SQL, lock_persons
from .queries.facts import CONSENT_FACTS_SQL, CONTACT_POINT_FACTS_SQL, PERSON_FACTS_SQL, has_places
from .queries.identify import own_points_by_value, with_id_ending
from .queries.lookup import person_ids_by_reference
from .queries.many import consents_of, contact_points_by_value, contact_points_of
from .queries.reads import (
    consents_of_read,
    contact_points_by_value_read,
    contact_points_of_read,
    contact_points_read,
    latest_consents_read,
    person_read,
    persons_read,
)
from .queries.search import persons_named, search
from .sealing import SEALED_COLUMNS

__all__ = [
    "CONSENT_FACTS_SQL",
    "CONTACT_POINT_FACTS_SQL",
    "NEW_POINT",
    "PERSON_FACTS_SQL",
    "RECORDED_SQL",
    "SEALED_COLUMNS",
    "CodeAnswer",
    "CodeForeign",
    "ConsentCard",
    "ConsentRefused",
    "ContactPointCard",
    "ContactPointRefused",
    "ContactPointUnknown",
    "IssuedCode",
    "PartiesLanded",
    "PersonCard",
    "PersonUnknown",
    "PortalLinkExpired",
    "PortalLinkRefused",
    "PortalLinkUnknown",
    "PortalLinkUsed",
    "RevealField",
    "RevealRefused",
    "consents_of",
    "consents_of_read",
    "contact_points",
    "contact_points_by_value",
    "contact_points_by_value_read",
    "contact_points_of",
    "contact_points_of_read",
    "contact_points_read",
    "give_contact_point",
    "has_places",
    "issue_code",
    "issue_portal_link",
    "land_contact_points",
    "land_persons",
    "latest_consents",
    "latest_consents_read",
    "latest_of",
    "lock_persons",
    "mark_contact_point",
    "name_for_letter",
    "open_contact_point",
    "own_points_by_value",
    "person_card",
    "person_cards",
    "person_ids_by_reference",
    "person_read",
    "persons_named",
    "persons_read",
    "record_consent",
    "redeem_portal_link",
    "remove_contact_point",
    "reveal",
    "search",
    "take_into_use",
    "try_code",
    "verify_contact_point",
    "with_id_ending",
]
